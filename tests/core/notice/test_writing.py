"""What is written is read back by the rulebook's own reader, whatever the text."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fengcai.core.notice.writing import write
from fengcai.core.rulebook.source import read

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20
)
KEY = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TREE = st.recursive(
    TEXT | st.lists(TEXT, max_size=3),
    lambda inner: st.dictionaries(KEY, inner, min_size=1, max_size=3)
    | st.lists(st.dictionaries(KEY, inner, min_size=1, max_size=3) , min_size=1, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=30)
@given(st.dictionaries(KEY, TREE, min_size=1, max_size=2))
def test_every_tree_survives(tree: dict[str, Any]) -> None:
    text = write(tree, head="说明\n两行", remarks={})
    assert read(text, name="draft").value == tree


def test_it_looks_as_a_person_would_write_it() -> None:
    tree = {
        "title": "大赛",
        "list": ["甲", "乙, 丙"],
        "things": [{"name": "a: b", "none": {}}, "单"],
        "deep": {"count": 3, "empty": ""},
    }
    assert write(
        tree, head="一行\n", remarks={("title",): "请核对", ("things", 0, "name"): "想想"}
    ) == (
        '# 一行\n\ntitle: 大赛  # 请核对\n\nlist: [甲, "乙, 丙"]\n\nthings:\n  - name: "a: b"  # 想想\n    none: {}\n'
        '  - 单\n\ndeep:\n  count: 3\n  empty: ""\n'
    )
