"""Imports from another system: a table brought in, its columns mapped, tried, carried out.

What a column means is kept with the source, so that the next export of the same system needs no
mapping. The files are looked up in `belongings`; rows are understood in `understanding`, taken in
by `taking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import has_role, require_role
from fengcai.apps.exchange.mapping import KNOWN, NAMES, REQUIRED, guess, targets
from fengcai.apps.exchange.models import Import, ImportRow, Source
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable
from fengcai.engines import storage
from fengcai.engines.documents.tables import Table, TableRefused, read_table
from fengcai.engines.jobs import Priority, enqueue
from fengcai.engines.uploads import CompletedUpload, UploadRefused, issue_grant

ARCHIVE_PURPOSE = "exchange.archive"
LARGEST_ARCHIVE = 200 * 1024**3
GRANT_LIFE = timedelta(days=7)
MOST_TRANSLATIONS = 2_000
State = Import.State


@transaction.atomic
def begin_import(
    *,
    contest: Contest,
    source: str,
    filename: str,
    data: bytes,
    by: User,
    at: datetime,
    folder: str = "",
) -> Import:
    """Keep another system's table under the name of its source. Nothing is made of it yet.

    A source that is known brings its mapping. Organisers may. Raises `Refused` for what is no table.
    `folder` is trusted: a page passes what `folder_under` gave.
    """
    require_role(by, contest, Role.ORGANISER)
    name = storable(source).strip()
    if not name or len(name) > 60:
        raise Refused(
            "请写来源的名称，如“公众号报名系统”，最多 60 字。", fields={"source": "请填写"}
        )
    shown = storable(filename).replace("\\", "/").rsplit("/", 1)[-1][:200] or "表格"
    table = table_of(data, shown)
    if not table.rows:
        raise Refused(f"“{shown}”里没有一行数据，没有导入。", fields={"file": "没有数据"})
    row, _ = Source.objects.select_for_update(no_key=True).get_or_create(
        contest=contest,
        name=name,
        defaults={"by": by, "at": at, "mapping": guess(rules_of(contest), table.headers)},
    )
    suffix = storage.ending_of(shown)
    stored = storage.write_bytes(data, suffix=suffix if suffix in (".xlsx", ".csv") else "")
    run = Import.objects.create(
        source=row,
        filename=shown,
        key=stored.key,
        sha256=stored.sha256,
        folder=folder,
        by=by,
        at=at,
    )
    _note(run, by, "exchange.import_begin", {"source": row.pk, "sha256": run.sha256}, at)
    return run


@transaction.atomic
def map_columns(
    *,
    run_id: UUID,
    mapping: Mapping[str, str],
    track: str,
    track_names: Mapping[str, str],
    unit_names: Mapping[str, str],
    rule: str,
    honours_time: bool,
    by: User,
    at: datetime,
) -> Import:
    """Say what the columns mean, keep it with the source, and have the table tried. Makes nothing.

    `mapping`: target → header. `track` is the category of rows that name none. Raises `Refused`.
    """
    run = import_for(run_id, by)
    if run.state in (State.RUNNING, State.DONE):
        raise Refused("这次导入已经开始，不能再改各列的意思。需要时请另外导入一次。")
    rules = rules_of(run.source.contest)
    headers = set(table_of(import_bytes(run), run.filename).headers)
    known = {each.id for each in targets(rules)}
    kept = {id: head for id, head in mapping.items() if id in known and head in headers}
    missing = [NAMES[id] for id in REQUIRED if id not in kept]
    if missing:
        raise Refused(
            f"还没有说明哪一列是{'、'.join(missing)}。",
            fields={id: "请选择" for id in REQUIRED if id not in kept},
        )
    tracks = {each.id for each in rules.tracks}
    if track and track not in tracks:
        raise Refused("没有这个作品类别。", fields={"track": "请选择"})
    if not track and "track" not in kept:
        raise Refused(
            "请选择类别：表里没有类别一列时，全部作品算哪一类。", fields={"track": "请选择"}
        )
    if rule not in Source.Rule.values:
        raise Refused("请选择导入之后怎样。", fields={"rule": "请选择"})
    source = run.source
    source.mapping, source.track, source.rule = kept, track, rule
    source.honours_time = honours_time and "submitted_at" in kept
    source.track_names = {k: v for k, v in _few(track_names).items() if v in tracks}
    source.unit_names = _few(unit_names)
    source.save()
    run.state = State.MAPPING
    run.save(update_fields=["state"])
    _order(run, "exchange.check", Priority.WAITED_FOR)
    details = {"columns": sorted(kept), "rule": rule, "honours_time": source.honours_time}
    _note(run, by, "exchange.import_map", details, at)
    return run


@transaction.atomic
def start_import(*, run_id: UUID, by: User, at: datetime) -> Import:
    """Carry out what the trial showed, in the background. Again after a stop: goes on."""
    run = import_for(run_id, by)
    if run.state == State.MAPPING:
        raise Refused("请先试运行：看过会导入什么，再开始。")
    if run.state == State.DONE:
        raise Refused("这次导入已经完成，没有再做一遍。")
    # Who starts it answers for it: the works are brought in by this person's hand.
    run.state, run.by = State.RUNNING, by
    run.save(update_fields=["state", "by"])
    _order(run, "exchange.import", Priority.NORMAL)
    _note(run, by, "exchange.import_start", {}, at)
    return run


def ask_for_archive(*, run_id: UUID, by: User, at: datetime) -> dict[str, Any]:
    """A signed grant with which the page may send the zip of files of an import."""
    run = import_for(run_id, by)
    expires_at = at + GRANT_LIFE
    grant = issue_grant(
        purpose=ARCHIVE_PURPOSE,
        subject={"run": str(run.pk), "user": by.pk},
        owner=f"user:{by.pk}",
        max_size=LARGEST_ARCHIVE,
        expires_at=expires_at,
    )
    return {"grant": grant, "expires_at": expires_at.isoformat(), "max_size": LARGEST_ARCHIVE}


def take_archive(upload: CompletedUpload) -> None:
    """The zip has arrived (in the engine's transaction). Raises `UploadRefused`."""
    run = Import.objects.select_for_update(of=("self",), no_key=True).select_related(
        "source__contest"
    ).filter(pk=upload.subject["run"]).first()  # fmt: skip
    by = User.objects.filter(pk=upload.subject["user"]).first()
    if run is None or by is None or not has_role(by, run.source.contest, Role.ORGANISER):
        raise UploadRefused("这次导入已不存在，或您不再是组织者。压缩包没有收下。")
    if run.state in (State.RUNNING, State.DONE):
        raise UploadRefused("这次导入已经开始，没有再收压缩包。需要时请另外导入一次。")
    if not upload.filename.lower().endswith(".zip"):
        raise UploadRefused("请传 .zip 压缩包；rar、7z 请先解开，再压成 zip。")
    if run.archive_key:
        storage.delete(run.archive_key)
    stored = storage.adopt(upload.received, suffix=".zip", sha256=upload.sha256)
    run.archive_key, run.archive_sha256 = stored.key, stored.sha256
    run.archive_name = upload.filename[:255]
    run.state = State.MAPPING
    run.save()
    if set(REQUIRED) <= set(run.source.mapping) and run.checked_at is not None:
        _order(run, "exchange.check", Priority.WAITED_FOR)


def folder_under(name: str) -> str:
    """A folder below FENGCAI_IMPORT_FOLDER by its name. Raises `Refused` for anything else."""
    root = settings.FENGCAI_IMPORT_FOLDER
    if not root:
        raise Refused("管理员还没有设定导入文件夹（FENGCAI_IMPORT_FOLDER）。请改传压缩包。")
    base = Path(root).resolve()
    found = (base / storable(name)).resolve()
    if found == base or not found.is_relative_to(base) or not found.is_dir():
        raise Refused("服务器的导入文件夹里没有它。请刷新页面后重选。", fields={"folder": "请重选"})
    return str(found)


def folders() -> list[str]:
    """The folders that an administrator has put where imports are taken from."""
    root = settings.FENGCAI_IMPORT_FOLDER
    if not root or not Path(root).is_dir():
        return []
    return sorted(each.name for each in Path(root).iterdir() if each.is_dir())[:200]


def import_for(run_id: UUID, user: User) -> Import:
    """An import of a contest that this person organises. Raises `NotFound`."""
    run = Import.objects.select_related("source__contest__version", "by").filter(pk=run_id).first()
    if run is None or not has_role(user, run.source.contest, Role.ORGANISER):
        raise NotFound("没有这次导入，或您不是这个活动的组织者。")
    return run


def imports_of(contest: Contest, user: User) -> list[Import]:
    """The imports of a contest, newest first. 2 SQL."""
    require_role(user, contest, Role.ORGANISER)
    return list(Import.objects.filter(source__contest=contest).select_related("source", "by")[:50])


def sources_of(contest: Contest) -> list[str]:
    """Names of the sources known. 1 SQL."""
    return list(Source.objects.filter(contest=contest).values_list("name", flat=True))


@dataclass(frozen=True)
class Report:
    """What an import came to, or would: counts, and its rows (those refused first)."""

    counts: Mapping[str, int]
    rows: Sequence[ImportRow]
    done: int

    @property
    def takes(self) -> int:
        """How many rows bring something: a work, or files that a work lacks."""
        return self.counts.get("new", 0) + self.counts.get("mend", 0)


def report(run: Import, *, most: int | None = None) -> Report:
    """The rows of an import with their counts. 2 SQL."""
    found = run.rows.values("verdict").annotate(
        n=Count("pk"), done=Count("pk", filter=~Q(done_at=None))
    )
    told = list(found)
    rows = list(run.rows.order_by("line"))
    rows.sort(key=lambda row: (row.verdict != "refused", row.line))
    return Report(
        {each["verdict"]: each["n"] for each in told},
        rows[:most] if most else rows,
        sum(each["done"] for each in told),
    )


def table_of(data: bytes, filename: str) -> Table:
    """The table. Raises `Refused`."""
    try:
        return read_table(
            data, filename, expected=[name for some in KNOWN.values() for name in some]
        )
    except TableRefused as refusal:
        raise Refused(str(refusal), fields={"file": "请换一个文件"}) from None


def import_bytes(run: Import) -> bytes:
    """The table as it was brought in."""
    with storage.readable(run.key, sha256=run.sha256) as path:
        return path.read_bytes()


def _few(told: Mapping[str, str]) -> dict[str, str]:
    pairs = list(told.items())[:MOST_TRANSLATIONS]
    return {storable(k).strip()[:200]: storable(v).strip()[:200] for k, v in pairs if k and v}


def _order(run: Import, kind: str, priority: Priority) -> None:
    enqueue(
        kind,
        {"run_id": str(run.pk)},
        dedupe_key=f"{kind}:{run.pk}",
        subject=f"import:{run.pk}",
        scope=f"contest:{run.source.contest_id}",
        priority=priority,
        rerun=kind == "exchange.check",
    )


def _note(run: Import, by: User, action: str, details: dict[str, Any], at: datetime) -> None:
    record(
        run.source.contest.chain,
        actor=f"user:{by.pk}",
        action=action,
        subject=f"import:{run.pk}",
        details=details,
        at=at,
    )
