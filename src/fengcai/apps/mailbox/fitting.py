"""Which files of a letter go into which places of a work. Pure: names in, a plan out.

What fits one place only goes there; where two files want one place, or one file could go to two, the
names decide if they can, and a person if not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from fengcai.apps.mailbox.matching import follows
from fengcai.apps.mailbox.names import folded
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import Channel, Slot

OPENABLE = ("link", "physical")
_MEANT = {
    "form": ("报名表", "登记表", "申报表", "汇总表"),
    "scan": ("盖章", "扫描", "签字"),
    "document": ("脚本", "文稿", "剧本", "说明"),
    "image": ("海报", "照片", "封面"),
    "video": ("视频", "影片", "成片"),
}


@dataclass(frozen=True)
class Offered:
    """A file that could be taken in."""

    id: int
    name: str
    size: int


@dataclass(frozen=True)
class Plan:
    """`placed`: file → slot. `open`: file → why a person has to say. `left`: file → why it goes
    nowhere, which holds nothing up."""

    placed: Mapping[int, str] = field(default_factory=dict)
    open: Mapping[int, str] = field(default_factory=dict)
    left: Mapping[int, str] = field(default_factory=dict)


def mail_channels(rules: Rules, track: str) -> tuple[Channel, ...]:
    """The channels of this track that are mailboxes."""
    mine = (c for c in rules.channels if not c.tracks or track in c.tracks)
    return tuple(c for c in mine if c.kind == "email")


def takes_mail(rules: Rules, track: str) -> bool:
    """Whether works, or parts of them, may come by mail: by a channel, or by the mailbox that the
    notice names where it lists no channels."""
    if rules.channels:
        return bool(mail_channels(rules, track))
    return rules.mailbox is not None


def channel_for(rules: Rules, track: str, slot: str) -> Channel | None:
    """The mailbox that carries a place, where channels say so."""
    mine = mail_channels(rules, track)
    return next((c for c in mine if not c.slots or slot in c.slots), None)


def places(rules: Rules, track: str, slots: Sequence[Slot]) -> list[Slot]:
    """The places that a letter may fill."""
    if not takes_mail(rules, track):
        return []
    channels = mail_channels(rules, track)
    carried = {id for each in channels for id in each.slots}
    whole = not channels or any(not each.slots for each in channels)
    return [s for s in slots if s.kind not in OPENABLE and s.accept and (whole or s.id in carried)]


def fit(
    slots: Sequence[Slot],
    files: Sequence[Offered],
    *,
    held: Mapping[str, int],
    templates: Collection[str] = (),
) -> Plan:
    """Plan where each file goes. `held` counts what stands in a slot already, `templates` are the
    naming rules for files. A slot of one file that is filled takes the new one (whether it may be
    replaced is not decided here); a set takes as many as it has room for."""
    wanted: defaultdict[str, list[Offered]] = defaultdict(list)
    placed: dict[int, str] = {}
    unsure: dict[int, str] = {}
    left: dict[int, str] = {}
    by_id = {slot.id: slot for slot in slots}
    for file in files:
        fitting = [slot for slot in slots if file.name.lower().endswith(slot.accept)]
        sized = [slot for slot in fitting if not slot.max_bytes or file.size <= slot.max_bytes]
        if not fitting:
            left[file.id] = "没有一项收这种格式的文件"
        elif not sized:
            left[file.id] = f"超过“{fitting[0].name}”的大小上限"
        elif slot := _meant(sized, file.name):
            wanted[slot.id].append(file)
        else:
            names = "、".join(f"“{slot.name}”" for slot in sized)
            unsure[file.id] = f"可以放进{names}，请选一项"
    for id, rows in wanted.items():
        slot = by_id[id]
        room = 1 if slot.max <= 1 else max(0, slot.max - held.get(id, 0))
        if len(rows) <= room:
            placed |= {row.id: id for row in rows}
            continue
        ruled = [row for row in rows if follows(templates, row.name)]
        if slot.max <= 1 and len(ruled) == 1:
            placed[ruled[0].id] = id
            others = [row for row in rows if row != ruled[0]]
            left |= {row.id: f"“{slot.name}”用了按规则命名的那一个" for row in others}
        else:
            have = f"，已有 {held[id]} 个" if held.get(id) and slot.max > 1 else ""
            why = f"有 {len(rows)} 个文件都像“{slot.name}”，只收 {slot.max} 个{have}，请选一个"
            unsure |= {row.id: why for row in rows}
    return Plan(placed, unsure, left)


def _meant(slots: Sequence[Slot], name: str) -> Slot | None:
    """The only place that fits, or the only one that the file's name speaks of."""
    if len(slots) == 1:
        return slots[0]
    said = folded(name)
    named = [slot for slot in slots if folded(slot.name) and folded(slot.name) in said]
    if len(named) == 1:
        return named[0]
    meant = [
        slot
        for slot in slots
        if any(word in said and (word in slot.name or slot.kind == kind)
               for kind, words in _MEANT.items() for word in words if slot.kind == kind)
    ]  # fmt: skip
    return meant[0] if len(meant) == 1 else None
