"""The front page is kept while nothing of it changes, shows every change at once, and is never one
reader's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.publishing.actions import hide_work, publish_results, publish_works
from fengcai.web.public import front
from tests.factories import judging as make

pytestmark = pytest.mark.django_db
CONTEST = "/c/yikeyifengcai/"
Number = Callable[[], int]


@pytest.fixture(autouse=True)
def empty_shelf() -> Iterator[None]:
    front.shelf.clear()
    yield
    front.shelf.clear()


@pytest.fixture
def stage() -> make.Stage:
    stage = make.contest(works=12, judges=5)
    make.approved(stage)
    publish_works(
        contest=stage.contest,
        entries=[entry.pk for entry in stage.entries],
        by=stage.organiser,
        at=make.NOON,
    )
    return stage


def read(client: Client) -> str:
    answer = client.get(CONTEST)
    assert answer.status_code == 200
    return answer.content.decode()


def asked(client: Client) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as statements:
        page = read(client)
    return len(statements), page


def without_own(page: str) -> str:
    """The page without what is every reader's own: the token, and the server's clock."""
    return re.sub(r'(name="csrf-token" content|now)="[^"]*"', "", page)


def test_a_kept_page_costs_one_statement_and_is_the_page(stage: make.Stage, client: Client) -> None:
    first, second = read(client), asked(client)
    assert second[0] == 1
    assert without_own(second[1]) == without_own(first)
    front.shelf.clear()
    assert without_own(read(client)) == without_own(first)


def test_each_reader_has_a_token_of_his_own_that_works(stage: make.Stage) -> None:
    one, other = Client(enforce_csrf_checks=True), Client()
    pages = [read(one), read(other)]
    tokens = [re.search(r'name="csrf-token" content="([^"]+)"', page) for page in pages]
    assert tokens[0] and tokens[1] and tokens[0][1] != tokens[1][1]
    assert front.TOKEN not in "".join(pages)
    assert one.cookies["csrftoken"].value != other.cookies["csrftoken"].value
    refused = one.post("/accounts/login/", headers={"X-CSRFToken": tokens[1][1]})
    taken = one.post("/accounts/login/", headers={"X-CSRFToken": tokens[0][1]})
    assert (refused.status_code, taken.status_code) == (403, 200)


def test_what_is_published_or_hidden_shows_at_once(stage: make.Stage, client: Client) -> None:
    assert "12 件" in read(client)
    hide_work(
        contest=stage.contest, entry_id=stage.entries[0].pk, reason="核实",
        by=stage.organiser, at=make.NOON,
    )  # fmt: skip
    assert "11 件" in read(client)
    Entry.objects.filter(pk=stage.entries[1].pk).update(state=State.WITHDRAWN)
    assert "10 件" in read(client)
    assert "评选结果已经公布" not in read(client)
    publish_results(contest=stage.contest, by=stage.organiser, at=make.NOON)
    assert "评选结果已经公布" in read(client)


def test_a_changed_contest_shows_at_once(stage: make.Stage, client: Client) -> None:
    read(client)
    Contest.objects.update(title="改了名的活动", demo=True, label="第二届")
    page = read(client)
    assert "改了名的活动" in page and "第二届" in page and 'class="demo-band"' in page
    Contest.objects.update(state=Contest.State.DRAFT)
    assert "活动还在筹备" in read(client)


def test_time_turns_the_page(client: Client) -> None:
    stage = make.contest(works=2, judges=3)
    window = rules_of(stage.contest).window
    with time_machine.travel(window.closes - timedelta(days=3, hours=1), tick=False):
        assert "还有 3 天" in read(client)
    with time_machine.travel(window.closes - timedelta(hours=2, minutes=1), tick=False):
        page = read(client)
        assert "还有 2 小时" in page
    with time_machine.travel(window.closes - timedelta(hours=2), tick=False):
        assert asked(client)[0] == 1
        later = read(client)
    clocks = [re.search(r'now="([^"]+)"', each) for each in (page, later)]
    assert clocks[0] and clocks[1] and clocks[0][1] != clocks[1][1]
    with time_machine.travel(window.closes + timedelta(minutes=1), tick=False):
        assert "报送已截止" in read(client)


def test_who_is_signed_in_sees_his_own_and_leaves_nothing(
    stage: make.Stage, client: Client
) -> None:
    read(client)
    judge = Client()
    judge.force_login(stage.judges[0])
    own = read(judge)
    assert "我在这里的身份" in own and "退出" in own
    stranger = read(Client())
    assert "我在这里的身份" not in stranger and "退出" not in stranger


def test_each_theme_is_a_page_of_its_own(stage: make.Stage, client: Client) -> None:
    read(client)
    client.cookies["fengcai_theme"] = "dark"
    assert 'data-theme="dark"' in read(client)
    client.cookies["fengcai_theme"] = '"><script>'
    assert "data-theme=" not in read(client).split("<head>")[0]


@time_machine.travel(make.NOON, tick=False)
def test_the_contests_page_sends_each_to_what_is_his_now(client: Client) -> None:
    stage = make.contest(works=1, judges=1)
    client.force_login(stage.judges[0])
    judging = read(client)
    assert f'href="{CONTEST}judge/">现在就去' in judging
    client.force_login(stage.organiser)
    assert f'href="{CONTEST}office/">现在就去' in read(client)
    before = rules_of(stage.contest).window.closes - timedelta(days=1)
    with time_machine.travel(before, tick=False):
        client.force_login(stage.judges[0])
        collecting = read(client)
    assert "评审开始后请您评审" in collecting
    assert "现在就去" not in collecting
