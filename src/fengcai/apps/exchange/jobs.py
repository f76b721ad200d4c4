"""Jobs of the exchange: packs made ready and let go, forms filled, imports carried out."""

from __future__ import annotations

from django.utils import timezone

from fengcai.apps.entries.rules import may_bring
from fengcai.apps.exchange import filling as filling_room
from fengcai.apps.exchange import packing
from fengcai.apps.exchange.belongings import belongings
from fengcai.apps.exchange.models import Filling, Import, ImportRow, Pack, PackMember
from fengcai.apps.exchange.packs import MOST_FILES, expire
from fengcai.apps.exchange.taking import rows_to_take, take_in
from fengcai.apps.exchange.trying import trial
from fengcai.apps.exchange.understanding import Reader
from fengcai.apps.refusals import Refused
from fengcai.engines import storage
from fengcai.engines.documents.forms import FormRefused
from fengcai.engines.jobs import JobContext, JobFailed, Lane, handler


@handler("exchange.pack", title="准备下载包", lane=Lane.DOCUMENTS, lease=120, max_attempts=4)
def make_pack(job: JobContext, *, pack_id: str) -> None:
    """Count sums, give names, fix places; then the pack may be taken.

    Run twice it makes the same pack. If the machine dies in the middle, the sums that were counted
    are kept, and the next run goes on with the others; at worst two small files stay in the store
    that no row names.
    """
    pack = Pack.objects.select_related("contest__version").filter(pk=pack_id).first()
    if pack is None or pack.state != Pack.State.MAKING:
        return
    try:
        rows = packing.rows_of(pack, job.progress)
    except packing.TooMany:
        raise JobFailed(f"文件超过 {MOST_FILES} 个，一个包放不下。请用筛选分成几个包。") from None
    except storage.StorageTrouble as trouble:
        raise RuntimeError(trouble.text) from trouble
    at = timezone.now()
    told = packing.manifest(pack, rows, at)
    with storage.provisional(), job.completing() as outcome:
        kept = storage.write_bytes(told, suffix=".xlsx")
        laid = packing.lay_out(pack, rows, kept.key, told)
        tail = storage.write_bytes(laid.tail, suffix="")
        PackMember.objects.filter(pack=pack).delete()
        PackMember.objects.bulk_create(laid.members, batch_size=500)
        pack.works = len({row.work.entry.pk for row in rows})
        pack.files = len(laid.members) - 1
        pack.left_out = sum(1 for row in rows if row.file and not row.name)
        pack.size, pack.tail_at = laid.tail_at + len(laid.tail), laid.tail_at
        pack.tail_key, pack.tail_sha256 = tail.key, tail.sha256
        pack.manifest_key, pack.manifest_sha256 = kept.key, kept.sha256
        pack.state = Pack.State.READY if pack.files else Pack.State.EMPTY
        pack.ready_at = at
        pack.save()
        outcome["files"] = pack.files


@handler("exchange.expire", title="清理过期的下载包", atomic=True)
def expire_pack(job: JobContext, *, pack_id: str) -> None:
    """Let go of a pack whose time is over. Run twice it does nothing more."""
    pack = Pack.objects.select_for_update(no_key=True).filter(pk=pack_id).first()
    if pack is not None and pack.state != Pack.State.EXPIRED:
        expire(pack)


@handler("exchange.fill", title="填写表格", lane=Lane.DOCUMENTS, lease=300, max_attempts=3)
def fill_forms(job: JobContext, *, filling_id: str) -> None:
    """Fill an organiser's form for the works that were chosen.

    If the machine dies in the middle, it begins anew: nothing was kept yet. A form that cannot be
    filled ends it with the reason in words.
    """
    filling = Filling.objects.select_related("template__contest__version").get(pk=filling_id)
    if filling.state != Filling.State.MAKING:
        return
    try:
        made = filling_room.make(filling, timezone.now(), job.progress)
    except FormRefused as refusal:
        with job.completing() as outcome:
            Filling.objects.filter(pk=filling.pk).update(
                state=Filling.State.FAILED, trouble=str(refusal)
            )
            outcome["forms"] = 0
        return
    try:
        with storage.provisional(), job.completing() as outcome:
            kept = storage.adopt(made.path, suffix=made.filename[made.filename.rindex(".") :])
            Filling.objects.filter(pk=filling.pk).update(
                state=Filling.State.READY, count=made.count, filename=made.filename,
                key=kept.key, sha256=kept.sha256, size=kept.size,
            )  # fmt: skip
            outcome["forms"] = made.count
    finally:
        made.path.unlink(missing_ok=True)


@handler("exchange.check", title="试运行导入", lane=Lane.DEFAULT, lease=120, max_attempts=3)
def check_import(job: JobContext, *, run_id: str) -> None:
    """Say of each row what an import would do. Makes nothing; run twice it says the same again."""
    run = Import.objects.select_related("source__contest__version", "by").get(pk=run_id)
    if run.state in (Import.State.RUNNING, Import.State.DONE):
        return
    try:
        with belongings(run.folder, run.archive_key, run.archive_sha256) as things:
            reader = Reader(run, things, timezone.now())
            rows = trial(reader, lambda done: job.progress(0.5, f"已试 {done} 行"))
    except Refused as refusal:
        raise JobFailed(refusal.message) from None
    with job.completing() as outcome:
        run.rows.all().delete()
        ImportRow.objects.bulk_create(rows, batch_size=500)
        Import.objects.filter(pk=run.pk).update(
            state=Import.State.CHECKED, checked_at=timezone.now()
        )
        outcome["rows"] = len(rows)


@handler("exchange.import", title="导入作品", lane=Lane.DEFAULT, lease=300, max_attempts=10)
def carry_out_import(job: JobContext, *, run_id: str) -> None:
    """Take the rows in, one by one.

    Killed in the middle and run again, it goes on with the rows that are not done; a row that was
    begun goes on with its own work, which it knows by source and key. Nothing is made twice.
    """
    run = Import.objects.select_related("source__contest__version", "by").get(pk=run_id)
    if not may_bring(run.by, run.source.contest):
        raise JobFailed(f"{run.by}不再是组织者，导入停下了。请另一位组织者再点一次“接着导入”。")
    waiting = rows_to_take(run)
    whole = max(len(waiting), 1)
    try:
        with belongings(run.folder, run.archive_key, run.archive_sha256) as things:
            reader = Reader(run, things, timezone.now())
            for row in reader.rows():
                if kept := waiting.pop(row.line, None):
                    job.progress(1 - (len(waiting) + 1) / whole, f"正在导入第 {row.line} 行")
                    take_in(reader, kept, row)
    except Refused as refusal:
        raise JobFailed(refusal.message) from None
    with job.completing() as outcome:
        Import.objects.filter(pk=run.pk).update(state=Import.State.DONE, done_at=timezone.now())
        outcome["rows"] = run.rows.exclude(done_at=None).count()
