"""Making a pack ready: sums are counted, names given, places fixed, manifest and directory kept.

Nothing of it is sent here.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.naming import UNNAMED
from fengcai.apps.exchange import naming, zipping
from fengcai.apps.exchange.layouts import LAYOUTS
from fengcai.apps.exchange.models import Checksum, Origin, Pack, PackMember
from fengcai.apps.exchange.packs import MOST_FILES, withheld
from fengcai.apps.exchange.telling import File, Work, chosen_ids, in_order, works
from fengcai.apps.exchange.upper import is_upper
from fengcai.engines import storage
from fengcai.engines.documents.tables import Column, Sheet, write_xlsx

MANIFEST = "manifest.xlsx"

Tell = Callable[[float, str], None]


class TooMany(Exception):
    """More files than one pack holds."""


@dataclass(frozen=True)
class Row:
    """A file of the choice: its place in the pack, or why it is not in it."""

    work: Work
    file: File | None
    name: str
    right: bool
    why: str
    crc32: int = 0


def crc_of(asset: Asset, tell: Callable[[], None]) -> int | None:
    """The CRC-32 of a file, counted once and kept; None when it is gone from the store, or is not as
    long as it was when it came. Raises StorageTrouble."""
    known = Checksum.objects.filter(asset=asset).values_list("crc32", flat=True).first()
    if known is not None:
        return int(known) if storage.store().size(asset.key) == asset.size else None

    def read() -> Iterator[bytes]:
        for chunk in storage.store().get(asset.key):
            tell()
            yield chunk

    try:
        crc, size = zipping.crc32(read())
    except FileNotFoundError:
        return None
    if size != asset.size:
        return None
    Checksum.objects.get_or_create(asset=asset, defaults={"crc32": crc})
    return crc


def rows_of(pack: Pack, tell: Tell) -> list[Row]:
    """Every file of the choice in the pack's order, with its name. Raises TooMany."""
    contest = pack.contest
    ids = in_order(chosen_ids(contest, pack.chosen))
    names = naming.Names()
    names.give(MANIFEST.removesuffix(".xlsx"), ".xlsx")
    found: list[Row] = []
    told = works(contest, ids, fields=False, upper=is_upper(pack.chosen))
    for at, work in enumerate(told):
        said = f"正在核对第 {at + 1} / {len(ids)} 件作品"
        tell(at / max(len(ids), 1), said)
        folder = _folder(pack, contest, work)
        files = [f for f in work.files if not pack.slots or f.slot_id in pack.slots]
        still = partial(tell, at / max(len(ids), 1), said)
        found += [_row(pack, work, file, folder, names, still) for file in files]
        if not files:
            found.append(Row(work, None, "", False, "没有文件"))
        if len(found) > MOST_FILES:
            raise TooMany
    return found


def _row(
    pack: Pack, work: Work, file: File, folder: str, names: naming.Names, tell: Callable[[], None]
) -> Row:
    rules = rules_of(pack.contest)
    template = naming.template_for(rules, file.slot)
    wanted = template.filled(work.places)
    right = naming.named_already(file.asset.filename, naming.fit(wanted))
    why = withheld(file.asset)
    crc = None if why else crc_of(file.asset, tell)
    if crc is None:
        return Row(work, file, "", right, why or "存储里找不到它或大小不对，没有收入")
    suffix = naming.ending(file.asset.filename)
    name = names.give(wanted, suffix, folder=folder, collision=template.collision)
    return Row(work, file, name, right, "", crc)


def _folder(pack: Pack, contest: Contest, work: Work) -> str:
    places = work.places
    one = " ".join(x for x in (places["number"], places["title"]) if x) or str(work.entry.pk)[:8]
    layout = pack.layout
    if layout == "rule":
        template = naming.template_of(rules_of(contest), "folder")
        return naming.folders([template.filled(places)]) if template else ""
    if layout == "unit":
        return naming.folders([places["unit"]])
    if layout == "track":
        return naming.folders([places["track"]])
    if layout == "work":
        # The end of the key keeps two drafts of one name apart.
        unique = places["number"] or str(work.entry.pk)[-4:]
        return naming.folders([places["unit"], one if places["number"] else f"{one}-{unique}"])
    return ""


