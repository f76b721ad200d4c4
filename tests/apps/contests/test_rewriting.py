"""One value of a rulebook changed, and every other character as it was."""

from __future__ import annotations

import difflib
import random
import re
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.contests.rewriting import CannotRewrite, Edit, rewrite
from fengcai.core.rulebook.source import read

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "examples/rulebooks/jiangxi-2026.yaml").read_text("utf-8")
SMALL = """\
# 头
units:
  entries:
    min: 1  # 至少
    max: 不限

  # 下一节之前的注释
hosts:
  - {role: 主办, name: 医院}
  - role: 协办
    name: 宣传部
suffixes: [.mp4, .mov]
empty: {}
# 尾
"""


def changed(text: str, *edits: Edit) -> list[str]:
    """The lines that went (-) and came (+)."""
    rows = difflib.unified_diff(
        text.splitlines(), rewrite(text, edits).splitlines(), n=0, lineterm=""
    )
    return [row for row in rows if row[:2] not in {"--", "++", "@@"}]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Edit("set", ("units", "entries", "min"), "2"),
         ["-    min: 1  # 至少", "+    min: 2  # 至少"]),
        (Edit("set", ("units", "entries", "cite"), "二 均需报送"),
         ["+    cite: 二 均需报送"]),
        (Edit("set", ("units", "note"), {"a": "甲: 乙", "b": ["一", "二，三"]}),
         ["+  note:", '+    a: "甲: 乙"', "+    b: [一, 二，三]"]),
        (Edit("remove", ("units", "entries", "max")), ["-    max: 不限"]),
        (Edit("set", ("hosts", 0, "name"), "医院, 总部"),
         ["-  - {role: 主办, name: 医院}", '+  - {role: 主办, name: "医院, 总部"}']),
        (Edit("remove", ("hosts", 0, "role")),
         ["-  - {role: 主办, name: 医院}", "+  - {name: 医院}"]),
        (Edit("remove", ("hosts", 1, "role")),
         ["-  - role: 协办", "-    name: 宣传部", "+  - name: 宣传部"]),
        (Edit("append", ("hosts",), {"role": "承办", "name": "工会"}),
         ["+  - role: 承办", "+    name: 工会"]),
        (Edit("append", ("suffixes",), ".mkv"),
         ["-suffixes: [.mp4, .mov]", "+suffixes: [.mp4, .mov, .mkv]"]),
        (Edit("remove", ("suffixes", 1)),
         ["-suffixes: [.mp4, .mov]", "+suffixes: [.mp4]"]),
        (Edit("set", ("empty", "x"), {"y": "z"}),
         ["-empty: {}", "+empty:", "+  x:", "+    y: z"]),
    ],
)  # fmt: skip
def test_only_the_value_changes(edit: Edit, said: list[str]) -> None:
    assert changed(SMALL, edit) == said


@pytest.mark.parametrize(
    "edit",
    [
        Edit("set", ("nothing", "here"), "1"),
        Edit("append", ("units",), "1"),
        Edit("remove", ("hosts", 5)),
    ],
)
def test_a_place_that_is_not_there_is_refused(edit: Edit) -> None:
    with pytest.raises(CannotRewrite, match="没有"):
        rewrite(SMALL, [edit])


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    if isinstance(value, (dict, list)):
        found += [each for step, inner in rows for each in paths(inner, (*path, step))]
    return found


def test_a_real_rulebook_keeps_its_comments_whatever_is_changed() -> None:
    # A remark of the writer's before every key at the margin, and behind what stands before it.
    text = re.sub(r"^(?=[a-z_]+:)", "# 记一笔\n", TEXT, flags=re.MULTILINE)
    comments = [row for row in text.splitlines() if row.lstrip().startswith("#")]
    assert len(comments) > 20
    places = random.Random(20261122).sample(paths(read(text, name="x").value), 60)
    for place in places:
        for edit in (
            Edit("remove", place),
            Edit("set", place, '改过: # “值” "引号"'),
            Edit("set", place, {"a": "1", "b": {"c": "两\n行"}}),
        ):
            written = rewrite(text, [edit])  # it is read again inside, and says what was meant
            kept = [row for row in written.splitlines() if row.lstrip().startswith("#")]
            assert kept == comments
