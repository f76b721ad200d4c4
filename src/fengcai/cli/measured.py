"""What was measured in a file, in lines for a terminal: the film, its sound, what is in it; a picture; a
document; and every check with its answer and values.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from fengcai.engines.documents.checks_told import checks
from fengcai.media import Facts
from fengcai.media.facts import Audio, Image, Measure, Paper, Video
from fengcai.media.verdicts import clock

MODES = {"swift": "快速（关键帧和几段逐帧）", "thorough": "逐帧"}
LANGUAGES = {"zh-Hans": "简体中文", "zh-Hant": "繁体中文", "latin": "外文"}
MARKS = {"fail": "!", "doubt": "?", "told": "·", "none": "–"}
FAINT_LUFS = -35
"""Quieter than this is hard to hear; broadcasters aim at about -24, platforms at -14."""


def measured(facts: Facts) -> Iterator[str]:
    """The values that every file of its kind has."""
    if facts.video is not None:
        yield "画面：" + " · ".join(_film(facts, facts.video))
    if facts.audio is not None:
        yield "声音：" + " · ".join(_sound(facts.audio))
    elif facts.video is not None and facts.decoding is not None:
        yield "声音：没有声音轨"
    if facts.video is not None and (said := list(_content(facts))):
        yield "内容：" + " · ".join(said)
    if facts.image is not None:
        yield "图片：" + " · ".join(_still(facts.image))
    if facts.paper is not None:
        yield "文档：" + " · ".join(_paper(facts, facts.paper))
    if facts.decoding is not None:
        how = MODES[facts.decoding.mode]
        yield f"方式：{how}，解码错误 {facts.decoding.errors} 处；SHA-256 {facts.sha256}"


def checked(facts: Facts) -> Iterator[str]:
    """Each check: its answer, its values beside their limits, why it has none."""
    for each in checks(facts.measures):
        more = "；".join(part for part in (each.values, each.why) if part)
        yield f"{MARKS.get(each.tone, '·')} {each.title}：{each.answer}" + (
            f"（{more}）" if more else ""
        )


def _film(facts: Facts, film: Video) -> Iterator[str]:
    yield facts.container.name if facts.container else "?"
    yield film.codec + (f" {film.profile}" if film.profile else "")
    yield f"{film.display_width_px}×{film.display_height_px}"
    if film.sample_aspect != 1:
        yield (
            f"存为 {film.coded_width_px}×{film.coded_height_px}，"
            f"像素宽高比 {film.sample_aspect.numerator}:{film.sample_aspect.denominator}"
        )
    if film.rotation_deg:
        yield f"旋转 {film.rotation_deg}°"
    rate = film.fps_kept or film.fps_average
    if rate is not None:
        steady = "" if film.frame_rate == "constant" else "（不恒定）"
        yield f"{round(float(rate), 3):g} fps{steady}"
    if film.duration_s is not None:
        yield clock(film.duration_s)
    colours = facts.measures.get("dynamic_range")
    if colours is not None:
        transfer, bits = colours.values.get("transfer"), colours.values.get("bits")
        if transfer:
            yield f"HDR（{transfer}）"
        if isinstance(bits, int) and bits > 8:
            yield f"{bits} 位色彩"
    if facts.container is not None and facts.container.faststart is not None:
        yield "可边下边播" if facts.container.faststart else "索引在文件末尾（要下载完才能播放）"


def _sound(sound: Audio) -> Iterator[str]:
    yield sound.codec
    yield f"{sound.channels} 声道"
    yield f"{sound.sample_rate_hz} Hz"
    if sound.silent:
        yield "全程无声"
    elif sound.loudness_lufs is not None:
        faint = "（很轻，多数设备上听不清）" if sound.loudness_lufs < FAINT_LUFS else ""
        yield f"响度 {sound.loudness_lufs:.1f} LUFS{faint}"
    if sound.true_peak_dbtp is not None:
        yield f"真峰值 {sound.true_peak_dbtp:.1f} dBTP"


def _content(facts: Facts) -> Iterator[str]:
    """Shots, subtitles, cards and speech, as far as the checks are sure."""
    found = facts.measures
    shots = found.get("shots")
    if shots is not None and "shots" in shots.facts:
        yield f"{shots.facts['shots']} 个镜头（中位 {shots.values.get('median_shot_s'):g} 秒）"
    yield from _subtitled(facts, found.get("subtitles"))
    for name, said in (("title_card", "片头字幕"), ("end_card", "片尾字幕")):
        card = found.get(name)
        if card is not None and card.answer in ("found", "clear"):
            yield f"{'有' if card.answer == 'found' else '没有'}{said}"
    speech = found.get("speech")
    if speech is not None and "speech_percent" in speech.values:
        yield f"有人说话 {speech.values['speech_percent']:g}%"


def _subtitled(facts: Facts, seen: Measure | None) -> Iterator[str]:
    if seen is not None and "coverage" in seen.values:
        parts = str(seen.values.get("language") or "").split("+")
        which = "、".join(LANGUAGES.get(part, part) for part in parts if part)
        shown = float(seen.values["coverage"] or 0) * 100
        yield f"画面字幕（{which}，占 {shown:.0f}% 的时间）"
    elif seen is not None and seen.answer == "clear":
        yield "没有认出字幕"
    if facts.container is not None and facts.container.subtitle_streams:
        yield f"字幕轨 {facts.container.subtitle_streams} 条"


def _still(image: Image) -> Iterator[str]:
    yield image.format
    yield f"{image.width_px}×{image.height_px}"
    if image.dpi_x and image.dpi_y:
        wide, high = (
            float(side * Fraction(254, 10) / dots)
            for side, dots in ((image.width_px, image.dpi_x), (image.height_px, image.dpi_y))
        )
        yield f"{float(min(image.dpi_x, image.dpi_y)):g} dpi（成品 {wide:.0f}×{high:.0f} 毫米）"
    if image.colour_mode is not None:
        yield image.colour_mode
    if image.bit_depth is not None:
        yield f"{image.bit_depth} 位"
    if image.animated:
        yield "动图（只检查第一幅）"
    if image.camera:
        yield image.camera
    if image.taken is not None:
        yield f"拍摄于 {image.taken}"


def _paper(facts: Facts, paper: Paper) -> Iterator[str]:
    yield paper.format
    if paper.pages is not None:
        yield f"{paper.pages} 页"
    if paper.words is not None:
        yield f"{paper.words} 字"
    if paper.encrypted:
        yield "设了打开密码"
    flat = facts.flat()
    for name, said in (("links", "链接"), ("images", "图片")):
        if flat.get(name):
            yield f"{said} {flat[name]} 个"
    fonts = facts.measures.get("fonts")
    if fonts is not None and fonts.why:
        yield fonts.why
