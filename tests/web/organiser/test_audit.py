"""The record's page names in words whatever the product records."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import fengcai.apps
from fengcai.web.organiser.pages.audit_words import (
    ACTS,
    act_in_words,
    actor_in_words,
    subject_in_words,
)

ACT = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")
WRITERS = {"record", "note", "_note", "_seal"}


def recorded() -> set[str]:
    """Every name of an act that is handed to a function which writes records."""
    found = set()
    for source in Path(fengcai.apps.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                if name in WRITERS:
                    found |= {
                        each.value
                        for each in ast.walk(call)
                        if isinstance(each, ast.Constant)
                        and isinstance(each.value, str)
                        and ACT.fullmatch(each.value)
                    }
    return found


def test_every_act_that_is_recorded_has_its_words() -> None:
    found = recorded()
    assert len(found) > 120
    assert {act for act in found if act not in ACTS} == set()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("mailbox", "报送邮箱（自动）"),
        ("system:inspection", "系统（检测）"),
        ("release:7f", "出镜人员（凭链接） 7f"),
        ("user:12", "账号 12"),
        ("later:1", "later:1"),
    ],
)
def test_an_actor_is_told_in_words(code: str, words: str) -> None:
    assert actor_in_words(code) == words


def test_what_is_not_known_keeps_its_code() -> None:
    assert act_in_words("later.thing") == "later.thing"
    assert subject_in_words("letter:7f") == "来信 7f"
    assert subject_in_words("no colon") == "no colon"
