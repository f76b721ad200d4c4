"""Rows of a form: sources, rights, use of AI, parallel entries: what is kept, what is owed, what is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fengcai.apps.entries.lists import (
    ai_label,
    audience_of,
    doubts_in,
    lines_of,
    list_problems,
    rows_in,
    said_of,
    shown_fields,
)
from fengcai.apps.entries.values import Misfit, said_from, value_for
from fengcai.core.rulebook.rules import Citation, Field, Track

pytestmark = pytest.mark.intake
CITE = Citation(section="一", words="来源")
DAY = date(2026, 4, 30)


def asked(kind: Any, **more: Any) -> Field:
    return Field(id="list", label="栏目", kind=kind, cite=CITE, **{"required": True, **more})


def music(**more: str) -> dict[str, str]:
    row = dict.fromkeys(("author", "version", "evidence"), "")
    whole = {"kind": "music", "title": "晨光", "origin": "某曲库", "licence": "purchased"}
    return row | whole | more


def owed(field: Field, rows: Any, said: str = "", papers: tuple[str, ...] = ()) -> list[str]:
    return list_problems(field, {"list": rows, "said-list": said}, today=DAY, papers=papers)


@pytest.mark.clause("J7")
@pytest.mark.parametrize(
    ("row", "said"),
    [
        (music(evidence="a1"), []),
        (music(), ["第 1 项“晨光”：请上传授权凭据，并在这一项里选上"]),
        (music(evidence="gone"), ["第 1 项“晨光”：所选的凭据已被替换或移除，请重新选择"]),
        (music(licence=""), ["第 1 项：请选择怎样获得授权"]),
        (music(licence="own", author="本科室"), []),
        (music(licence="own"), ["第 1 项：请填写作者或权利人"]),
        (music(licence="cc", version="cc by-sa 4.0"), []),
        (
            music(licence="cc", version="CC"),
            ["第 1 项：请填写 CC 许可的版本，如 CC BY 4.0、CC0 1.0"],
        ),
        (music(licence="free", origin=""), ["第 1 项：请填写来源，如曲库或网站的名称和网址"]),
        (music(kind="poem", licence="public_domain"), ["第 1 项：请选择种类"]),
    ],
)
def test_each_thing_used_says_where_it_comes_from_and_by_what_right(
    row: dict[str, str], said: list[str]
) -> None:
    assert owed(asked("rights", proof="papers"), [row], papers=("a1",)) == said


@pytest.mark.clause("J7")
def test_where_the_rules_do_not_insist_a_missing_paper_is_a_doubt_for_the_reviewer() -> None:
    field = asked("rights", proof="papers", required=False)
    rows = [music(), music(title="图", licence="cc", version="CC BY-NC-ND 4.0", kind="picture")]
    assert owed(field, rows) == []
    assert doubts_in(field, {"list": rows}) == [
        "第 1 项“晨光”：请上传授权凭据，并在这一项里选上",
        "第 2 项“图”是禁止改编的许可（CC BY-NC-ND 4.0），剪进作品须另得同意",
        "第 2 项“图”只许非商业使用（CC BY-NC-ND 4.0）",
    ]


@pytest.mark.clause("J7", "U4")
def test_none_used_must_be_said_where_the_rules_want_it() -> None:
    rights = asked("rights", say_none=True)
    assert owed(rights, []) == ["栏目：没有的，请选“没有”"]
    assert owed(rights, [], "没有") == []
    assert owed(rights, [], "有") == ["栏目：选了“有”，请逐项列出"]
    assert owed(rights, [music(licence="own", author="甲")], "没有") == [
        "栏目：选了“没有”，下面却列了 1 项，请核对"
    ]
    assert owed(asked("rights"), []) == ["请填写栏目"]
    assert owed(asked("rights", required=False), []) == []


@pytest.mark.clause("U4")
def test_what_ai_made_is_declared_and_labelled_in_public() -> None:
    field = asked("ai_use")
    row = {"use": "voice", "tool": "某语音 2.0", "parts": "全片旁白", "labelled": "是"}
    assert owed(field, [row], "有") == []
    assert owed(field, [{**row, "tool": "", "parts": ""}], "有") == [
        "第 1 项：请填写工具名称和版本",
        "第 1 项：请写明是作品的哪些部分",
    ]
    track = Track(id="t", name="影片", fields=(field,), cite=CITE)
    fields = {"list": [row, {**row, "use": "picture"}, {**row, "use": "editing"}]}
    assert ai_label(track, fields) == "本作品含人工智能生成合成内容：画面或图片、配音"
    assert ai_label(track, {"list": [{**row, "use": "editing"}]}) == ""
    hidden = Track(id="t", name="影片", fields=(asked("ai_use", shown_to="judges"),), cite=CITE)
    assert (ai_label(hidden, fields), ai_label(hidden, fields, "judges") != "") == ("", True)
    assert said_of(field, fields).splitlines()[0] == "配音，某语音 2.0，全片旁白，已加标识"


@pytest.mark.clause("H18")
def test_parallel_entries_are_recorded() -> None:
    field = asked("parallel", required=False)
    assert owed(field, []) == []
    assert owed(field, [{"contest": "", "level": "nation", "on": "明天", "result": "待定"}]) == [
        "第 1 项：请填写赛事名称",
        "第 1 项：报送日期请填成 2026-04-30",
    ]
    row = {"contest": "全国赛", "level": "nation", "on": "2026-05-01", "result": ""}
    assert said_of(field, {"list": [row]}) == "全国赛，国家级，2026-05-01"


@pytest.mark.clause("H10")
def test_sources_are_counted_checked_and_shown_to_whom_the_rules_say() -> None:
    field = asked("references", rows_min=2, rows_max=2, kinds=("article",))
    row = {"kind": "article", "title": "甲", "source": "刊", "year": "2025", "doi": "10.1000/A"}
    assert owed(field, [row]) == ["栏目至少 2 条，现有 1 条"]
    assert owed(field, [row, {**row, "title": "乙"}]) == ["第 2 条：与第 1 条重复（DOI相同）"]
    assert owed(field, [row, {**row, "title": "乙", "doi": ""}, {"title": "丙"}]) == [
        "栏目最多 2 条，现有 3 条",
        "第 3 条：规则只收期刊文章，不收其他",
    ]
    fields = {"list": [row]}
    assert lines_of(field, fields) == (
        ("[1] 甲[J]. 刊, 2025. DOI:10.1000/a.", "https://doi.org/10.1000/a"),
    )
    for shown_to, judges, public in ((None, 1, 0), ("office", 0, 0), ("public", 1, 1)):
        track = Track(
            id="t", name="文", fields=(asked("references", shown_to=shown_to),), cite=CITE
        )
        seen = [len(shown_fields(track, fields, to)) for to in ("judges", "public")]  # type: ignore[arg-type]
        assert seen == [judges, public]


@pytest.mark.clause("U4")
def test_the_audience_is_public() -> None:
    track = Track(id="t", name="文", fields=(asked("audience"),), cite=CITE)
    assert audience_of(track, {"list": "孕产妇、老年人"}) == "孕产妇、老年人"
    [shown] = shown_fields(track, {"list": "孕产妇"}, "public")
    assert (shown.label, shown.text) == ("栏目", "孕产妇")


def test_rows_come_from_parallel_lists_in_the_order_typed() -> None:
    field = asked("parallel")
    sent = {
        "contest": ["甲", " ", "丙", "丁"],
        "level": ["city", "", ""],
        "order": ["9", "", "2", "x"],
    }
    assert [row["contest"] for row in rows_in(field, sent)] == ["丙", "丁", "甲"]


@pytest.mark.parametrize(
    "value",
    [
        5, [1], [{"contest": 1}], [{"poem": "x"}], [{"contest": "x" * 201}], [{"contest": "x"}] * 101,
        "一段文字", {"contest": "x"},
    ],
)  # fmt: skip
def test_what_fits_no_list_is_refused(value: Any) -> None:
    with pytest.raises(Misfit):
        value_for(asked("parallel"), value)


def test_lines_of_text_become_rows_and_hostile_text_stays_text() -> None:
    rows = value_for(asked("references"), "[1] 甲. 乙[J]. 丙, 2024.\n<script>alert(1)</script>")
    assert [row["kind"] for row in rows] == ["article", "other"]
    assert rows[1]["title"] == "<script>alert(1)</script>"
    for wrong in ("maybe", None, 1):
        with pytest.raises(Misfit):
            said_from(wrong)
