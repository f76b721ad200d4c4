"""Names of platforms and editing programs as text: 抖音 with its number, @ names, "剪映" in a corner.

It adds words to what the watermark check sees in the picture: `about` is "watermark", and joining both
is for who holds both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fengcai.media.checks import Line, Page
from fengcai.media.facts.measures import Box
from fengcai.media.screen.digits import half_width
from fengcai.media.screen.personal import masked
from fengcai.media.screen.sightings import Sighting, SightingCheck

PLATFORMS = (
    "抖音", "快手", "小红书", "西瓜视频", "今日头条", "头条", "剪映", "哔哩哔哩", "bilibili", "视频号", "微视",
    "火山", "微博", "知乎", "好看视频", "优酷", "爱奇艺", "腾讯视频", "芒果TV", "必剪", "快影", "秒剪", "央视频",
    "CapCut", "TikTok", "YouTube", "Instagram", "InShot", "万兴喵影", "Filmora", "爱剪辑", "会声会影", "摄图网",
    "包图网", "千图网", "视觉中国", "新片场", "即梦", "可灵", "豆包", "Kling", "Sora", "Runway", "Pika",
)  # fmt: skip
_NAMED = re.compile("|".join(map(re.escape, PLATFORMS)), re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:抖音|快手|小红书|视频|微视|西瓜)号?[ ]*[:;.]?[ ]*(?:号|ID)[ ]*[:;.]?[ ]*[\w.\-]{4,}",
    re.IGNORECASE,
)
_AT = re.compile(r"(?<![\w.])@[ ]?[\w\u4e00-\u9fff\-·]{2,24}$")
_MARK_LETTERS = 14
_EDGE = 0.28
_HIGHEST = 0.08


class Platforms(SightingCheck):
    """A platform's number, or its bare name as a small mark near an edge; else, in a sentence, nothing."""

    name = "platform_text"
    about = ("watermark",)
    method = "PP-OCR text: platform names, numbers and @ names as small lines near an edge"

    def find(self, page: Page) -> Sequence[Sighting]:
        return [found for line in page.lines if (found := _mark(line)) is not None]


def _mark(line: Line) -> Sighting | None:
    text = masked(half_width(line.text).strip())
    if _NUMBER.search(text):
        return Sighting("number", f"number {text}", text, line.box, line.text, True)
    if line.box[3] > _HIGHEST or not near_edge(line.box):
        return None
    if _AT.search(text) and len(text) <= 2 * _MARK_LETTERS:
        return Sighting("at", f"at {text}", text, line.box, line.text, True)
    named = _NAMED.search(text)
    if named is None or len(text) > _MARK_LETTERS:
        return None
    bare = len(text) - len(named.group()) <= 4
    return Sighting("name", f"name {named.group().lower()}", text, line.box, line.text, bare)


def near_edge(box: Box) -> bool:
    """Within the outer band of the picture, and not in the middle of its foot, where subtitles stand."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    beside = x < _EDGE or x > 1 - _EDGE
    return (beside and (y < _EDGE or y > 1 - _EDGE)) or y < 0.12 or (beside and box[2] < 0.15)
