"""What an inspection noticed, as sentences with their moments: for whoever made the film, and whoever
reviews it.

No rule is judged here: a remark says what was seen, when, and what to do about it; whether that breaks
a rule is for `core.inspection` and a person. Loads no decoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fengcai.media.facts import Box, Facts, Measure, Span
from fengcai.media.film import advice as film
from fengcai.media.screen.advice import ADVICE as SCREEN
from fengcai.media.sound import advice as sound

FRAME = {
    "tracks": "声音和画面长短不一，请从头到尾看一遍，核对声画是否同步。",
    "bars": "画面四周有黑边、白边或虚化的填充，真正的画面比文件小。请按横版重新拍摄或导出，不要把竖版画面放进横版。",
    "upscaling": "画面是由较低分辨率放大的。请用原始素材按原来的清晰度重新导出。",
    "suffix": "文件名的后缀和真实格式不一致。请在看图软件里另存为所要求的格式，只改后缀不算。",
    "macros": "文件里有宏或脚本（会自动运行的程序）。请另存为不含宏的文件后再上传。",
    "place": "照片里存有拍摄地点（GPS），会随文件公开。请在手机或看图软件里去掉位置信息后再上传。",
    "screenshot": "图片是屏幕截图。请上传原始的照片或设计稿。",
    "watermark": "画面上有一直不变的标识，像是水印或平台标识。请用剪辑工程重新导出不带标识的版本。",
}
WANTING = frozenset({"subtitles"})
"""Measures whose absence is what there is to remark; all others remark what they found."""
QUIET = frozenset({"title_card", "end_card", "speech", "shots", "loudness", "dynamic_range"})
"""Measures that only tell a value."""
ENOUGH = 0.6
"""Subtitles for a lesser share of the time that somebody speaks are remarked; pauses have none."""


NAMES = {
    "shots": "镜头", "shake": "抖动", "freeze": "静止", "black": "黑屏", "cadence": "实际帧率",
    "stutter": "卡顿", "interlacing": "隔行扫描", "flashing": "闪烁", "exposure": "曝光",
    "sharpness": "清晰度", "grain": "画面噪点", "dynamic_range": "动态范围", "bars": "黑边与填充",
    "upscaling": "低清放大", "watermark": "水印与标识", "clipping": "爆音", "silence": "静音",
    "hum": "交流声", "noise": "杂音", "speech": "语音", "balance": "左右声道", "loudness": "响度",
    "tracks": "声画长度",
    "personal_data": "个人信息", "record_page": "病历类画面", "contact_shown": "联系方式",
    "qr_code": "二维码", "platform_text": "平台名称", "subtitles": "字幕", "title_card": "片头",
    "end_card": "片尾", "faces": "人物出镜", "screen": "画面文字", "screenshot": "屏幕截图",
    "editing": "修图软件", "place": "拍摄地点", "fonts": "字体嵌入", "links": "链接", "images": "图片",
    "macros": "宏", "document": "文档内容", "suffix": "真实格式",
}  # fmt: skip
"""What a measure is called."""


@dataclass(frozen=True)
class Remark:
    """One thing noticed. `sure` is False where the check doubts; `moment` is "0:42–0:55" or empty for
    the whole film; `picture` names an output file, blurred for others where `private`."""

    measure: str
    text: str
    sure: bool
    moment: str = ""
    from_s: Fraction | None = None
    to_s: Fraction | None = None
    box: Box | None = None
    picture: str | None = None
    private: bool = False
    detail: str = ""

    @property
    def seconds(self) -> str | None:
        """Where a player jumps to, such as "42.40"."""
        return None if self.from_s is None else f"{float(self.from_s):.2f}"


def remarks(measures: Mapping[str, Measure]) -> tuple[Remark, ...]:
    """What there is to say of `facts.measures`, each measure's moments in the order of time."""
    said = [
        remark
        for name, measure in measures.items()
        if name not in QUIET and measure.answer in ("found", "doubtful", "clear")
        for remark in _of(name, measure)
    ]
    return tuple(said)


def kept(facts: Mapping[str, Any]) -> dict[str, Measure]:
    """The measures of facts as they were stored; those of earlier versions said nothing to remark."""
    told = facts.get("measures") or {}
    return {
        name: Measure.model_validate(each)
        for name, each in told.items()
        if isinstance(each, dict) and "method" in each
    }


def unmeasured(facts: Facts) -> tuple[str, ...]:
    """Which checks have no answer and why, each reason once."""
    names: dict[str, list[str]] = {}
    for name, each in facts.measures.items():
        if each.answer == "unmeasured" and each.why:
            names.setdefault(each.why, []).append(NAMES.get(name, name))
    return tuple(f"{'、'.join(those)}：{why}" for why, those in names.items())


def _of(name: str, measure: Measure) -> list[Remark]:
    wanting = name in WANTING
    if name == "subtitles" and measure.answer == "found":
        return [Remark(name, text, sure=False) for text in _weak_subtitles(measure)]
    if (wanting and measure.answer == "found") or (not wanting and measure.answer == "clear"):
        return []
    sure = measure.answer == ("clear" if wanting else "found")
    if name in film.ADVICE or name in sound.ADVICE:
        room = film if name in film.ADVICE else sound
        whole = getattr(room, "WHOLE", {})
        if name in whole or not measure.spans:
            texts = room.sentences(name, measure) or ((measure.why,) if measure.why else ())
            return [Remark(name, text, sure) for text in texts]
        return [
            _at(name, span, text, sure)
            for span in measure.spans
            if (text := room.sentence(name, measure, span))
        ]
    text = SCREEN.get(name) or FRAME.get(name)
    if text is None:
        return []
    text = text if sure else (measure.why or f"可能有以下情况，请人工查看：{text}")
    if wanting or not measure.spans:
        return [Remark(name, text, sure)]
    return [_at(name, span, text, sure) for span in measure.spans]


def _weak_subtitles(measure: Measure) -> list[str]:
    """What may be wrong with subtitles that are there."""
    values = measure.values
    told = []
    if values.get("legible") is False:
        told.append("字幕可能看不清：字太小，或与背景太接近。请加大字号，给字加深色描边。")
    covered, spoken = values.get("coverage"), values.get("speech_percent")
    if isinstance(covered, float) and isinstance(spoken, float) and covered * 100 < ENOUGH * spoken:
        told.append(
            f"有人说话的时间占 {spoken:.0f}%，有字幕的时间只占 {covered * 100:.0f}%："
            "可能有的话没有字幕，请从头到尾核对。"
        )
    return told


def _at(name: str, span: Span, text: str, sure: bool) -> Remark:
    return Remark(
        measure=name,
        text=text,
        sure=sure,
        moment=span.moment,
        from_s=span.from_s if span.timed else None,
        to_s=span.to_s if span.timed else None,
        box=span.box,
        picture=span.picture,
        private=span.private,
        detail=span.text,
    )
