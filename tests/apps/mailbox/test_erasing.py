"""A person's data in letters: his own, those that name him, and what proves that a work came in."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import docx
import pytest

from fengcai.apps.audit.models import AuditRecord
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.mailbox.actions import drop_original, finish, keep_original, reopen
from fengcai.apps.mailbox.jobs import UNREADABLE
from fengcai.apps.mailbox.models import Case, CaseEvent, CaseFile, PendingFile, Sought
from fengcai.apps.mailbox.queries import case_file, opened_file
from fengcai.apps.mailbox.waiting import waiting
from fengcai.apps.people.erasing import erase_account
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.engines import storage
from tests.apps.mailbox.letters import FILM, HEART, NAME, NEEDLE, Office, letter, work, zipped
from tests.factories.collecting import DAY

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]
NAMED, PHONE, MAIL = "王念安", "13900007777", "Wang.Nianan@hospital.example"
FILE = NAME.format(HEART) + ".mp4"
LATER = DAY + timedelta(days=1)


def form(*lines: str) -> bytes:
    paper, out = docx.Document(), io.BytesIO()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(out)
    return out.getvalue()


@pytest.fixture
def gone(office: Office) -> User:
    person = office.made.contacts[HEART]
    person.name, person.phone, person.email = NAMED, PHONE, MAIL
    person.save()
    return person


def erase(office: Office, person: User) -> dict[str, int]:
    found = erase_account(pk=person.pk, by=office.made.organiser, at=LATER)
    work()
    return found


def rows() -> str:
    """Everything that the mailbox's rows say."""
    return str([
        list(model.objects.values()) for model in (Case, CaseFile, PendingFile, CaseEvent, Sought)
    ]).casefold()  # fmt: skip


def test_his_own_letters_lose_their_words_and_originals_and_the_proof_stays(
    office: Office, gone: User, django_capture_on_commit_callbacks: Any
) -> None:
    raw = letter(
        f"{HEART}的作品，{NAMED}报送", {FILE: FILM, f"{NAMED}的照片.zip": zipped(a=b"x")},
        sender=f"{NAMED} <{MAIL.lower()}>", text=f"联系我：{PHONE}",
    )  # fmt: skip
    case = office.come(raw)
    key, sha256, received = case.key, case.sha256, case.received_at
    assert (case.state, storage.verify(key, sha256)) == ("taken", True)
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(office, gone)["mailbox"] == 1
    for word in (NAMED, PHONE, MAIL.casefold()):
        assert word not in rows()
    case.refresh_from_db()
    assert (case.key, case.erased_at, case.open_until) == ("", LATER, None)
    with pytest.raises(FileNotFoundError), storage.readable(key) as path:
        path.stat()
    assert (case.sha256, case.received_at, case.unit_id) == (
        sha256, received, office.made.units[HEART].pk,
    )  # fmt: skip
    # The work has its film; the record still proves when the letter came, and which bytes it was.
    version = FileVersion.objects.get()
    assert storage.verify(version.asset.key, version.asset.sha256)
    [came] = AuditRecord.objects.filter(action="mailbox.receive")
    assert (came.details["sha256"], came.details["received"]) == (sha256, received.isoformat())
    assert verify_chain(office.made.contest.chain).ok
    # The letter that still lies in the mailbox does not come in again, and nothing of it can be had.
    assert office.keep(raw) is None
    file = case_file(
        contest=office.made.contest, user=office.made.organiser, case_id=case.pk,
        file=case.files.get(state="waiting", origin="packed").pk,
    )  # fmt: skip
    with pytest.raises(NotFound, match="已随个人信息删除"):
        opened_file(file)


