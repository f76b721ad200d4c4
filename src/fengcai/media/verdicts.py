"""From what was found to a verdict and its reason in plain Chinese: what happened, what to do.

A verdict says whether the file can be judged at all, not whether it keeps any rule.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from fengcai.media.facts import Decoding


class Unreadable(Exception):
    """The reading cannot give what was asked; `code` is a key of REASONS."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


REASONS: dict[str, str] = {
    "empty": "文件是空的（0 字节）。请重新导出视频后再上传。",
    "zeros": "文件里全是空白数据，多半是复制或下载没有完成。请重新导出或重新拷贝后再上传。",
    "text": "这是文本文件，不是视频。请上传真正的视频文件。",
    "playlist": "这是一个播放列表（里面只有地址，没有画面）。请上传视频文件本身。",
    "document": "这是文档、压缩包或程序，不是视频。如果视频在压缩包里，请先解压再上传。",
    "unknown": "认不出这个文件的格式，不是常见的视频。请用剪辑软件重新导出为 MP4 后再上传。",
    "image": "这是一张图片，不是视频。请上传视频文件。",
    "audio": "这个文件只有声音，没有画面。请检查导出设置后重新导出视频。",
    "video": "这是视频，不是这里要求的文件类型。请上传所要求的文件。",
    "no_index": "文件不完整：缺少视频索引（moov），多半是导出或传输中断。请重新导出后再上传。",
    "no_streams": "文件里没有可读的画面和声音，可能已损坏。请重新导出为 MP4 后再上传。",
    "open_failed": "文件损坏，无法打开。请先确认它能在电脑上完整播放，再重新导出上传。",
    "no_decoder": "画面的编码方式无法识别。请导出为 H.264 编码的 MP4 后再上传。",
    "no_frames": "一帧画面也解不出来，文件可能损坏或已加密。请重新导出为 H.264 编码的 MP4 后再上传。",
    "encrypted": "文件加了密（有版权保护），画面和声音解不开。请上传没有加密的原始文件。",
    "picture_too_large": "画面尺寸超出可处理的范围。请按不高于 8K 的尺寸重新导出。",
    "memory": "读取这个文件需要的内存超出限制，已停止检查。请重新导出为 H.264 编码的 MP4 后再上传。",
    "timeout": "检查用时超出限制，已停止。请重新导出为 H.264 编码的 MP4 后再上传，或联系主办方。",
    "cpu": "检查所需的计算量超出限制，已停止。请重新导出为 H.264 编码的 MP4 后再上传。",
    "crashed": "文件的内容使读取程序异常中止，可能已损坏。请重新导出为 MP4 后再上传。",
    "changed": "文件在检查过程中被改动了，检查结果作废。请待文件写完后重新上传。",
    "not_a_file": "这不是一个普通文件，无法检查。",
    "paper_broken": "文件损坏，打不开。请在电脑上确认能打开，另存一份后再上传。",
    "program": "这是一个程序，不能作为作品文件。请上传作品或材料本身。",
}


_AGAIN = "请在电脑上确认能打开，减小尺寸或页数，另存一份后再上传。"
NO_FILM_REASONS = {
    "open_failed": "文件损坏，打不开。请在电脑上确认能打开，另存一份后再上传。",
    "memory": f"读取这个文件需要的内存超出限制，已停止检查。{_AGAIN}",
    "timeout": f"检查用时超出限制，已停止。{_AGAIN}",
    "cpu": f"检查所需的计算量超出限制，已停止。{_AGAIN}",
    "crashed": f"文件的内容使读取程序异常中止，可能已损坏。{_AGAIN}",
}
"""The same of pictures and documents, which nobody exports as MP4."""


def refusal(code: str, detail: str = "", kind: str = "video") -> str:
    """The reason for a verdict "unreadable"; `detail` is a measured value, shown in brackets."""
    if kind in ("image", "document", "text") and code in NO_FILM_REASONS:
        return NO_FILM_REASONS[code]
    text = REASONS[code]
    if code == "picture_too_large" and detail:
        return text.replace("画面尺寸", f"画面尺寸（{detail}）", 1)
    return text


KINDS = {
    "video": "视频",
    "audio": "音频",
    "image": "图片",
    "document": "文档",
    "text": "文本文件",
    "playlist": "播放列表",
    "unknown": "认不出格式的文件",
}


def mismatch(kind: str, expected: Collection[str]) -> str:
    """The reason when a readable file is of a kind that its place does not take."""
    if "video" in expected:
        return REASONS[kind]
    wanted = "或".join(dict.fromkeys(KINDS[each] for each in KINDS if each in expected))
    return f"这个文件是{KINDS[kind]}，这里要的是{wanted}。请上传所要求的文件；只改后缀不算。"


def damage(decoding: Decoding, frames: int, missing_bytes: int) -> tuple[str, str] | None:
    """(code, reason) if the film is not whole: cut short, or with too much that won't decode."""
    if not decoding.to_the_end or missing_bytes > 0:
        return "truncated", (
            f"文件不完整：{_length(decoding)}。已保留可读部分的检查结果，请重新导出并完整上传。"
        )
    if decoding.errors >= max(3, frames // 100):
        return "corrupt", (
            f"文件有 {decoding.errors} 处数据损坏，画面或声音可能花屏、断续。"
            "已保留可读部分的检查结果，请重新导出后再上传。"
        )
    return None


def clock(seconds: Fraction) -> str:
    """12.3 秒 below a minute, 5 分 02 秒 above, 1 小时 02 分 above an hour."""
    if seconds < 60:
        return f"{float(seconds):.1f} 秒"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} 分 {whole % 60:02d} 秒"
    return f"{whole // 3600} 小时 {whole % 3600 // 60:02d} 分"


def _length(decoding: Decoding) -> str:
    if decoding.declared_s is None or decoding.reached_s is None:
        return "读到中途就断了"
    if decoding.declared_s - decoding.reached_s < Fraction(1, 10):
        return "末尾的数据缺失"
    return f"片长应为 {clock(decoding.declared_s)}，只能读到 {clock(decoding.reached_s)}"
