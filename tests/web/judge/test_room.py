"""One work in the room: saving marks by script and by form, conflicts of two devices, notes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from fengcai.apps.judging.models import Note, ScoreSheet
from fengcai.apps.messages.models import Message
from fengcai.apps.publishing.queries import may_watch
from fengcai.apps.refusals import Refused
from fengcai.apps.releases import actions as releases
from fengcai.apps.releases import links
from fengcai.apps.releases.models import NobodyShown
from fengcai.web.judge.pages import moment
from tests.factories import judging as make
from tests.web.judge.conftest import ROOM

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(stage: make.Stage, come_in: Callable[[object], Client]) -> tuple[make.Stage, Client]:
    make.sign_commitment(round=stage.open, signed_name="评委1", by=stage.judges[0], at=make.NOON)
    return stage, come_in(stage.judges[0])


def send(browser: Client, address: str, body: Any) -> Any:
    return browser.post(
        address, body, content_type="application/json", headers={"Accept": "application/json"}
    )


def test_the_page_has_film_sheet_and_ways_on(desk: tuple[make.Stage, Client]) -> None:
    stage, browser = desk
    text = browser.get(f"{ROOM}{stage.entries[1].pk}/").content.decode()
    assert "<fc-player" in text and 'keys="page"' in text
    assert text.count('class="score-row"') == 5
    assert f'save-url="{ROOM}{stage.entries[1].pk}/marks"' in text
    assert f'href="{ROOM}{stage.entries[0].pk}/" rel="prev"' in text
    assert f'href="{ROOM}{stage.entries[2].pk}/" rel="next"' in text
    assert "记录一个普通工作日。" in text
    assert "0791-00000000" not in text and "张青禾" not in text


def test_marks_are_kept_one_by_one_with_their_version(desk: tuple[make.Stage, Client]) -> None:
    stage, browser = desk
    address = f"{ROOM}{stage.entries[0].pk}/marks"
    first = send(browser, address, {"version": 0, "values": {"theme": "18"}, "comment": ""})
    assert (first.status_code, first.json()) == (200, {"version": 1})
    second = send(browser, address, {"version": 1, "values": make.marks(88), "comment": "光影很好"})
    assert (second.status_code, second.json()) == (200, {"version": 2})
    sheet = ScoreSheet.objects.get()
    assert (sheet.values, sheet.comment, sheet.version) == (make.marks(88), "光影很好", 2)
    assert "已评 88 分" in browser.get(ROOM).content.decode()
    assert "已评 1 / 3" in browser.get(ROOM).content.decode()


def test_another_device_saved_first(desk: tuple[make.Stage, Client]) -> None:
    stage, browser = desk
    make.mark(stage, stage.judges[0], stage.entries[0], 90)
    address = f"{ROOM}{stage.entries[0].pk}/marks"
    answer = send(browser, address, {"version": 0, "values": make.marks(50), "comment": ""})
    assert answer.status_code == 409
    body = answer.json()
    assert body["version"] == 1
    assert body["current"] == {"values": make.marks(90), "comment": ""}
    assert "另一处保存过" in body["message"]
    plain = browser.post(address, {"version": "0", **make.marks(50), "comment": "我的话"})
    text = plain.content.decode()
    assert plain.status_code == 409
    assert "再次保存，就以您这里的为准" in text and "我的话</textarea>" in text
    assert '<input type="hidden" name="version" value="1">' in text
    assert ScoreSheet.objects.get().values == make.marks(90)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"theme": "21"}, "theme"), ({"craft": "很好"}, "craft"), ({"charm": "5"}, "charm")],
)
def test_a_wrong_mark_is_refused_in_chinese(
    desk: tuple[make.Stage, Client], values: dict[str, str], field: str
) -> None:
    stage, browser = desk
    address = f"{ROOM}{stage.entries[0].pk}/marks"
    answer = send(browser, address, {"version": 0, "values": values, "comment": ""})
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]
    assert "没有保存" in answer.json()["message"]
    assert ScoreSheet.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        '{"version":0}',
        '{"version":"0","values":{},"comment":""}',
        '{"version":0,"values":{"theme":18},"comment":""}',
    ],
)
def test_what_is_no_sheet_is_refused_and_changes_nothing(
    desk: tuple[make.Stage, Client], body: str
) -> None:
    stage, browser = desk
    answer = send(browser, f"{ROOM}{stage.entries[0].pk}/marks", body)
    assert answer.status_code == 422
    assert "没有读懂" in answer.json()["message"]
    assert ScoreSheet.objects.count() == 0


def test_without_script_the_form_saves_and_goes_on(desk: tuple[make.Stage, Client]) -> None:
    stage, browser = desk
    first, second, _ = stage.entries
    address = f"{ROOM}{first.pk}/marks"
    on = browser.post(address, {"version": "0", **make.marks(75), "comment": ""})
    assert on["Location"] == f"{ROOM}{second.pk}/"
    stay = browser.post(address, {"version": "1", **make.marks(76), "comment": "", "stay": "yes"})
    assert stay["Location"] == f"{ROOM}{first.pk}/"
    assert ScoreSheet.objects.get().version == 2
    # The page saved by itself already: its form makes no third version, whatever number it holds.
    browser.post(address, {"version": "1", **make.marks(76), "comment": ""})
    assert ScoreSheet.objects.get().version == 2
    wrong = browser.post(address, {"version": "2", **make.marks(76), "theme": "99"})
    assert wrong.status_code == 422 and 'value="99"' in wrong.content.decode()
    for entry in stage.entries[1:]:
        last = browser.post(
            f"{ROOM}{entry.pk}/marks", {"version": "0", **make.marks(60), "comment": ""}
        )
    assert last["Location"] == ROOM
    assert "都评完了，请核对后签名提交" in browser.get(ROOM).content.decode()


def test_half_a_character_among_the_marks_is_refused(desk: tuple[make.Stage, Client]) -> None:
    stage, browser = desk
    sent = r'{"version": 0, "values": {"theme": "\ud83d"}, "comment": ""}'
    address = f"{ROOM}{stage.entries[0].pk}/marks"
    assert browser.post(address, sent, content_type="application/json").status_code == 422
    assert not ScoreSheet.objects.exists()


def test_a_form_of_another_site_is_refused(
    stage: make.Stage, desk: tuple[make.Stage, Client]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(stage.judges[0])
    answer = send(strict, f"{ROOM}{stage.entries[0].pk}/marks", {"version": 0, "values": {}})
    assert answer.status_code == 403
    assert "页面停留太久" in answer.json()["message"]


def test_notes_are_the_judges_own(
    desk: tuple[make.Stage, Client], come_in: Callable[[object], Client]
) -> None:
    stage, browser = desk
    address = f"{ROOM}{stage.entries[0].pk}/notes"
    plain = browser.post(address, {"moment": "1：23", "text": "转场利落"})
    assert plain["Location"] == f"{ROOM}{stage.entries[0].pk}/"
    part = browser.post(
        address, {"moment": "83.5", "text": "配乐过响"}, headers={"HX-Request": "true"}
    )
    text = part.content.decode()
    assert text.startswith("\n") or text.lstrip().startswith('<div id="notes">')
    assert 'data-seek="83.000"' in text and 'data-seek="83.500"' in text and "转场利落" in text
    empty = browser.post(address, {"moment": "0:05", "text": ""}, headers={"HX-Request": "true"})
    assert empty.status_code == 422 and empty["HX-Reswap"] == "none"
    odd = browser.post(address, {"moment": "开头", "text": "想好再写"})
    assert odd.status_code == 422 and 'value="想好再写"' in odd.content.decode()

    other = stage.judges[1]
    make.sign_commitment(round=stage.open, signed_name="评委2", by=other, at=make.NOON)
    stranger = come_in(other)
    assert "转场利落" not in stranger.get(f"{ROOM}{stage.entries[0].pk}/").content.decode()
    note = Note.objects.get(text="转场利落")
    assert stranger.post(f"{address}/{note.pk}").status_code == 404
    assert browser.post(f"{address}/{note.pk}").status_code == 302
    assert [row.text for row in Note.objects.all()] == ["配乐过响"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("83.5", "83.5"), ("1:23", "83"), ("1：02：03", "3723"), (" 0:00 ", "0")],
)
def test_moments(text: str, seconds: str) -> None:
    assert moment(text) == Decimal(seconds)


@pytest.mark.parametrize("text", ["", "一分", "1:", "1:2x"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(Refused) as refused:
        moment(text)
    assert refused.value.fields == {"moment": "例如 1:23"}


@pytest.mark.intake
@pytest.mark.clause("B5", "J8")
def test_a_work_whose_release_was_taken_back_is_not_watched_and_its_marks_stay(
    desk: tuple[make.Stage, Client],
) -> None:
    stage, browser = desk
    entry = stage.entries[0]
    film = entry.files.get(current=True).asset_id
    make.mark(stage, stage.judges[0], entry, 90)
    NobodyShown.objects.filter(entry=entry).delete()
    row = releases.add_person(
        entry_id=entry.pk, name="王小明", role="patient", by=stage.organiser, at=make.NOON
    )
    # Nobody has signed yet: the rulebook lets that wait for the showing, and judging is none.
    assert may_watch(user=stage.judges[0], asset_id=film, at=make.NOON) == "judge"
    paper = row.releases.get()
    token = links.token(paper.pk, paper.nonce)
    releases.sign(
        token=token, text_hash=paper.text_hash, purposes=("judging", "site"), name="",
        drawing="M100 100L400 250L700 120M200 300L300 310", at=make.NOON,
    )  # fmt: skip
    assert may_watch(user=stage.judges[0], asset_id=film, at=make.NOON) == "judge"
    releases.withdraw(token=token, at=make.NOON)
    assert may_watch(user=stage.judges[0], asset_id=film, at=make.NOON) is None
    assert (
        may_watch(user=stage.organiser, asset_id=film, at=make.NOON) == "unit"
    )  # who has to decide still sees
    text = browser.get(f"{ROOM}{entry.pk}/").content.decode()
    assert "这件作品暂停观看" in text and "撤回了同意" in text
    assert "<fc-player" not in text and "王小明" not in text
    assert 'value="18"' in text or "已评 90 分" in browser.get(ROOM).content.decode()
    assert ScoreSheet.objects.get().values == make.marks(90)
    # The other works go on as before, and so does this one once it is signed anew.
    assert "<fc-player" in browser.get(f"{ROOM}{stage.entries[2].pk}/").content.decode()
    (told,) = Message.objects.filter(template="releases.over", user=stage.organiser)
    assert "评委和审稿专家也已不能观看" in told.body
    again = releases.ask_again(release_id=paper.pk, by=stage.organiser, at=make.NOON)
    releases.sign(
        token=links.token(again.pk, again.nonce), text_hash=again.text_hash,
        purposes=("judging",), name="", drawing="M100 100L400 250L700 120M200 300L300 310",
        at=make.NOON,
    )  # fmt: skip
    assert may_watch(user=stage.judges[0], asset_id=film, at=make.NOON) == "judge"