def test_a_letter_that_is_not_dealt_with_keeps_its_files_until_it_is(
    office: Office, gone: User
) -> None:
    case = office.come(letter("片子", {"a.mp4": FILM, "b.mp4": FILM + b"2"}, sender=MAIL))
    assert case.state == "resolve"
    erase(office, gone)
    case.refresh_from_db()
    assert (case.subject, case.named_at) == ("（已按本人要求删除）", LATER)
    assert case.key != ""
    office_acts = {"contest": office.made.contest, "case_id": case.pk, "by": office.made.organiser}
    with pytest.raises(Refused, match="还没有处理完"):
        drop_original(**office_acts, version=case.version, at=LATER)
    case = finish(**office_acts, version=case.version, at=LATER)
    case = drop_original(**office_acts, version=case.version, at=LATER)
    assert (case.key, case.named, case.named_at, case.erased_at) == ("", [], None, LATER)
    work()
    case = reopen(**office_acts, version=Case.objects.get().version, at=LATER)
    with pytest.raises(Refused, match="不在待删之列"):
        keep_original(**office_acts, reason="同名", version=case.version, at=LATER)


def test_letters_of_others_are_blacked_out_and_their_originals_searched(
    office: Office, gone: User
) -> None:
    office.made.contacts[NEEDLE].email = "zhao@example.cn"
    office.made.contacts[NEEDLE].save()
    told = office.come(
        letter(NAME.format(NEEDLE), {FILE: FILM, f"{NAMED}.txt": b"x"}, sender="zhao@example.cn",
               text=f"请转{NAMED}，{MAIL.lower()}")
    )  # fmt: skip
    silent = letter(
        NAME.format(HEART), {"报名表.docx": form("作者：王 念　安"), "说明.docx": form("没有"), "旧.doc": b"x"},
        sender="colleague@example.cn", id="<2@example.cn>",
    )  # fmt: skip
    found, other = office.come(silent), office.come(letter("别的", id="<3@e>", sender="x@e.cn"))
    erase(office, gone)
    for word in (NAMED, PHONE, MAIL.casefold()):
        assert word not in rows()
    told.refresh_from_db()
    found.refresh_from_db()
    assert told.text.strip() == "请转■■，■■"
    assert told.named == ["正文", "附件名"]
    assert found.named == ["附件“报名表.docx”", "附件“旧.doc”读不出文字，请看一下"]
    assert Case.objects.get(pk=other.pk).named_at is None
    assert not Sought.objects.exists()
    # An officer is told of both, says no to one, and nothing is deleted that he does not delete.
    lines = list(waiting(office.made.contest, office.made.organiser, LATER))
    assert [(each.count, each.query) for each in lines][-1] == (2, "?show=named")
    acts: dict[str, Any] = {
        "contest": office.made.contest,
        "by": office.made.organiser,
        "at": LATER,
    }
    with pytest.raises(Refused, match="请写明为什么保留"):
        keep_original(**acts, case_id=found.pk, reason=" ", version=found.version)
    kept = keep_original(**acts, case_id=found.pk, reason="另一个同名的人", version=found.version)
    assert (kept.named_at, storage.verify(kept.key, kept.sha256)) == (None, True)
    assert UNREADABLE not in kept.why
    assert verify_chain(office.made.contest.chain).ok


def test_a_search_that_dies_in_the_middle_goes_on_with_the_rest(
    office: Office, gone: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fengcai.apps.mailbox import jobs

    cases = [
        office.come(letter(NAME.format(HEART), text=f"{NAMED} {n}", id=f"<{n}@e>")) for n in (1, 2)
    ]
    erase_account(pk=gone.pk, by=office.made.organiser, at=LATER)
    row = Sought.objects.get()
    assert NAMED not in row.words
    real, asked = jobs.named_in, []

    def dying(case: Case, words: list[str]) -> list[str]:
        asked.append(case.pk)
        if len(asked) == 2:
            raise OSError("the disk is away")
        return real(case, words)

    monkeypatch.setattr(jobs, "named_in", dying)
    with pytest.raises(OSError, match="away"):
        while True:
            jobs._searched(Sought.objects.get())
    assert len(Sought.objects.get().cases) == 1
    jobs._searched(Sought.objects.get())
    assert sorted(map(str, asked[1:])) == [str(asked[1])] * 2
    assert {case.pk for case in cases} == set(asked)
    assert Case.objects.filter(named=["正文"]).count() == 2
