"""What an entrant is told of a span that a check found: when, what, and what to do about it.

Plain sentences for people who do not edit films for a living. Severity and clause are the rulebook's.
"""

from __future__ import annotations

from dataclasses import dataclass

from fengcai.media.facts.measures import Measure, Span


@dataclass(frozen=True)
class Advice:
    """`seen` follows the moment ("第 0:42–0:55 秒"); `remedy` ends the sentence. `maybe` replaces
    `seen` where the check doubts."""

    seen: str
    maybe: str
    remedy: str


ADVICE: dict[str, Advice] = {
    "shake": Advice(
        "画面抖动明显", "画面可能有抖动", "请用三脚架重拍，或在剪辑软件里做防抖处理"
    ),
    "freeze": Advice(
        "画面静止不动", "画面可能静止不动",
        "如果不是有意停留，请检查素材是否卡住，剪短或换一段画面",
    ),
    "black": Advice("是黑屏", "可能是黑屏", "请剪掉，或检查这里是否漏放了素材"),
    "cadence": Advice(
        "画面按固定规律重复，或由前后两帧混合补出，实际帧率低于文件标称", "画面可能由较低帧率转换而来",
        "请按素材原来的帧率导出，不要在导出时补帧",
    ),
    "stutter": Advice(
        "画面一顿一顿", "画面可能卡顿", "请检查素材的帧率与工程是否一致，重新导出"
    ),
    "interlacing": Advice(
        "画面有横向锯齿（隔行扫描）", "画面可能有横向锯齿（隔行扫描）",
        "请在剪辑软件里做去隔行处理，按逐行扫描导出",
    ),
    "flashing": Advice(
        "画面闪烁过快，可能诱发光敏性癫痫", "画面闪烁接近界限",
        "请放慢或去掉闪烁（一秒内不超过三次），闪光灯和闪白转场都算",
    ),
    "exposure": Advice(
        "曝光不正常，看不清细节", "画面偏暗或偏亮", "请调整亮度，或补光后重拍"
    ),
    "sharpness": Advice(
        "画面模糊", "画面可能不够清晰", "请检查对焦后重拍，或换用清晰的素材，不要放大小画面"
    ),
    "grain": Advice(
        "画面噪点明显", "画面可能有噪点", "请补光后重拍，或在剪辑软件里做降噪处理"
    ),
}  # fmt: skip
"""Measure name → what to say."""

WHOLE = {
    "cadence": "整部影片",
    "interlacing": "整部影片",
}
"""Checks that speak of the film, however many moments they show."""


def sentence(name: str, measure: Measure, span: Span) -> str:
    """One span in plain words: "第 0:42–0:55 秒画面抖动明显，请用三脚架重拍…". Empty for a measure
    that has no advice, or that found nothing."""
    advice = ADVICE.get(name)
    if advice is None or measure.answer not in ("found", "doubtful"):
        return ""
    # A doubtful span among found ones says why in its text.
    sure = measure.answer == "found" and not (name == "shake" and span.text)
    when = f"第 {span.moment} 秒"
    what = advice.seen if sure else advice.maybe
    return f"{when}{what}，{advice.remedy}"


def sentences(name: str, measure: Measure) -> tuple[str, ...]:
    """Every span in plain words; one sentence where the whole film is meant."""
    advice = ADVICE.get(name)
    if advice is None or measure.answer not in ("found", "doubtful"):
        return ()
    if name in WHOLE:
        what = advice.seen if measure.answer == "found" else advice.maybe
        return (f"{WHOLE[name]}{what}，{advice.remedy}",)
    return tuple(sentence(name, measure, span) for span in measure.spans)
