"""The tags, drawn by Django's own template engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from fengcai.web.shared import assets, badges, icons
from fengcai.web.shared.shell import Shell

CITE = SimpleNamespace(section="四（一）", words="统一为横版 MP4 格式")


def draw(source: str, **context: Any) -> str:
    return Template("{% load fengcai %}" + source).render(Context(context))


@pytest.fixture
def clock() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 4, 27, 5, 0, tzinfo=UTC), tick=False):
        yield


def test_an_icon_is_hidden_from_readers_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "upload" %}')
    assert draw('{% icon "upload" "上传" %}').startswith(
        '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="上传">'
    )


def test_an_icon_that_is_not_drawn_is_the_writers_mistake() -> None:
    with pytest.raises(TemplateSyntaxError, match="There is no icon 'nought'"):
        draw('{% icon "nought" %}')


def test_every_badge_wears_a_drawn_icon_and_a_chinese_word() -> None:
    for badge in [*badges.VERDICTS.values(), *badges.STATES.values(), badges.ADVICE]:
        assert badge.icon in icons.ICONS
        assert all("\u4e00" <= character <= "\u9fff" for character in badge.word)
        assert badge.tone in {"", "pass", "fail", "doubt", "note", "accent"}


def test_what_is_only_advised_never_looks_like_a_refusal() -> None:
    assert "不符合" in draw('{% verdict "fail" "must" %}')
    advised = draw('{% verdict "fail" "should" %}')
    assert "建议改进" in advised
    assert 'data-tone="doubt"' in advised


def test_a_state_keeps_its_look_under_another_word() -> None:
    assert 'data-tone="accent"' in draw('{% state "open" "评审中" %}')
    assert "评审中" in draw('{% state "open" "评审中" %}')
    assert "其他状态" in draw('{% state "unheard-of" %}')


@pytest.mark.parametrize(
    ("source", "value", "words"),
    [
        ("{{ v|duration }}", Decimal("272.4"), "4:32"),
        ("{{ v|duration }}", None, ""),
        ("{{ v|bytes }}", 1_610_612_736, "1.5 GB"),
        ("{{ v|bytes }}", None, ""),
        ("{{ v|money }}", Decimal(1500), "1,500 元"),
        ("{{ v|money }}", "1200.50", "1,200.50 元"),
        ("{{ v|when }}", None, ""),
    ],
)
def test_filters(source: str, value: object, words: str) -> None:
    assert draw(source, v=value) == words


def test_money_takes_no_float() -> None:
    with pytest.raises(TypeError, match="exact"):
        draw("{{ v|money }}", v=1500.0)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("", "4月30日 17:00（还有 3 天）"),
        (':"date"', "4月30日 17:00"),
        (':"ago"', "还有 3 天"),
    ],
)
def test_when_speaks_the_hospitals_time(mode: str, words: str) -> None:
    deadline = datetime(2026, 4, 30, 9, 0, tzinfo=UTC)
    assert draw("{{ v|when" + mode + " }}", v=deadline) == (
        f'<time datetime="2026-04-30T17:00:00+08:00" title="2026年4月30日 17:00:00">{words}</time>'
    )


def test_a_clause_opens_to_its_words_and_is_escaped() -> None:
    drawn = draw("{% cite c %}", c=SimpleNamespace(section="五", words="<b>逾期</b>"))
    assert "依据五" in drawn
    assert "&lt;b&gt;逾期&lt;/b&gt;" in drawn
    assert "通知原文" in drawn
    assert "由组织者答复：q3" in draw('{% cite c "q3" %}', c=CITE)
    assert draw("{% cite c %}", c=None).strip() == ""


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", ' data-theme="dark"'), ('"><x', "")])
def test_the_theme_is_one_of_two_whatever_the_cookie_says(cookie: str, attribute: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["fengcai_theme"] = cookie
    assert draw("{% theme %}", request=request) == attribute


def test_the_shell_is_the_views_own_if_it_gives_one() -> None:
    assert draw("{% shell as s %}{{ s.title }}", shell=Shell(title="样张")) == "样张"
    assert draw("{% shell as s %}{{ s.title }}|{{ s.url }}") == "|/"


class Form(forms.Form):
    title = forms.CharField(label="作品名称", max_length=40, help_text="会印在证书上。")
    promise = forms.BooleanField(label="没有版权争议")
    theme = forms.ChoiceField(
        label="方向", widget=forms.RadioSelect, choices=[("a", "甲"), ("b", "乙")]
    )


def test_a_field_binds_label_hint_error_and_counter() -> None:
    form = Form({"title": "", "theme": "b"})
    form.full_clean()
    drawn = draw("{% field f.title cite=c %}", f=form, c=CITE)
    assert '<label for="id_title">' in drawn
    assert 'aria-describedby="id_title_hint id_title_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_title_hint"' in drawn
    assert 'id="id_title_error"' in drawn
    assert '<fc-counter for="id_title" max="40">' in drawn
    assert "依据四（一）" in drawn


def test_choices_keep_what_was_chosen_when_the_form_comes_back() -> None:
    form = Form({"title": "甲", "theme": "b"})
    form.full_clean()
    drawn = draw("{% field f.theme %}", f=form)
    assert drawn.count("checked") == 1
    assert "<fieldset" in drawn
    assert 'class="choice" for="id_promise"' in draw("{% field f.promise %}", f=form).replace(
        "\n", " "
    )


def test_the_error_summary_leads_to_its_fields() -> None:
    form = Form({})
    form.full_clean()
    drawn = draw('{% include "shared/_form_errors.html" %}', form=form)
    assert "还有 3 处需要修改" in drawn
    assert 'href="#id_title"' in drawn
    assert "您填写的内容都还在" in drawn


MANIFEST = {
    "src/main.ts": {
        "file": "assets/main-1.js",
        "name": "main",
        "isEntry": True,
        "css": ["assets/main-1.css"],
        "imports": ["_shared.js"],
        "dynamicImports": ["src/elements/player.ts"],
    },
    "_shared.js": {"file": "assets/shared-1.js", "css": ["assets/shared-1.css"]},
    "src/elements/player.ts": {"file": "assets/player-1.js", "isDynamicEntry": True},
}


def test_assets_come_from_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    assert assets.entry("main", tmp_path) == assets.Entry(
        scripts=("dist/assets/main-1.js",),
        styles=("dist/assets/main-1.css", "dist/assets/shared-1.css"),
        preloads=("dist/assets/shared-1.js",),
    )
    with pytest.raises(assets.NotBuiltError, match="no entry 'other'"):
        assets.entry("other", tmp_path)


def test_a_front_end_that_is_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(assets.NotBuiltError, match=r"Run \./dev run"):
        assets.entry("main", tmp_path / "nowhere")


def test_a_closing_midnight_is_24_00_of_the_day_that_it_ends(clock: None) -> None:
    midnight = datetime(2026, 4, 30, 16, 0, tzinfo=UTC)  # 1 May 00:00 in Beijing
    assert ">4月30日 24:00</time>" in draw('{{ at|until:"date" }}', at=midnight)
    assert ">4月30日 24:00（还有 3 天）</time>" in draw("{{ at|until }}", at=midnight)
    assert ">4月30日 17:00</time>" in draw(
        '{{ at|until:"date" }}', at=datetime(2026, 4, 30, 9, 0, tzinfo=UTC)
    )
    assert draw("{{ at|until }}", at=None) == ""
    told = draw('{% include "shared/_countdown.html" %}', deadline=midnight, server_now=midnight)
    assert "<strong><time" in told
    assert "4月30日 24:00" in told
