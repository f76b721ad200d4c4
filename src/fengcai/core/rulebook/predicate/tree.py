"""The parts of a predicate: facts, numbers with units, words, comparisons, and their joining.

They carry no behaviour beyond naming the facts they look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["number", "text", "truth"]
Operator = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class FactName:
    """A fact that predicates may name: its Chinese name, its kind and the unit it is measured in.

    A truth that is a fault has `sound`, how its absence is said in whole words; `fault` says its
    presence where the label alone does not.
    """

    name: str
    label: str
    kind: Kind
    unit: str = ""
    fault: str = ""
    sound: str = ""


FACTS = {fact.name: fact for fact in (
    FactName("container", "文件格式", "text"),
    FactName("filename", "文件名", "text"),
    FactName("size", "文件大小", "number", "B"),
    FactName("count", "件数", "number", "个"),
    FactName("encrypted", "加密", "truth"),
    # moving pictures
    FactName("video_codec", "视频编码", "text"),
    FactName("video_profile", "编码档次", "text"),
    FactName("width", "画面宽度", "number", "px"),
    FactName("height", "画面高度", "number", "px"),
    FactName("long_edge", "长边", "number", "px"),
    FactName("short_edge", "短边", "number", "px"),
    FactName("aspect", "宽高比", "number"),
    FactName("rotation", "旋转角度", "number"),
    FactName("fps", "帧率", "number", "fps"),
    FactName("constant_frame_rate", "帧率恒定", "truth"),
    FactName("duration", "时长", "number", "s"),
    FactName("bitrate", "码率", "number", "bps"),
    FactName("faststart", "可边下边播", "truth"),
    FactName("has_subtitle_track", "带字幕轨", "truth"),
    FactName("subtitles", "带字幕", "truth"),
    FactName("subtitle_language", "字幕文字", "text"),
    FactName("subtitles_legible", "字幕看得清", "truth"),
    FactName("subtitle_coverage", "有字幕的时间占比（百分数）", "number"),
    FactName("true_width", "有效画面宽度", "number", "px"),
    FactName("true_height", "有效画面高度", "number", "px"),
    FactName("upscaled", "由低分辨率放大", "truth", fault="画面由低分辨率放大", sound="画面不是低分辨率放大的"),
    FactName("true_fps", "实际帧率", "number", "fps"),
    FactName("interlaced", "隔行扫描", "truth", fault="画面是隔行扫描", sound="画面不是隔行扫描"),
    FactName("hdr", "高动态范围（HDR）", "truth"),
    FactName("shaky", "画面抖动", "truth", sound="画面稳定"),
    FactName("stuttering", "画面卡顿", "truth", sound="画面不卡顿"),
    FactName("longest_freeze", "最长静止画面", "number", "s"),
    FactName("longest_black", "最长黑屏", "number", "s"),
    FactName("flashing", "画面闪烁", "truth", sound="画面不闪烁"),
    FactName("blurred", "画面模糊", "truth", sound="画面清晰"),
    FactName("grainy", "画面噪点明显", "truth", sound="画面干净"),
    FactName("badly_exposed", "曝光不正常", "truth", sound="曝光正常"),
    FactName("watermark", "有水印或平台标识", "truth", fault="画面有水印或平台标识", sound="画面没有水印和平台标识"),
    FactName("title_card", "有片头字幕", "truth"),
    FactName("end_card", "有片尾字幕", "truth"),
    FactName("shots", "镜头数", "number", "个"),
    FactName("median_shot", "镜头时长的中位数", "number", "s"),
    FactName("longest_shot", "最长的镜头", "number", "s"),
    FactName("tracks_apart", "声音与画面长短之差", "number", "s"),
    # on screen
    FactName("personal_data", "画面出现个人信息", "truth", sound="画面没有个人信息"),
    FactName("contact_shown", "画面出现联系方式或引流信息", "truth", sound="画面没有联系方式和引流信息"),
    FactName("qr_code", "画面出现二维码", "truth", sound="画面没有二维码"),
    FactName("faces", "有人出镜", "truth"),
    # sound
    FactName("has_audio", "有声音", "truth"),
    FactName("audio_codec", "音频编码", "text"),
    FactName("audio_channels", "声道数", "number", "个"),
    FactName("sample_rate", "采样率", "number", "Hz"),
    FactName("loudness", "响度", "number", "LUFS"),
    FactName("true_peak", "真峰值", "number", "dBTP"),
    FactName("loudness_range", "响度范围", "number", "LU"),
    FactName("clipped", "声音爆音", "truth", sound="声音没有爆音"),
    FactName("longest_silence", "最长静音", "number", "s"),
    FactName("hum", "有电流嗡嗡声", "truth", fault="声音里有电流嗡嗡声", sound="声音里没有电流嗡嗡声"),
    FactName("noisy", "录音有杂音", "truth", sound="录音没有杂音"),
    FactName("speech_share", "语音占比（百分数）", "number"),
    FactName("one_sided", "左右声道失衡", "truth", sound="左右声道均衡"),
    # stills and prints
    FactName("dpi", "印刷分辨率", "number", "dpi"),
    FactName("print_width", "成品宽度", "number", "mm"),
    FactName("print_height", "成品高度", "number", "mm"),
    FactName("colour_mode", "颜色模式", "text"),
    FactName("bit_depth", "色彩位数", "number", "位"),
    FactName("has_exif", "保留拍摄信息", "truth"),
    FactName("camera", "拍摄设备", "text"),
    FactName("taken", "拍摄日期", "number", "date"),
    FactName("animated", "动图", "truth", fault="图片是动图", sound="图片不是动图"),
    FactName("has_place", "存有拍摄地点", "truth"),
    FactName("screenshot", "是屏幕截图", "truth", sound="不是屏幕截图"),
    # documents and texts
    FactName("words", "字数", "number", "字"),
    FactName("characters", "字符数", "number", "字符"),
    FactName("pages", "页数", "number", "页"),
    FactName("fonts_embedded", "字体已嵌入", "truth"),
    FactName("links", "链接", "number", "个"),
    FactName("macros", "含宏", "truth", fault="文件带宏", sound="文件不带宏"),
    FactName("images", "图片数", "number", "个"),
)}  # fmt: skip

# unit → (the unit facts are measured in, factor to it)
UNITS: dict[str, tuple[str, Fraction]] = {unit: (base, Fraction(factor)) for unit, base, factor in (
    ("s", "s", "1"), ("秒", "s", "1"), ("min", "s", "60"), ("分钟", "s", "60"), ("h", "s", "3600"),
    ("小时", "s", "3600"), ("B", "B", "1"), ("KB", "B", "1024"), ("MB", "B", "1048576"),
    ("GB", "B", "1073741824"), ("fps", "fps", "1"), ("帧", "fps", "1"), ("px", "px", "1"),
    ("像素", "px", "1"), ("LUFS", "LUFS", "1"), ("LU", "LU", "1"), ("dBTP", "dBTP", "1"), ("dpi", "dpi", "1"),
    ("mm", "mm", "1"), ("毫米", "mm", "1"), ("cm", "mm", "10"), ("厘米", "mm", "10"),
    ("字", "字", "1"), ("字符", "字符", "1"), ("页", "页", "1"), ("个", "个", "1"), ("张", "个", "1"),
    ("件", "个", "1"), ("幅", "个", "1"), ("位", "位", "1"), ("Hz", "Hz", "1"), ("kHz", "Hz", "1000"),
    ("kbps", "bps", "1000"), ("Mbps", "bps", "1000000"),
)}  # fmt: skip
UNIT_CASES = {unit.lower(): unit for unit in UNITS}
"""Units as people type them (mb, DPI) → as they are written here."""

OPERATORS: dict[str, Operator] = {
    "<": "<",
    "<=": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "≥": ">=",
    "==": "==",
    "!=": "!=",
    "≠": "!=",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of a named fact."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number in the base unit, and how the rulebook wrote it."""

    value: Fraction
    unit: str
    written: str


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text; comparison ignores letter case."""

    value: str


Operand = Fact | Number | Word


@dataclass(frozen=True, slots=True)
class Comparison:
    """left operator right."""

    left: Operand
    operator: Operator
    right: Operand


@dataclass(frozen=True, slots=True)
class Membership:
    """left is (or, negated, is not) one of the options."""

    left: Operand
    options: tuple[Operand, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """A true-or-false fact standing alone."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a predicate."""

    inner: Predicate


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


