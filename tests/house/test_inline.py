"""No template carries a script, a handler or a style of its own: the content policy forbids them,
and the browser would leave them out without a word."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT

TEMPLATES = sorted((ROOT / "src" / "fengcai").rglob("templates/**/*.html"))
SOURCES = sorted((ROOT / "frontend" / "src").rglob("*.ts"))
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx that evaluates": re.compile(r"\bhx-on|hx-vals\s*=\s*[\"']js:|hx-trigger=[\"'][^\"']*\[", re.IGNORECASE),
    "an outside address to load": re.compile(r"<(?:script|img|link|iframe|video)[^>]*(?:src|href)\s*=\s*[\"']https?:", re.IGNORECASE),
}  # fmt: skip


def faults(text: str) -> list[str]:
    """What of the forbidden stands in `text`; template tags are taken out first."""
    plain = re.sub(r"\{[%#].*?[%#]\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(plain)]


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 60


@pytest.mark.parametrize("bad", [
    "<script>x()</script>", "<script type=module>x</script>", '<p style="color:red">', "<style>p{}</style>",
    '<a onclick="x()">', '<p\n   onload=x>', '<a href="javascript:x">', '<p hx-on:click="x">',
    '<img src="https://cdn.example/x.png">',
])  # fmt: skip
def test_the_search_finds_what_it_looks_for(bad: str) -> None:
    assert faults(bad)


@pytest.mark.parametrize("good", [
    '<script type="module" src="/static/x.js"></script>', '<p data-style="x" {% if on == 1 %}hidden{% endif %}>',
    '<a href="https://example.cn/">', '<div hx-trigger="every 1s">',
])  # fmt: skip
def test_the_search_lets_pass_what_is_fine(good: str) -> None:
    assert faults(good) == []


def test_no_template_carries_script_or_style() -> None:
    found = {
        str(file.relative_to(ROOT)): wrong
        for file in TEMPLATES
        if (wrong := faults(file.read_text("utf-8")))
    }
    assert found == {}


def test_no_script_of_ours_evaluates_text() -> None:
    evaluating = re.compile(
        r"\beval\(|new Function\(|document\.write\(|setAttribute\(\s*[\"']style"
    )
    found = [str(file) for file in SOURCES if evaluating.search(file.read_text("utf-8"))]
    assert found == []
