"""What a person decides beside the machine, over the API: the same words, reasons and refusals as on
the pages, and nobody learns more than there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.compliance.models import Remark
from fengcai.apps.entries.models import Entry
from fengcai.apps.intake.models import Ruling
from fengcai.apps.likeness.models import Fingerprint, Likeness
from fengcai.engines.jobs import run_pending
from fengcai.engines.jobs.models import Job
from tests.api.conftest import Calls
from tests.factories.collecting import DAY, Collecting

OWN, OTHER = "心病科", "针灸科"
SYNOPSIS = "我院技术国内领先，总有效率达98%。加微信咨询，电话13812345678。"


@pytest.fixture
def entry(stage: Collecting, tmp_path: Path) -> Entry:
    return stage.under_review(tmp_path, OWN, orientation="fail", steady="undetermined")


def point(program: Any, entry: Entry, requirement: str) -> dict[str, Any]:
    points = program.get(f"entries/{entry.pk}/review").body["points"]
    return next(each for each in points if each["requirement"] == requirement)


@pytest.mark.clause("B2")
def test_a_word_on_a_finding_is_read_and_written(
    stage: Collecting, calls: Calls, entry: Entry
) -> None:
    program = calls(stage.reviewer, "entries:read", "review:write")
    assert point(program, entry, "orientation")["ruling"] is None
    address = f"entries/{entry.pk}/review/points/orientation"

    bare = program.post(address, {"machine": "fail", "says": "ok"})
    assert (bare.status, bare.problem) == (422, "refused")
    assert bare.body["errors"] == [{"field": "orientation", "message": "与机器不同，须写明理由"}]
    late = program.post(address, {"machine": "pass", "says": "ok", "reason": "历史影像"})
    assert (late.status, late.problem) == (409, "stale")
    assert late.body["current"] == {"machine": "fail"}

    word = {"machine": "fail", "says": "ok", "reason": "历史影像，组织者同意"}
    done = program.post(address, word, key="r-1")
    assert (done.status, done.body["machine"]) == (200, "fail")
    ruling = done.body["ruling"]
    assert (ruling["says"], ruling["reason"], ruling["machine"], ruling["overrules"]) == (
        "ok", "历史影像，组织者同意", "fail", True,
    )  # fmt: skip
    assert program.post(address, word, key="r-1").body == done.body
    assert Ruling.objects.count() == 1
    assert point(program, entry, "orientation")["ruling"] == ruling
    assert str(stage.reviewer) not in str(done.body)

    back = program.post(address, {"machine": "fail", "says": ""})
    assert (back.status, back.body["ruling"]) == (200, None)
    assert AuditRecord.objects.filter(action="intake.decide").count() == 2


def test_only_a_reviewer_speaks_and_only_of_what_was_measured(
    stage: Collecting, calls: Calls, entry: Entry
) -> None:
    word = {"machine": "fail", "says": "broken"}
    address = f"entries/{entry.pk}/review/points/orientation"
    assert calls(stage.organiser).post(address, word).problem == "not-permitted"
    assert calls(stage.contacts[OWN]).post(address, word).problem == "not-found"
    assert calls(stage.reviewer, "entries:read").post(address, word).problem == "scope-missing"
    program = calls(stage.reviewer)
    for requirement in ("positive", "no-such"):
        answer = program.post(f"entries/{entry.pk}/review/points/{requirement}", word)
        assert (answer.status, answer.problem) == (404, "not-found")
    wrong = program.post(address, {"machine": "fail", "says": "perhaps"})
    assert [e["field"] for e in wrong.body["errors"]] == ["body.says"]
    assert not Ruling.objects.exists()


@pytest.fixture
def remarked(stage: Collecting, tmp_path: Path) -> Entry:
    entry = stage.under_review(tmp_path, OWN)
    Entry.objects.filter(pk=entry.pk).update(fields={**entry.fields, "synopsis": SYNOPSIS})
    Job.objects.exclude(kind__startswith="compliance.").delete()
    from fengcai.engines.jobs import enqueue

    enqueue("compliance.read", {"entry_id": str(entry.pk)})
    run_pending(reraise=True)
    return entry


@pytest.mark.clause("J9", "B6")
def test_remarks_on_wording_are_listed_and_decided(
    stage: Collecting, calls: Calls, remarked: Entry
) -> None:
    program = calls(stage.reviewer, "entries:read", "review:write")
    address = f"contests/{stage.contest.slug}/remarks"
    rows = program.get(address, state="open").body["items"]
    assert {row["entry"] for row in rows} == {str(remarked.pk)}
    assert all(row["bases"][0]["law"] and row["bases"][0]["article"] for row in rows)
    assert "13812345678" not in str(rows)
    first = program.get(address, limit=len(rows) - 1).body
    assert [*first["items"], *program.get(first["next"]).body["items"]] == rows

    one = rows[0]
    said = {"remarks": [{"id": one["id"], "version": 1}], "decision": "keep", "reason": "引用原文"}
    done = program.post(f"{address}/decide", said)
    assert (done.status, done.body) == (200, {"decided": 1})
    again = program.post(f"{address}/decide", said)
    assert (again.status, again.problem) == (409, "stale")
    twice = {**said, "remarks": [{"id": one["id"], "version": 2}] * 2}
    assert program.post(f"{address}/decide", twice).problem == "refused"
    [kept] = program.get(address, state="keep").body["items"]
    assert (kept["id"], kept["reason"], kept["version"]) == (one["id"], "引用原文", 2)
    assert program.get(address, entry=str(stage.draft(OTHER).pk)).body["items"] == []
    law = Remark.objects.get(pk=one["id"]).law
    assert one["id"] in [row["id"] for row in program.get(address, law=law).body["items"]]

    stranger = calls(stage.contacts[OWN])
    assert stranger.get(address).problem == "not-permitted"
    assert stranger.post(f"{address}/decide", said).problem == "not-permitted"
    with CaptureQueriesContext(connection) as seen:
        program.get(address)
    assert len(seen) == 5  # token, contest, roles, the right to see, remarks


@pytest.fixture
def alike(stage: Collecting, tmp_path: Path) -> Likeness:
    prints = []
    for unit in (OWN, OTHER):
        entry = stage.under_review(tmp_path, unit)
        film = entry.files.get(current=True).asset
        prints.append(Fingerprint.objects.create(entry=entry, asset=film, data=b"", made_at=DAY))
    segment = {
        "kind": "picture", "a_from_s": 1.0, "a_to_s": 9.0, "b_from_s": 2.0, "b_to_s": 10.0,
        "pace": 1.0, "pictures": 8, "mirrored": False, "still": False, "frame": None,
    }  # fmt: skip
    evidence = {
        "verdict": "copy", "segments": [segment], "picture_share_a": 0.8, "picture_share_b": 0.8,
        "sound_share_a": 0.0, "sound_share_b": 0.0, "rhythm": 0.0, "text": None,
        "reasons": ["pictures"],
    }  # fmt: skip
    one, other = prints
    return Likeness.objects.create(
        one=one, other=other, first=one.entry, second=other.entry, verdict="copy", evidence=evidence
    )


@pytest.mark.clause("J10", "B4")
def test_likenesses_are_listed_and_decided_by_an_organiser(
    stage: Collecting, calls: Calls, alike: Likeness
) -> None:
    program = calls(stage.organiser, "entries:read", "review:write")
    address = f"contests/{stage.contest.slug}/likenesses"
    [row] = program.get(address, state="open").body["items"]
    assert (row["verdict"], row["mine"]["unit"], row["theirs"]["unit"]) == ("copy", OWN, OTHER)
    assert row["stretches"][0]["mine"] == {"from_s": "1.000", "to_s": "9.000"}

    said = {"version": 1, "decision": "allowed", "reason": "两科合拍，各报一件"}
    assert calls(stage.reviewer).post(f"{address}/{alike.pk}/decide", said).problem == (
        "not-permitted"
    )
    assert calls(stage.contacts[OWN]).get(address).problem == "not-permitted"
    done = program.post(f"{address}/{alike.pk}/decide", said)
    assert (done.status, done.body["decision"], done.body["version"]) == (200, "allowed", 2)
    assert program.post(f"{address}/{alike.pk}/decide", said).problem == "stale"
    assert program.post(f"{address}/{alike.pk + 1}/decide", said).problem == "not-found"
    assert program.get(address, state="open").body["items"] == []
    assert [r["reason"] for r in program.get(address, state="allowed").body["items"]] == [
        "两科合拍，各报一件"
    ]

    Entry.objects.filter(pk=alike.first_id).update(state="draft")
    hidden = program.post(f"{address}/{alike.pk}/decide", {**said, "version": 2})
    assert (hidden.status, hidden.problem) == (404, "not-found")
    assert Likeness.objects.get().version == 2
