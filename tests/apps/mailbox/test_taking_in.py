"""From a letter's bytes to a case, its unit, the unit's draft and the receipt."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from fengcai.apps.assets.models import Asset
from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.contests.models import Membership
from fengcai.apps.entries.models import Entry, FileVersion
from fengcai.apps.mailbox.models import Case
from fengcai.apps.messages.models import Message
from fengcai.engines import storage
from tests.apps.mailbox.letters import (
    FILM,
    HEART,
    LEFT,
    NAME,
    NEEDLE,
    Office,
    hurry,
    letter,
    work,
    zipped,
)
from tests.factories.collecting import CLOSES, DAY

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]


def settle(case: Case) -> Case:
    """As if the film had been inspected: the receipt goes out."""
    Asset.objects.update(state=Asset.State.INSPECTED)
    hurry()
    work()
    return Case.objects.get(pk=case.pk)


def receipts() -> list[Message]:
    return list(Message.objects.filter(template="mailbox.receipt").order_by("created_at"))


def test_a_letter_by_the_rule_becomes_a_draft_with_its_film_and_is_answered_once(
    office: Office,
) -> None:
    raw = letter(files={NAME.format(HEART) + ".mp4": FILM})
    case = settle(office.come(raw))
    assert (case.state, case.unit.name if case.unit else "", case.degree) == (
        "taken",
        HEART,
        "certain",
    )
    version = FileVersion.objects.get()
    assert (version.entry.unit.name, version.slot, version.current) == (HEART, "main", True)
    assert version.entry.state == "draft"
    assert version.asset.filename == NAME.format(HEART) + ".mp4"
    assert version.at == DAY
    assert case.entry_id == version.entry_id
    [receipt] = receipts()
    assert receipt.address == "li@example.cn"
    assert "已收入“参评视频”" in receipt.body
    assert "2026年4月10日 09:00" in receipt.body
    assert "需要您处理" in receipt.body
    assert "https://fengcai.example/c/" in receipt.body
    # The same bytes again, whatever their number: nothing more.
    assert office.keep(raw) is None
    work()
    assert (Case.objects.count(), FileVersion.objects.count(), len(receipts())) == (1, 1, 1)
    assert verify_chain(office.made.contest.chain).ok


def test_what_cannot_be_matched_waits_for_a_person_and_says_why(office: Office) -> None:
    case = office.come(letter("我的作品", {"v.mp4": FILM}))
    assert (case.state, case.unit) == ("resolve", None)
    assert "没有找到是哪个单位" in case.why
    assert Entry.objects.count() == 0
    [receipt] = receipts()
    assert "正由工作人员核对" in receipt.body


def test_two_units_of_one_short_name_are_never_guessed_between(office: Office) -> None:
    case = office.come(letter(NAME.format("检验科"), {"v.mp4": FILM}))
    assert (case.state, case.unit) == ("resolve", None)
    assert "不止一个单位" in case.why
    assert {office.made.units[LEFT].pk} <= set(case.candidates)


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"Auto-Submitted": "auto-replied"}, "li@example.cn"),
        ({"Precedence": "bulk", "List-Id": "<news.example.cn>"}, "li@example.cn"),
        ({}, "MAILER-DAEMON@example.cn"),
    ],
)
def test_machines_are_never_answered(office: Office, headers: dict[str, str], sender: str) -> None:
    case = office.come(letter("自动回复：已收到", headers=headers, sender=sender))
    assert case.state in ("aside", "resolve")
    assert receipts() == []


def test_one_address_is_answered_five_times_a_day_and_no_more(office: Office) -> None:
    for n in range(7):
        office.come(letter(f"问一下 {n}", id=f"<{n}@example.cn>"))
    assert len(receipts()) == 5
    last = Case.objects.order_by("-uid").first()
    assert last is not None
    assert "没有再回复" in last.events.last().text


def test_a_letter_that_came_late_is_kept_and_the_film_is_not_taken(office: Office) -> None:
    late = CLOSES + timedelta(minutes=1)
    case = office.come(letter(files={"心血管内科.mp4": FILM}), received=late, at=late)
    assert case.state == "resolve"
    assert "晚于截止时间" in case.why
    assert FileVersion.objects.count() == 0
    assert case.files.get().state in ("refused", "waiting")


def test_a_letter_in_time_that_is_fetched_late_counts_as_received(office: Office) -> None:
    received = CLOSES - timedelta(seconds=1)
    case = office.come(
        letter(files={"心血管内科.mp4": FILM}), received=received, at=CLOSES + timedelta(hours=5)
    )
    assert case.state == "taken"
    assert FileVersion.objects.get().at == received


def test_a_second_letter_from_a_stranger_does_not_replace_a_film(office: Office) -> None:
    first = office.come(letter(files={"a.mp4": FILM}))
    second = office.come(
        letter(files={"b.mp4": FILM + b"!"}, sender="evil@example.com", id="<2@example.cn>")
    )
    assert (first.state, second.state) == ("taken", "resolve")
    assert "已有文件" in second.why
    assert FileVersion.objects.get().asset.filename == "a.mp4"


def test_the_contact_replaces_the_film_of_the_draft_and_versions_stay(office: Office) -> None:
    office.made.contacts[HEART].email = "Li@Example.cn"
    office.made.contacts[HEART].save()
    office.come(letter(files={"a.mp4": FILM}))
    second = office.come(letter("补交", {"b.mp4": FILM + b"!"}, id="<2@example.cn>"))
    assert (second.state, second.degree) == ("taken", "certain")
    rows = FileVersion.objects.order_by("version").values_list("asset__filename", "current")
    assert list(rows) == [("a.mp4", False), ("b.mp4", True)]


def test_a_submitted_work_is_left_alone(office: Office, tmp_path: Path) -> None:
    made = office.made
    entry = made.draft(NEEDLE)
    made.with_film(entry, tmp_path)
    made.submit(entry)
    made.contacts[NEEDLE].email = "li@example.cn"
    made.contacts[NEEDLE].save()
    case = office.come(letter(NAME.format(NEEDLE), {"b.mp4": FILM}))
    assert case.state == "resolve"
    assert "作品已报送" in case.why
    assert FileVersion.objects.count() == 1


def test_a_film_in_a_zip_is_taken_out_and_paths_in_it_are_only_names(office: Office) -> None:
    archive = zipped(**{"..__..__x.mp4": FILM, "说明.txt": b"x"})
    case = office.come(letter(files={"心血管内科.zip": archive}))
    assert case.state == "taken"
    assert FileVersion.objects.get().asset.filename == "x.mp4"
    packed = case.files.get(name="x.mp4")
    assert packed.origin == "packed"
    # The original stays as it came.
    assert storage.verify(case.key, case.sha256)


def test_two_films_of_one_letter_are_a_question(office: Office) -> None:
    case = office.come(letter(files={"a.mp4": FILM, "b.mp4": FILM + b"2"}))
    assert case.state == "resolve"
    assert "有 2 个文件都像“参评视频”" in case.why
    case = office.come(
        letter(files={NAME.format(HEART) + ".mp4": FILM, "b.mp4": FILM}, id="<2@example.cn>")
    )
    assert case.state == "taken"


def test_a_forwarded_letter_brings_its_attachments(office: Office) -> None:
    inner = message_from_bytes(letter("作品", {"心血管内科.mp4": FILM}, id="<in@example.cn>"))
    outer = MIMEMultipart()
    outer["From"], outer["To"] = "zhang@example.cn", "bao@hospital.example"
    outer["Subject"], outer["Message-ID"] = "转发：作品", "<out@example.cn>"
    outer.attach(MIMEText("见附件"))
    outer.attach(MIMEMessage(inner))
    case = office.come(outer.as_bytes())
    assert (case.state, case.unit.name if case.unit else "") == ("taken", HEART)
    assert FileVersion.objects.get().asset.filename == "心血管内科.mp4"


def test_a_unit_without_anybody_waits_until_it_has_a_contact(office: Office) -> None:
    Membership.objects.filter(unit=office.made.units[HEART]).update(until=DAY)
    case = office.come(letter(files={"a.mp4": FILM}))
    assert (case.state, Entry.objects.count()) == ("resolve", 0)
    assert "还没有联络员" in case.why


def test_to_whom_nothing_is_known_of_nothing_is_repeated(office: Office) -> None:
    office.come(
        letter("买药加微信" * 40, {"点这里 evil.example.mp4": FILM}, sender="v@example.com")
    )
    [receipt] = receipts()
    assert "evil.example" not in receipt.body
    assert receipt.body.count("买药") <= 16