def manifest(pack: Pack, rows: list[Row], at: datetime) -> bytes:
    """manifest.xlsx: every file with old and new name, size and SHA-256; every work without one."""
    origins = dict(
        Origin.objects.filter(source__contest=pack.contest).values_list("entry", "source__name")
    )
    told = [_line(number, row, origins) for number, row in enumerate(rows, 1)]
    links = [
        [row.work.entry.number, row.work.entry.unit.name, row.work.entry.title, url]
        for row in _one_each(rows)
        for url in row.work.links
    ]
    about: list[list[Any]] = [
        ["活动", pack.contest.title],
        ["下载包", pack.title],
        ["文件怎样放", LAYOUTS[pack.layout][0]],
        ["打包时间", at],
        ["作品数", len({row.work.entry.pk for row in rows})],
        ["收入的文件数", sum(1 for row in rows if row.name)],
        [
            "怎样核对",
            "“SHA-256”是每个文件的指纹：用 certutil -hashfile 文件名 SHA256 算出的应与表中相同。",
        ],
    ]
    headers: list[str | Column] = [
        *("序号", "作品编号", "单位", "作品名称", "类别", "组别", "方向", "状态", "提交时间", "逾期"),
        *("文件", "原文件名", "包内文件名", "原名合规"),
        *(Column("大小（字节）", format="#,##0"), Column("SHA-256", width=40), "收到时间", "来源", "说明"),
    ]  # fmt: skip
    sheets = [Sheet("文件清单", headers, told), Sheet("说明", ["项目", "内容"], about)]
    if links:
        sheets.insert(1, Sheet("链接", ["作品编号", "单位", "作品名称", "链接"], links))
    return write_xlsx(sheets)


def _line(number: int, row: Row, origins: dict[UUID, str]) -> list[Any]:
    entry, file, places = row.work.entry, row.file, row.work.places
    asset = file.asset if file else None
    return [
        number, entry.number, entry.unit.name, entry.title or "未命名作品", places["track"],
        places["division"], places["theme"], entry.get_state_display(), entry.submitted_at,
        "逾期" if entry.late else "",
        file.slot_name if file else "", _original(row), row.name,
        ("是" if row.right else "否") if asset else "",
        asset.size if asset else None, asset.sha256 if asset else "",
        asset.received_at if asset else None, origins.get(entry.pk, ""), row.why,
    ]  # fmt: skip


def _original(row: Row) -> str:
    """What the file was called; not where that tells a name that must not be told."""
    name = row.file.asset.filename if row.file else ""
    return UNNAMED if any(each in name for each in row.work.hidden) else name


def _one_each(rows: list[Row]) -> list[Row]:
    return list({row.work.entry.pk: row for row in rows}.values())


@dataclass(frozen=True)
class Laid:
    """A pack as it will be kept: its members with their places, and the archive's tail."""

    members: list[PackMember]
    tail: bytes
    tail_at: int


def lay_out(pack: Pack, rows: list[Row], manifest_key: str, manifest_bytes: bytes) -> Laid:
    """Fix where each byte stands: the manifest first, then the files in order."""
    made = timezone.localtime(pack.at)
    crc, size = zipping.crc32([manifest_bytes])
    first = zipping.Member(MANIFEST, size, crc, zipping.dos_stamp(made))
    taken = [row for row in rows if row.name and row.file]
    members = [first]
    for row in taken:
        assert row.file is not None
        asset = row.file.asset
        stamp = zipping.dos_stamp(timezone.localtime(asset.received_at))
        members.append(zipping.Member(row.name, asset.size, row.crc32, stamp))
    placed = list(zipping.placed(members))
    kept = [
        PackMember(
            pack=pack, order=order, asset=row.file.asset if row and row.file else None,
            key=row.file.asset.key if row and row.file else manifest_key,
            name=member.name, size=member.size, crc32=member.crc, stamp=member.stamp,
            offset=member.offset,
        )
        for order, (member, row) in enumerate(zip(placed, [None, *taken], strict=True))
    ]  # fmt: skip
    return Laid(kept, zipping.directory(placed), placed[-1].end)


def sha256(data: bytes) -> str:
    """Lower-case hex."""
    return hashlib.file_digest(io.BytesIO(data), "sha256").hexdigest()
