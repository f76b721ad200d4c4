"""The mail desk in the browser: the list, a letter, what is decided about it, the mailbox's settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.mailbox.models import Case, Connection
from fengcai.apps.messages.models import Message
from tests.apps.mailbox.letters import FILM, HEART, NAME, Office, an_office, letter, work
from tests.factories.collecting import DAY

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("J12", "B8")]


@pytest.fixture
def office(settings: Any, tmp_path: Path) -> Office:
    settings.FENGCAI_DATA = tmp_path / "data"
    settings.FENGCAI_PUBLIC_URL = "https://fengcai.example"
    (tmp_path / "mail").mkdir()
    return an_office(tmp_path / "mail")


@pytest.fixture
def desk(office: Office, signed_in: Callable[[object], Client]) -> Client:
    return signed_in(office.made.organiser)


def url(office: Office, name: str = "office-mailbox", *args: object) -> str:
    return reverse(name, args=[office.made.contest.slug, *args])


def act(desk: Client, office: Office, case: Case, act: str, **sent: object) -> Any:
    case.refresh_from_db()
    place = url(office, "office-mailbox-act", case.pk, act)
    return desk.post(place, {"version": case.version, **sent})


def test_the_list_shows_what_waits_and_counts_the_rest(office: Office, desk: Client) -> None:
    assert "还没有接入邮箱" in desk.get(url(office)).text
    office.come(letter("你好", id="<1@example.cn>"))
    office.come(letter(files={"a.mp4": FILM}))
    page = desk.get(url(office))
    assert page.text.count("office/mailbox/") > 3
    assert ("你好" in page.text, NAME.format(HEART) in page.text) == (True, False)
    taken = desk.get(url(office) + "?show=taken").text
    assert (NAME.format(HEART) in taken, "收入 1 个" in taken) == (True, True)
    assert "你好" in desk.get(url(office) + "?show=all&q=你好").text
    assert desk.get(url(office) + "?show=nonsense&page=99999999999").status_code == 200


def test_the_list_takes_as_many_queries_for_many_letters_as_for_one(
    office: Office, desk: Client
) -> None:
    counts = []
    for many in (1, 9):
        for n in range(many):
            office.come(letter(f"第 {n} 封", id=f"<{many}-{n}@example.cn>"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get(url(office))
        # That a session was seen is written now and then, whatever the page.
        counts.append(sum("usersessions" not in query["sql"] for query in queries))
    assert counts[0] == counts[1]


def test_a_letters_text_and_names_are_text_and_never_markup(office: Office, desk: Client) -> None:
    raw = letter(
        "<script>alert(1)</script>\u202egpj", {"<img src=x>.mp4": FILM}, text="<b>粗</b>\n第二行"
    )
    case = office.come(raw)
    page = desk.get(url(office, "office-mailbox-letter", case.pk)).text
    assert "<script>alert(1)" not in page
    assert "<b>粗</b>" not in page
    assert "&lt;b&gt;粗" in page
    assert "\u202e" not in page


def test_an_officer_names_the_unit_and_later_letters_are_known(
    office: Office, desk: Client
) -> None:
    case = office.come(letter("一病区的作品", {"a.mp4": FILM}))
    assert case.state == "resolve"
    unit = office.made.units[HEART]
    answer = act(desk, office, case, "assign", unit=unit.pk, alias="一病区")
    assert answer.status_code == 302
    work()
    case.refresh_from_db()
    assert (case.state, case.degree, case.unit_id) == ("taken", "person", unit.pk)
    page = desk.get(url(office, "office-mailbox-letter", case.pk)).text
    assert "已收件，归到心血管内科" in page
    later = office.come(letter("一病区 补充", {"b.mp4": FILM}, id="<2@e>", sender="b@example.cn"))
    assert later.unit_id == unit.pk


def test_an_officer_takes_a_file_into_a_work_that_has_one(office: Office, desk: Client) -> None:
    office.come(letter(files={"a.mp4": FILM}))
    second = office.come(letter(files={"b.mp4": FILM + b"!"}, sender="x@example.cn", id="<2@e>"))
    row = second.files.get()
    answer = act(desk, office, second, "take", file=row.pk, place="video/main",
                 work=str(FileVersion.objects.get().entry_id))  # fmt: skip
    assert answer.status_code == 302
    assert list(
        FileVersion.objects.filter(current=True).values_list("asset__filename", flat=True)
    ) == ["b.mp4"]
    assert act(desk, office, second, "finish").status_code == 302
    second.refresh_from_db()
    assert second.state == "taken"


def test_a_colleague_who_was_first_is_named_and_nothing_happens(
    office: Office, desk: Client
) -> None:
    case = office.come(letter("你好"))
    place = url(office, "office-mailbox-act", case.pk, "aside")
    assert desk.post(place, {"version": case.version, "reason": ""}).status_code == 422
    assert desk.post(place, {"version": case.version, "reason": "广告"}).status_code == 302
    stale = desk.post(place, {"version": case.version, "reason": "别的"})
    assert (stale.status_code, "另一位同事" in stale.text, "别的" in stale.text) == (
        409,
        True,
        False,
    )
    case.refresh_from_db()
    assert (case.state, case.why) == ("aside", "广告")
    assert act(desk, office, case, "reopen").status_code == 302
    assert act(desk, office, case, "nonsense").status_code == 404


def test_original_and_files_are_saved_and_never_shown(office: Office, desk: Client) -> None:
    raw = letter(files={"页.html": b"<script>1</script>"})
    case = office.come(raw)
    got = desk.get(url(office, "office-mailbox-original", case.pk))
    assert b"".join(got.streaming_content) == raw
    row = case.files.get()
    file = desk.get(url(office, "office-mailbox-file", case.pk, row.pk))
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment")
    assert desk.get(url(office, "office-mailbox-file", case.pk, 10**8)).status_code == 404


def test_an_officer_writes_and_asks_for_files(office: Office, desk: Client) -> None:
    case = office.come(letter("你好"))
    assert act(desk, office, case, "reply", words="请问哪个科室？").status_code == 302
    assert act(desk, office, case, "ask", words="").status_code == 302
    said = dict(Message.objects.values_list("template", "body"))
    assert "请问哪个科室？" in said["mailbox.reply"]
    # The row keeps the words, not the address that opens the page.
    assert "/letters/" not in said["mailbox.ask"]


def test_nobody_but_the_organiser_comes_to_the_desk(
    office: Office, signed_in: Callable[[object], Client]
) -> None:
    case = office.come(letter("你好"))
    for who in (office.made.reviewer, office.made.contacts[HEART]):
        browser = signed_in(who)
        assert browser.get(url(office)).status_code == 403
        assert browser.get(url(office, "office-mailbox-original", case.pk)).status_code == 403
        assert act(browser, office, case, "aside", reason="不要").status_code == 403
    assert Client().get(url(office)).status_code == 302


def test_the_code_is_kept_encrypted_and_never_shown(office: Office, desk: Client) -> None:
    place = url(office, "office-mailbox-settings")
    sent = {"preset": "163", "account": "bao@163.com", "secret": "ABCDEFGH12345678",
            "since": "2026-04-01", "receipts": "1", "folder": "INBOX"}  # fmt: skip
    bad = desk.post(place, {**sent, "account": "", "since": "昨天", "port": "99999"})
    assert bad.status_code == 422
    assert Connection.objects.count() == 0
    assert desk.post(place, sent).status_code == 302
    row = Connection.objects.get()
    assert (row.host, row.port, row.security, row.address) == (
        "imap.163.com", 993, "tls", "bao@163.com",
    )  # fmt: skip
    assert "ABCDEFGH" not in row.secret
    assert "ABCDEFGH" not in desk.get(place).text
    # Without a new code the old one stays; another server needs it again.
    assert desk.post(place, {**sent, "secret": "", "receipts": ""}).status_code == 302
    moved = desk.post(place, {**sent, "secret": "", "host": "imap.evil.example"})
    assert (moved.status_code, "请重新填写授权码" in moved.text) == (422, True)
    assert desk.post(url(office, "office-mailbox-stop")).status_code == 302
    row.refresh_from_db()
    assert (row.active, row.secret) == (False, "")


def test_who_may_begin_a_work_is_set_on_the_page_and_explained(
    office: Office, desk: Client
) -> None:
    place = url(office, "office-mailbox-settings")
    sent = {"preset": "163", "account": "bao@163.com", "secret": "ABCDEFGH12345678",
            "since": "2026-04-01", "folder": "INBOX"}  # fmt: skip
    page = desk.get(place).text
    assert 'name="registered_only" value="1" aria-describedby="registered-why" checked' in page
    assert f"现有 {office.made.contest.units.count()} 个单位，0 个登记了邮箱" in page
    desk.post(place, {**sent, "registered_only": "1"})
    assert Connection.objects.get().registered_only is True
    case = office.come(letter(files={"心血管内科.mp4": FILM}))
    shown = desk.get(url(office, "office-mailbox-letter", case.pk)).text
    assert "发件地址没有登记在这个单位名下" in shown
    assert shown.count("button primary") == 1
    desk.post(place, {**sent, "secret": ""})
    assert Connection.objects.get().registered_only is False


def test_letters_are_asked_for_from_the_day_on_which_collecting_opens(
    office: Office, desk: Client
) -> None:
    assert (
        'name="since" type="date" value="2026-'
        in desk.get(url(office, "office-mailbox-settings")).text
    )
    opens = timezone.localtime(rules_of(office.made.contest).window.opens)
    chosen = min(opens, timezone.localtime())
    assert f'value="{chosen:%Y-%m-%d}"' in desk.get(url(office, "office-mailbox-settings")).text


def test_how_letters_come_in_is_said(office: Office, desk: Client) -> None:
    place = url(office)
    row = Connection.objects.create(
        contest=office.made.contest, host="imap.example", account="bao", secret="-",
        address="bao@hospital.example", since=DAY, answered_at=timezone.now(),
    )  # fmt: skip
    assert "每两分钟看一次新信" in desk.get(place).text
    row.watched_until, row.pushed = timezone.now() + timedelta(seconds=30), True
    row.save()
    assert "新信随到随收" in desk.get(place).text
    row.pushed = False
    row.save()
    assert "每分钟看一次新信" in desk.get(place).text


def test_a_letter_has_one_primary_button_at_most_and_of_many_files_the_useful_first(
    office: Office, desk: Client
) -> None:
    files = {f"{n:03}.jpg": bytes([n]) for n in range(40)} | {"z.mp4": FILM}
    waits = office.come(letter("一堆文件", files))
    text = desk.get(url(office, "office-mailbox-letter", waits.pk)).text
    assert "另有 21 个文件" in text
    assert text.index("z.mp4") < text.index("000.jpg")
    known = office.come(letter(NAME.format(HEART), {"a.txt": b"x"}, id="<2@e>"))
    assert known.unit_id is not None
    for case, state, unit, expected in (
        (waits, "resolve", None, 1), (waits, "aside", None, 0), (known, "resolve", HEART, 1),
        (known, "taken", HEART, 0),
    ):  # fmt: skip
        Case.objects.filter(pk=case.pk).update(
            state=state, unit=office.made.units[unit] if unit else None
        )
        said = desk.get(url(office, "office-mailbox-letter", case.pk)).text
        assert said.count("primary") == expected


def test_an_original_that_names_an_erased_person_is_deleted_or_kept_with_a_reason(
    office: Office, desk: Client
) -> None:
    case = office.come(letter(files={"a.mp4": FILM, "说明.txt": b"x"}))
    assert "原件待删" not in desk.get(url(office)).text
    Case.objects.update(named=["正文"], named_at=DAY)
    listed = desk.get(url(office) + "?show=named").text
    assert ("原件待删" in listed, NAME.format(HEART) in listed) == (True, True)
    refused = act(desk, office, case, "keep", keep="").text
    assert ("请写明为什么保留" in refused, "删除原件" in refused) == (True, True)
    assert act(desk, office, case, "drop").status_code == 302
    page = desk.get(url(office, "office-mailbox-letter", case.pk)).text
    assert ("原信已随个人信息删除" in page, "原信（.eml）" in page) == (True, False)
    assert "/files/" not in page
    assert desk.get(url(office, "office-mailbox-original", case.pk)).status_code == 404
    assert FileVersion.objects.count() == 1
    Case.objects.update(named=["正文"], named_at=DAY)
    assert act(desk, office, case, "keep", keep="另一个同名的人").status_code == 302
    assert act(desk, office, case, "drop").status_code == 422
