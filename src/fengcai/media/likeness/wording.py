"""What two works have in common, in Chinese sentences, from the evidence as it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NAMES = {
    "copy": "疑似同一作品",
    "shares": "部分素材相同",
    "template": "模板相似",
    "no": "没有发现相同",
}
_CUT_FROM = 0.03


def sentences(evidence: Mapping[str, Any], *, flipped: bool = False) -> list[str]:
    """The reasons, the weightiest first. `flipped`: told from the second work's side."""
    mine, theirs = ("b", "a") if flipped else ("a", "b")
    seen = [each for each in evidence["segments"] if each["kind"] == "picture"]
    heard = [each for each in evidence["segments"] if each["kind"] == "sound"]
    said = []
    if seen:
        share = evidence[f"picture_share_{mine}"], evidence[f"picture_share_{theirs}"]
        said.append(
            f"画面相同 {_places(seen, mine)}，占本作品 {_percent(share[0])}、对方 {_percent(share[1])}"
        )
        said += _changes(seen, flipped)
    if heard:
        share = evidence[f"sound_share_{mine}"], evidence[f"sound_share_{theirs}"]
        music = "" if seen else "；没有找到相同画面，可能只是用了同一配乐"
        said.append(
            f"声音相同 {_places(heard, mine)}，占本作品 {_percent(share[0])}、"
            f"对方 {_percent(share[1])}{music}"
        )
    if "title" in evidence["reasons"]:
        said.append("题名相同")
    if evidence["text"] is not None and "text" in evidence["reasons"]:
        said.append(f"题名和说明文字相似度约 {_percent(evidence['text'])}")
    if evidence["rhythm"]:
        said.append(f"镜头切换的节奏相同（{_percent(evidence['rhythm'])} 的切点同时出现）")
    for reason, why in (
        ("ends", "相同之处只在片头或片尾，可能用了同一片头片尾"),
        ("still", "相同之处是静止画面，可能用了同一标题版式或图片"),
    ):
        if reason in evidence["reasons"]:
            said.append(why)
    return said


def moment(seconds: float) -> str:
    """Such as 1:05."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _places(segments: Sequence[Mapping[str, Any]], side: str, most: int = 3) -> str:
    at = sorted((each[f"{side}_from_s"], each[f"{side}_to_s"]) for each in segments)
    if len(at) == 1 and at[0][1] - at[0][0] <= 1:
        return "1 幅"
    told = "、".join(f"{moment(start)}–{moment(end)}" for start, end in at[:most])
    return f"{told} 等 {len(at)} 段" if len(at) > most else told


def _percent(share: float) -> str:
    return f"{round(100 * share)}%"


def _changes(segments: Sequence[Mapping[str, Any]], flipped: bool) -> list[str]:
    """What was done to the picture and its pace, from the longest stretch."""
    longest = max(segments, key=lambda each: float(each["a_to_s"]) - float(each["a_from_s"]))
    said = []
    if longest["mirrored"]:
        said.append("画面左右翻转")
    if abs(longest["pace"] - 1) >= 0.015:
        pace = 1 / longest["pace"] if flipped else longest["pace"]
        said.append(f"对方的速度是本作品的 {1 / pace:.2f} 倍")
    if frame := longest["frame"]:
        sides = [("左", "left"), ("上", "top"), ("右", "right"), ("下", "bottom")]
        inside = [(name, frame[side]) for name, side in sides if frame[side] >= _CUT_FROM]
        # What lies beyond is told as a share of the larger picture: that is the one that was cut.
        wide = {"左": 1 - frame["left"] - frame["right"], "上": 1 - frame["top"] - frame["bottom"]}
        wide |= {"右": wide["左"], "下": wide["上"]}
        beyond = [
            (name, -frame[side] / wide[name]) for name, side in sides if frame[side] <= -_CUT_FROM
        ]
        for cuts, who in ((inside, not flipped), (beyond, flipped)):
            if cuts:
                parts = "、".join(f"{name}边约 {_percent(share)}" for name, share in cuts)
                said.append(f"{'对方' if who else '本作品'}裁掉了{parts}")
    return said
