"""Compares what was acknowledged with what is there: a process of the installation, after it settled.

Prints JSON: for each kind how many were acknowledged, and the lines of what is lost or wrong.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import django

django.setup()

from benchmarks.faults.acknowledged import read  # noqa: E402
from benchmarks.faults.effects.models import Effect  # noqa: E402
from fengcai.apps.assets.models import Asset  # noqa: E402
from fengcai.apps.audit.models import AuditRecord  # noqa: E402
from fengcai.apps.audit.queries import verify_all  # noqa: E402
from fengcai.apps.entries.models import Entry  # noqa: E402
from fengcai.apps.judging.models import ScoreSheet  # noqa: E402
from fengcai.engines import storage  # noqa: E402
from fengcai.engines.jobs.models import Job  # noqa: E402
from fengcai.engines.uploads.models import Upload  # noqa: E402

Line = dict[str, Any]
ENDED_BADLY = ("failed", "dead")


class Account:
    """Acknowledged, lost and wrong of each kind."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.faults: list[dict[str, Any]] = []

    def note(self, kind: str, line: Line, *, lost: str = "", wrong: str = "") -> None:
        """One acknowledged thing, and what is the matter with it, if anything is."""
        self.counted[kind] += 1
        for sort, what in (("lost", lost), ("wrong", wrong)):
            if what:
                self.faults.append({"kind": kind, "sort": sort, "what": what, "at": line["at"]})


def settled() -> dict[str, int]:
    """What is still under way: nothing, once the installation has settled."""
    return {
        "jobs": Job.objects.filter(state__in=("queued", "running"), kind__in=("drill.effect", "assets.inspect")).count(),
        "uploads": Upload.objects.filter(state="finished").count(),
    }  # fmt: skip


def uploads(lines: list[Line], account: Account) -> None:
    """Every acknowledged file is one asset of its work, and its bytes read back are those sent."""
    for line in (line for line in lines if line["kind"] == "upload"):
        rows = list(Asset.objects.filter(sha256=line["sha256"], version__entry=line["entry"]))
        lost = wrong = ""
        if not rows:
            lost = f"上传 {line['number']}：没有对应的文件"
        elif len(rows) > 1:
            wrong = f"上传 {line['number']}：收下了 {len(rows)} 次"
        else:
            try:
                with storage.readable(rows[0].key) as path, path.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                if sha256 != line["sha256"]:
                    wrong = f"上传 {line['number']}：字节与送出的不同"
            except Exception as trouble:
                lost = f"上传 {line['number']}：读不回来（{trouble}）"
        account.note("upload", line, lost=lost, wrong=wrong)


def jobs(lines: list[Line], account: Account) -> None:
    """Every job ordered has one effect; one of doubt has at most one."""
    effects = Counter(Effect.objects.values_list("number", flat=True))
    for line in (line for line in lines if line["kind"] == "job"):
        found = effects.pop(line["number"], 0)
        if line["sure"]:
            account.note(
                "job", line,
                lost=f"任务 {line['number']} 没有做" if not found else "",
                wrong=f"任务 {line['number']} 做了 {found} 次" if found > 1 else "",
            )  # fmt: skip
        elif found > 1:
            account.note("job", line, wrong=f"任务 {line['number']} 做了 {found} 次")
    for number in effects:
        account.note("job", {"at": 0.0}, wrong=f"任务 {number} 没有下达却做了")
    for row in Job.objects.filter(state__in=ENDED_BADLY):
        account.note(
            "job", {"at": row.created.timestamp()}, lost=f"{row.kind} {row.pk}：{row.state}，{row.technical[-200:]}"
        )  # fmt: skip


def works(lines: list[Line], account: Account) -> None:
    """Every act on a work is on record, and its draft stands at least at the version told."""
    recorded = set(
        AuditRecord.objects.filter(action__startswith="entries.").values_list("action", "subject")
    )
    rows = {str(row.pk): row for row in Entry.objects.all()}
    for line in lines:
        if line["kind"] == "entry":
            there = line["entry"] in rows and (line["action"], f"entry:{line['entry']}") in recorded
            account.note("entry", line, lost="" if there else f"作品 {line}")
        elif line["kind"] == "draft":
            row = rows.get(line["entry"])
            lost = "" if row and row.version >= line["version"] else f"草稿 {line}"
            same = row is None or row.version != line["version"] or row.title == line["title"]
            account.note("draft", line, lost=lost, wrong="" if same else f"草稿 {line}")


def marks(lines: list[Line], account: Account) -> None:
    """Every sheet told as saved is on record with its version, and the last one is what stands."""
    recorded = {
        (record.actor, record.subject, record.details["version"])
        for record in AuditRecord.objects.filter(action="judging.mark")
    }
    rows = {(row.judge_id, str(row.entry_id)): row for row in ScoreSheet.objects.all()}
    for line in (line for line in lines if line["kind"] == "mark"):
        row = rows.get((line["judge"], line["entry"]))
        lost = "" if row and row.version >= line["version"] else f"评分 {line}"
        same = row is None or row.version != line["version"] or row.values == line["values"]
        account.note("mark", line, lost=lost, wrong="" if same else f"评分 {line}")
        event = (f"user:{line['judge']}", f"entry:{line['entry']}", line["version"])
        account.note("audit", line, lost="" if event in recorded else f"记录 {event}")


def chains(account: Account) -> None:
    """Every chain is whole, and the receipt of every asset is on it once."""
    for chain in verify_all():
        account.note(
            "chain", {"at": 0.0}, wrong="" if chain.ok else f"{chain.name}：{chain.problem}"
        )
    received = Counter(
        AuditRecord.objects.filter(action="assets.receive").values_list("subject", flat=True)
    )
    for pk in Asset.objects.filter(contest__slug="drill-collecting").values_list("pk", flat=True):
        times = received[f"asset:{pk}"]
        wrong = "" if times == 1 else f"文件 {pk} 的接收记录有 {times} 条"
        account.note("audit", {"at": 0.0}, wrong=wrong)


def main() -> None:
    if sys.argv[1] == "settled":
        json.dump(settled(), sys.stdout)
        return
    folder = Path(sys.argv[1])
    lines = read(folder / "acting.jsonl") + read(folder / "sending.jsonl")
    account = Account()
    for reckon in (uploads, jobs, works, marks):
        reckon(lines, account)
    chains(account)
    json.dump({"counted": account.counted, "faults": account.faults}, sys.stdout)


if __name__ == "__main__":
    main()
