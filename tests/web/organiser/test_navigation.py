"""The office's navigation against the pages: all of them can be reached, none leads to a closed door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

import fengcai.apps
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.waiting import Waiting
from fengcai.samples.stage import Stage
from fengcai.web.organiser import urls as organiser_urls
from fengcai.web.reviewer import urls as reviewer_urls
from fengcai.web.shared.office import GROUPS, counts, office_of, places

SignedIn = Callable[[object], Client]
LINK = re.compile(r'<a[^>]*?href="([^"#?]+)')
FILE = re.compile(r"\.[a-z]+$")
MENU = re.compile(r'<div class="office-map">.*?</details>', re.DOTALL)

CONDITIONAL = {"office-votes", "office-releases-xlsx", "office-licences-xlsx"}
"""Pages whose link stands only where the rulebook asks for them, or once there is something in them."""

FETCHED = {
    "office-certificates-progress",
    "office-fillings",
    "office-today-count",
    "packs-standing",
    "rulebook-schema",
}
"""Parts of pages, which nobody opens by a link."""

OFFICE = [*organiser_urls.urlpatterns, *reviewer_urls.urlpatterns]


def links(page: str) -> Iterator[str]:
    return (unescape(found) for found in LINK.findall(page))


def walk(client: Client, start: str, slug: str) -> set[str]:
    """Follow every link of the office from `start` on, one address of each kind; all must open."""
    ours = {each.name for each in OFFICE}
    seen, waiting = set(), [start]
    while waiting:
        url = waiting.pop()
        try:
            found = resolve(urlsplit(url).path)
        except Resolver404:
            continue
        name = found.url_name or ""
        if name in seen or name not in ours or found.kwargs.get("slug", slug) != slug:
            continue
        seen.add(name)
        if FILE.search(urlsplit(url).path):
            continue
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        waiting += [urljoin(url, each) for each in links(answer.content.decode())]
    return seen


def test_every_page_of_the_office_is_reached_by_links_alone(
    collecting: Stage, signed_in: SignedIn
) -> None:
    client, slug = signed_in(collecting.organiser), collecting.contest.slug
    reached = walk(client, reverse("office", args=[slug]), slug)
    of_a_contest = {
        each.name or "" for each in OFFICE if set(each.pattern.converters) == {"slug"}
    }  # fmt: skip
    missing = of_a_contest - reached - CONDITIONAL - FETCHED
    only_posts = {
        name for name in missing if client.get(reverse(name, args=[slug])).status_code == 405
    }
    assert missing - only_posts == set()


def test_a_place_is_shown_to_those_who_may_open_it_and_to_nobody_else(
    collecting: Stage, signed_in: SignedIn
) -> None:
    slug = collecting.contest.slug
    urls = {place.name: reverse(place.name, args=[slug]) for place in places()}
    for user in (collecting.reviewer, collecting.contacts["心病科"]):
        client = signed_in(user)
        role = Role.REVIEWER if user == collecting.reviewer else Role.CONTACT
        for place in places():
            status = client.get(urls[place.name]).status_code
            assert status == (200 if role in place.roles else 403), (role, place.name)
    here = urls["office-likenesses"]
    for role, user in (
        (Role.ORGANISER, collecting.organiser),
        (Role.REVIEWER, collecting.reviewer),
    ):
        page = signed_in(user).get(here).content.decode()
        [menu] = MENU.findall(page)
        assert list(links(menu)) == [urls[each.name] for each in places() if role in each.roles]
        assert menu.count('aria-current="page"') == 1
        assert f'href="{here}" aria-current="page"' in menu
        assert page.index('class="office-nav"') < page.index('<main class="main"')
        assert ("hx-get" in page.split("<main")[0]) == (role == Role.ORGANISER)
    reached = walk(signed_in(collecting.reviewer), urls["review-desk"], slug)
    assert reached.isdisjoint(each.name for each in places() if Role.REVIEWER not in each.roles)


def test_a_page_below_a_place_marks_the_place_without_being_it() -> None:
    office = office_of("jx", {Role.ORGANISER}, "office-people", "/c/jx/office/people/sheet/")
    assert office.place and (office.place.name, office.place.current) == ("office-people", "true")
    assert office.here and (office.here.label, office.here.current) == ("筹备", "true")


def test_a_page_that_belongs_nowhere_still_has_the_menu() -> None:
    office = office_of("jx", {Role.ORGANISER}, "somewhere")
    assert office.here is None and office.place is None
    assert [group.label for group in office.groups] == [group.label for group in GROUPS]


def test_the_navigation_is_drawn_without_a_database() -> None:
    office = office_of("jx", {Role.REVIEWER}, "packs", "/c/jx/packs/")
    assert [(group.label, group.current) for group in office.groups] == [
        ("审核", ""),
        ("打包下载", "page"),
    ]
    assert office.count_url == ""


def test_numbers_stand_at_the_place_its_group_and_the_day() -> None:
    lines = [
        Waiting("件作品待审核", 3, "review-desk"),
        Waiting("对相似作品待判断", 2, "office-likenesses", urgent=True),
        Waiting("封来信待处理", 4, "office-mailbox"),
        Waiting("个提问待答复", 1, "office-questions-asked"),
        Waiting("件别处的事", 5, "elsewhere"),
    ]
    found = {each.key: (each.count, each.urgent) for each in counts(lines)}
    assert found == {
        "office-today": (15, True),
        "office-mailbox": (4, False),
        "all-office-works": (4, False),
        "review-desk": (3, False),
        "office-likenesses": (2, True),
        "all-review-desk": (5, True),
        "office-bulletin": (1, False),
        "all-office-bulletin": (1, False),
    }
    assert counts([]) == []


@pytest.mark.clause("U3")
def test_whatever_waits_has_a_place_that_counts_it() -> None:
    known = {name for place in places() for name in (place.name, *place.within)}
    for source in Path(fengcai.apps.__file__).parent.glob("*/waiting.py"):
        if source.parent.name == "people":
            continue
        named = set(re.findall(r'"((?:office|review)-[a-z-]+|office)"', source.read_text("utf-8")))
        assert named and named <= known, source


def test_the_numbers_come_after_the_page(draft: Stage, signed_in: SignedIn) -> None:
    client, slug = signed_in(draft.organiser), draft.contest.slug
    page = client.get(reverse("office", args=[slug])).content.decode()
    url = reverse("office-today-count", args=[slug])
    assert page.count(f'hx-get="{url}"') == 1
    assert page.count('data-count="office-questions"') == 1
    fragment = client.get(url).content.decode()
    [many] = re.findall(r"data-count=office-questions\]\">\s*(\d+)<", fragment)
    assert int(many) > 0
    assert re.search(rf'data-count=all-rulebook\]">\s*{many}<', fragment)
    assert "项待办" in fragment
