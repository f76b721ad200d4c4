"""What was checked and how, in words for people: the answer, the value beside its limit, the method.

Serves the page of an inspection and the report that travels as a file. It measures nothing: values,
limits and answers are those of the facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fengcai.media.facts import Measure
from fengcai.media.remarks import NAMES, WANTING

ANSWERS = {"found": "看到", "clear": "未见", "doubtful": "拿不准", "unmeasured": "没有结论"}
PRESENT = {"found": "有", "clear": "没有", "doubtful": "拿不准", "unmeasured": "没有结论"}
"""For what should be there, or only tells: subtitles, a title, speech."""
TELLING = WANTING | {"title_card", "end_card", "speech", "faces", "dynamic_range", "links"}
NORMAL = {"found": "不正常", "clear": "正常", "doubtful": "拿不准", "unmeasured": "没有结论"}
"""For what every film has, well or ill."""
QUALITIES = frozenset({"cadence", "exposure", "sharpness", "balance", "fonts"})
COUNTED = frozenset({"shots", "loudness", "images"})
"""Measures whose answer is a number."""

HOW = {
    "shots": "比较相邻画面的明暗格子，找出硬切换；叠化、淡入淡出不算切换",
    "shake": "逐帧跟踪画面各处的角点，去掉平移、推拉后，量每秒剩下的颤动",
    "freeze": "与一段开头的画面逐帧比较，几乎不变即为静止",
    "black": "画面中接近纯黑的像素所占的比例",
    "cadence": "找出按规律重复的画面，推算素材原来的帧率",
    "stutter": "找出不规律的重复画面，以及随后的跳动",
    "interlacing": "在原尺寸画面里找运动边缘的横向锯齿",
    "flashing": "统计一秒内明暗、红色的往复变化（参照 ITU-R BT.1702）",
    "exposure": "抽取画面，量整体亮度、最亮处和过曝的面积",
    "sharpness": "抽取画面，量边缘的宽窄",
    "grain": "比较不动区域里相邻两帧的差异",
    "dynamic_range": "读取画面标明的传输特性（ITU-T H.273）",
    "bars": "在多数画面里找同一位置的黑边、白边或虚化填充",
    "upscaling": "找放大时留下的周期性插值痕迹",
    "watermark": "比较影片各处的画面，找出始终不变的图形",
    "clipping": "统计每秒里挤在上限处的采样",
    "silence": "每 50 毫秒量一次各声道的音量",
    "hum": "在频谱里找 50/60 Hz 及其倍频上持续的细线",
    "noise": "分析说话间隙的频谱；可疑的再由语音质量模型评分",
    "speech": "语音检测模型逐段判断是否有人说话",
    "balance": "逐秒比较左右声道的音量和相关性",
    "loudness": "按 ITU-R BS.1770-4 量综合响度，按 EBU Tech 3342 量响度范围",
    "tracks": "比较声音和画面的长度",
    "personal_data": "识别画面文字，按校验规则找证件号、手机号、银行卡号、病历号等",
    "record_page": "识别画面文字，看是否像病历、报告单、处方的版式",
    "contact_shown": "识别画面文字，找电话、微信、链接、地址、价格和引流用语",
    "qr_code": "在原尺寸画面里解码二维码、条形码",
    "platform_text": "识别画面边缘的平台名称和账号",
    "subtitles": "识别画面下方逐句更换的中文字，量字高和对比度",
    "title_card": "识别开头的大字或居中文字",
    "end_card": "识别结尾的大字或居中文字",
    "faces": "在画面里找正脸和侧脸，只作提示",
    "screen": "识别画面里的文字",
    "screenshot": "看尺寸、来源标记和屏幕上方的状态栏",
    "editing": "读取文件里记录的软件名",
    "place": "读取照片里记录的经纬度；具体位置不保存",
    "fonts": "检查用到的字体是否随文件携带",
    "links": "统计文件里的网址",
    "images": "统计页面上的图片",
    "macros": "检查是否带宏或脚本",
    "document": "打开文档，读出页数、文字和其中的内容",
    "suffix": "比较文件名的后缀与文件开头的格式标记",
}
"""How each check looks, for people. The exact method stands in the facts, in English."""


@dataclass(frozen=True)
class Value:
    """One number of a measure: its key, its words with a place for the number, and its limit's."""

    key: str
    words: str
    limit: str = ""
    bound: str = ""
    factor: int = 1
    bound_factor: int | None = None