Predicate = Comparison | Membership | Truth | Not | Every | Some


class PredicateError(ValueError):
    """The text is not a predicate. `message` and `mend` are Chinese, `column` counts from 1."""

    def __init__(self, message: str, mend: str, column: int) -> None:
        self.message, self.mend, self.column = message, mend, column
        super().__init__(f"第 {column} 个字符：{message}。{mend}")


def kind_of(operand: Operand) -> Kind:
    """What an operand is: a number, text, or a true-or-false fact."""
    if isinstance(operand, Fact):
        return FACTS[operand.name].kind
    return "number" if isinstance(operand, Number) else "text"


def unit_of(operand: Operand) -> str:
    """The base unit of an operand, empty when it has none."""
    if isinstance(operand, Fact):
        return FACTS[operand.name].unit
    return operand.unit if isinstance(operand, Number) else ""


def facts_of(predicate: Predicate) -> tuple[str, ...]:
    """Names of the facts that a predicate looks at, in order, each once."""
    names: dict[str, None] = {}
    _collect(predicate, names)
    return tuple(names)


def _collect(predicate: Predicate, names: dict[str, None]) -> None:
    if isinstance(predicate, (Every, Some)):
        for part in predicate.parts:
            _collect(part, names)
    elif isinstance(predicate, Not):
        _collect(predicate.inner, names)
    elif isinstance(predicate, Truth):
        names[predicate.fact.name] = None
    else:
        sides = (
            (predicate.left, predicate.right)
            if isinstance(predicate, Comparison)
            else (predicate.left, *predicate.options)
        )
        names.update({side.name: None for side in sides if isinstance(side, Fact)})
