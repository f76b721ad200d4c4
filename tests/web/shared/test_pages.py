"""Whole pages: the living page, signing in, what people read when something went wrong."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory

from fengcai.web.shared import faults

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.shared.urls")]

VOID = {"meta", "link", "input", "img", "br", "hr", "source"}
SVG = {"path", "circle", "rect"}


class Outline(HTMLParser):
    """Finds what a browser would mend in silence: doubled ids, tags left open, scripts in the text."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if id_ := names.get("id"):
            if id_ in self.ids:
                self.faults.append(f"id {id_} twice")
            self.ids.append(id_)
        if tag == "script" and "src" not in names:
            self.faults.append("an inline script")
        if "style" in names or any(name.startswith("on") for name in names):
            self.faults.append(f"<{tag}> carries a style or a handler")
        if "p" in self.open and tag in {"p", "div", "details", "section", "form", "ul", "dl"}:
            self.faults.append(f"<{tag}> inside a paragraph")
        if tag not in VOID | SVG:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID | SVG:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()


def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    return found


def sound(html: str) -> list[str]:
    return outline(html).faults


@pytest.mark.parametrize("accent", ["ganhong", "jingchuqing", ""])
def test_the_living_page_is_sound_in_every_accent(client: Client, accent: str) -> None:
    answer = client.get("/design/", {"accent": accent})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert sound(html) == []
    assert f'data-accent="{accent}"' in html


def test_every_part_has_its_place_on_the_living_page(client: Client) -> None:
    html = client.get("/design/").content.decode()
    for part in (
        *("fc-upload", "fc-autosave", "fc-player", "fc-scoresheet", "fc-countdown", "fc-scrub"),
        *('class="table"', 'class="gallery"', 'class="timeline"', 'class="stepper"'),
        *('class="empty"', "<dialog", 'class="pager"', 'class="certificate"', 'class="signatures"'),
        *('class="next-step"', 'class="stats"', 'class="findings"', 'class="form-errors"'),
        "fc-timeline",
    ):
        assert part in html, part


def test_the_checklist_fills_in_and_then_stops_asking(client: Client) -> None:
    first = client.get("/design/fragment/1/").content.decode()
    last = client.get("/design/fragment/6/").content.decode()
    assert 'refresh-url="/design/fragment/2/"' in first
    assert first.count('data-state="done"') == 1
    assert "fc-progress" not in last
    assert last.count('data-state="done"') == 6


def test_the_film_answers_byte_ranges(client: Client) -> None:
    whole = client.get("/design/film.mp4")
    part = client.get("/design/film.mp4", HTTP_RANGE="bytes=4-7")
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part["Content-Range"] == f"bytes 4-7/{len(whole.content)}"


def test_a_draft_that_somebody_else_saved_answers_409_with_both(client: Client) -> None:
    body = json.dumps({"version": 7, "fields": {"title": "冲突"}})
    answer = client.post("/design/draft/", body, content_type="application/json")
    assert answer.status_code == 409
    assert answer.json()["version"] == 8
    assert list(answer.json()["current"]) == ["title"]


def test_signing_in_speaks_chinese_and_keeps_the_name(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert sound(page) == []
    assert "账号由活动组织者发放" in page
    back = client.post("/accounts/login/", {"login": "keshi-01", "password": "wrong"})
    html = back.content.decode()
    assert "没有登录成功" in html
    assert 'value="keshi-01"' in html
    assert not re.search(
        r"(?i)\b(sign in|password|username)\b(?![^<]*>)", re.sub(r"<[^>]+>", "", html)
    )


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500])
def test_an_error_page_says_what_is_kept_and_what_to_do(client: Client, status: int) -> None:
    answer = client.get(f"/design/fault/{status}/")
    html = answer.content.decode()
    assert answer.status_code == status
    assert sound(html) == []
    for words in ("发生了什么", "保留了什么", "接下来", "求助编号"):
        assert words in html
    assert re.search(rf"{status}-[0-9A-F]{{6}}", html)


def test_a_page_that_is_not_there(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()
    (line,) = (each.getMessage() for each in caplog.records if each.name == "fengcai.web")
    assert re.fullmatch(r"404-[0-9A-F]{6} GET /nowhere/: ", line)


def test_too_large_a_form_is_413_and_points_to_the_upload() -> None:
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    answer = faults.bad_request(request, RequestDataTooBig("too big"))
    assert answer.status_code == 413
    assert "断点续传" in answer.content.decode()


@pytest.mark.django_db(databases=[])
def test_the_500_page_asks_no_database_and_is_logged_with_its_code(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = faults.server_error(RequestFactory().get("/works/"))
    html = answer.content.decode()
    found = re.search(r"500-[0-9A-F]{6}", html)
    assert answer.status_code == 500
    assert found is not None
    assert found[0] in caplog.text
    assert "/works/" in caplog.text


def test_the_500_page_still_speaks_when_no_template_can_be_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no templates")

    monkeypatch.setattr(faults, "render", broken)
    html = faults.server_error(RequestFactory().get("/")).content.decode()
    assert "系统出了点问题" in html
    assert re.search(r"求助编号：500-[0-9A-F]{6}", html)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500])
def test_djangos_own_handlers_find_the_same_words(status: int) -> None:
    from django.template.loader import render_to_string

    html = render_to_string(f"{status}.html", {})
    assert faults.FAULTS[status].title in html
    assert re.search(rf"{status}-[0-9A-F]{{6}}", html)