_LONGEST = Value("longest_s", "最长 {} 秒", "least_s", "{} 秒以上才算")
VALUES: dict[str, tuple[Value, ...]] = {
    "shots": (Value("longest_shot_s", "最长的镜头 {} 秒"), Value("median_shot_s", "中位数 {} 秒")),
    "shake": (
        Value("tremor_percent", "颤动为画面宽度的 {}%", "tremor_percent", "达到 {}% 算抖动"),
        Value("shaky_s", "共 {} 秒"),
    ),
    "freeze": (_LONGEST, Value("stretches", "{} 处")),
    "black": (_LONGEST, Value("stretches", "{} 处")),
    "cadence": (
        Value("effective_fps", "实际约 {} 帧/秒"),
        Value("repeated_share", "重复画面 {}%", "repeated_share", "超过 {}% 才算", 100),
        Value("detail_pulse_hz", "细节每秒虚实交替 {} 次，是前后帧混合的痕迹"),
    ),
    "stutter": (
        Value("stuck_frames", "卡住 {} 帧", "stuck_frames_in_2_s", "两秒内 {} 帧以上才算"),
    ),
    "interlacing": (Value("woven_share", "有锯齿的画面 {}%", "woven_share", "达到 {}% 才算", 100),),
    "flashing": (
        Value("flashes_in_1_s", "一秒内最多 {} 次", "flashes_in_1_s", "超过 {} 次算闪烁"),
        Value("red_flashes_in_1_s", "红色 {} 次"),
    ),
    "exposure": (
        Value("mean_share", "平均亮度 {}%", "dark_mean_share", "低于 {}% 可能过暗", 100),
        Value("dark_pictures", "过暗 {} 幅"),
        Value("burnt_pictures", "过曝 {} 幅"),
    ),
    "sharpness": (
        Value("sharp_share", "清晰的边缘 {}%", "sharp_share", "少于 {}% 算模糊", 100),
        Value("blurred_pictures", "模糊 {} 幅"),
    ),
    "grain": (
        Value("noise_levels", "半数画面的噪点幅度不超过 {} 级", "noise_levels", "达到 {} 级才算"),
        Value("grainy_pictures", "达到的有 {} 幅"),
    ),
    "dynamic_range": (Value("bits", "每色 {} 位"),),
    "bars": (
        Value("true_width_px", "有效画面宽 {} 像素"),
        Value(
            "true_height_px", "高 {} 像素", "least_bar_share", "边宽超过 {}% 才算", bound_factor=100
        ),
    ),
    "upscaling": (Value("original_short_side_px", "原来的短边约 {} 像素"),),
    "watermark": (
        Value("shots_told_apart", "比较了 {} 段画面", "fewest_shots", "少于 {} 段时拿不准"),
    ),
    "tracks": (
        Value("sound_s", "声音 {} 秒"),
        Value("picture_s", "画面 {} 秒"),
        Value("apart_s", "相差 {} 秒", "apart_s", "相差 {} 秒以上才算"),
    ),
    "clipping": (
        Value("spoilt_s", "共 {} 秒"),
        Value("crowding", "上限处的采样是其下的 {} 倍", "crowding", "达到 {} 倍才算"),
    ),
    "silence": (_LONGEST, Value("silent_percent", "共占 {}%", "below_dbfs", "低于 {} dBFS 算静音")),
    "hum": (
        Value(
            "below_programme_db",
            "比节目声低 {} dB",
            "audible_below_programme_db",
            "低 {} dB 以内能听见",
        ),
        Value("base_hz", "{} Hz"),
        Value("hum_s", "共 {} 秒"),
    ),
    "noise": (
        Value(
            "pauses_below_speech_db",
            "说话间隙比人声低 {} dB",
            "pauses_below_speech_db",
            "低 {} dB 以内才算",
        ),
        Value("noisy_s", "共 {} 秒"),
    ),
    "speech": (Value("speech_percent", "占 {}%"),),
    "balance": (
        Value("left_over_right_db", "左比右响 {} dB", "lean_db", "相差 {} dB 以上算失衡"),
        Value("leaning_percent", "失衡的时间占 {}%"),
    ),
    "loudness": (
        Value("integrated_lufs", "综合响度 {} LUFS"),
        Value("range_lu", "响度范围 {} LU"),
        Value("loudest_lufs", "最响处 {} LUFS"),
    ),
    "personal_data": (
        Value("identity_count", "身份证号 {} 处"),
        Value("mobile_count", "手机号 {} 处"),
        Value("card_count", "银行卡号 {} 处"),
    ),
    "contact_shown": (Value("phone_count", "电话 {} 处"),),
    "subtitles": (
        Value("lines_count", "{} 句"),
        Value("coverage", "覆盖 {}%", factor=100),
        Value("letter_px", "字高 {} 像素（按 1080 行）", "letter_px", "{} 像素以上看得清"),
        Value("contrast", "对比度 {}", "contrast", "{} 以上看得清"),
    ),
    "title_card": (Value("lines_count", "{} 行字"),),
    "end_card": (Value("lines_count", "{} 行字"),),
    "faces": (Value("with_faces_count", "{} 幅画面里有人脸"), Value("pages_count", "共看了 {} 幅")),
    "fonts": (Value("fonts", "{} 种字体"), Value("not_embedded", "没有嵌入的 {} 种")),
    "images": (Value("images", "{} 张"),),
}
"""The numbers of each measure that mean something to people, the telling one first."""


