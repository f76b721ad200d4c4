"""What an entrant is told of sound that a check found wrong: when, what, and what to do about it.

Plain sentences for people who do not mix sound for a living. Severity and clause are the rulebook's.
"""

from __future__ import annotations

from dataclasses import dataclass

from fengcai.media.facts.measures import Measure, Span


@dataclass(frozen=True)
class Advice:
    """`seen` follows the moment ("第 0:42–0:55 秒"), `maybe` where the check doubts; `remedy` ends it."""

    seen: str
    maybe: str
    remedy: str


ADVICE: dict[str, Advice] = {
    "clipping": Advice(
        "声音爆音（削波）",
        "声音可能有爆音（削波）",
        "请用录音时的原始素材，把音量调低后重新导出；素材本身已爆音的要重录",
    ),
    "silence": Advice(
        "没有声音",
        "可能没有声音",
        "如果不是有意留白，请检查音轨是否漏放或被静音，补上后重新导出",
    ),
    "hum": Advice(
        "有持续的嗡嗡声（交流声）",
        "可能有很轻的嗡嗡声（交流声）",
        "请在剪辑软件里用“去嗡声”处理，或把录音设备远离电源、换一根音频线后重录",
    ),
    "noise": Advice(
        "人声背后有明显的杂音",
        "人声背后可能有杂音",
        "请关掉风扇和空调、用靠近嘴边的话筒重录，或在剪辑软件里做降噪处理",
    ),
    "balance": Advice(
        "左右声道不一致",
        "左右声道音量可能不一致",
        "请在剪辑软件里把人声放到正中（单声道填充左右声道），用耳机两边都听一遍再导出",
    ),
}
"""Measure name → what to say. Loudness and speech are numbers: only a rulebook finds them wrong."""

LEVEL = {
    "loudness": "请在剪辑软件里做响度标准化，导出前看一眼响度表",
    "loudness_range": "请把过轻的人声提高、过响的音乐压低，让整片音量前后一致",
    "true_peak": "请把总音量调低一些，或加限幅器，让峰值留出余量",
    "speech_share": "请补充解说或同期声，不要只放音乐",
    "has_audio": "请检查音轨是否导出，补上声音后重新上传",
}
"""Fact name → what to do where a rulebook finds the number wrong."""

AGAINST = "左右声道反相，用手机外放时人声会变小或消失"


def sentence(name: str, measure: Measure, span: Span) -> str:
    """One span in plain words: "第 0:42–0:55 秒声音爆音（削波），请…". Empty for a measure without
    advice, or one that found nothing."""
    advice = ADVICE.get(name)
    if advice is None or measure.answer not in ("found", "doubtful"):
        return ""
    what = advice.seen if measure.answer == "found" else advice.maybe
    if name == "balance" and span.text:
        what = AGAINST if "反相" in span.text else span.text
    return f"第 {span.moment} 秒{what}，{advice.remedy}"


def sentences(name: str, measure: Measure) -> tuple[str, ...]:
    """Every span in plain words, in the order of time."""
    said = (sentence(name, measure, span) for span in measure.spans)
    return tuple(each for each in said if each)