@dataclass(frozen=True)
class Check:
    """One line of the list: what, the answer, the values with their limits, why it has none, how.

    `tone` is fail, doubt, told (no fault, or nothing seen) or none (no conclusion).
    """

    name: str
    title: str
    answer: str
    tone: str
    values: str
    why: str
    how: str


def checks(measures: Mapping[str, Measure]) -> tuple[Check, ...]:
    """What was checked, in the order of the facts."""
    return tuple(
        Check(
            name=name,
            title=NAMES.get(name, name),
            answer=_answer(name, measure),
            tone=_tone(name, measure),
            values=values_of(name, measure),
            why=measure.why,
            how=HOW.get(name, ""),
        )
        for name, measure in measures.items()
    )


def mode_told(mode: str) -> str:
    """How the file was read as a whole (swift, thorough); empty for what is not decoded over time."""
    if not mode:
        return ""
    if mode == "thorough":
        return "逐帧检测：每一帧画面、整段声音都看过、听过。"
    return (
        "快速检测：整段声音都听过；画面看了关键帧和若干段逐帧画面。没有看到的地方不作结论，"
        "下面标为“没有结论”或“拿不准”的请人工查看。"
    )


def values_of(name: str, measure: Measure) -> str:
    """ "颤动为画面宽度的 1.1%（达到 0.12% 算抖动），共 6.7 秒"; empty where nothing tells."""
    if measure.answer == "unmeasured":
        return ""
    return "，".join(said for each in VALUES.get(name, ()) if (said := _said(each, measure)))


def _said(value: Value, measure: Measure) -> str:
    number = measure.values.get(value.key)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return ""
    told = value.words.format(_number(number * value.factor))
    limit = measure.limits.get(value.limit) if value.limit else None
    if limit is None:
        return told
    factor = value.factor if value.bound_factor is None else value.bound_factor
    return f"{told}（{value.bound.format(_number(limit * factor))}）"


def _number(value: float) -> str:
    """At most two decimals, none of them a zero at the end."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown


def _answer(name: str, measure: Measure) -> str:
    if name in COUNTED and measure.answer != "unmeasured":
        return "已测"
    words = PRESENT if name in TELLING else NORMAL if name in QUALITIES else ANSWERS
    return words[measure.answer]


def _tone(name: str, measure: Measure) -> str:
    if measure.answer == "unmeasured":
        return "none"
    if measure.answer == "doubtful":
        return "doubt"
    fault = "clear" if name in WANTING else "found"
    telling = name in TELLING - WANTING or name in COUNTED
    return "fail" if measure.answer == fault and not telling else "told"
