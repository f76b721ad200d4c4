"""Whole drafts: accepted by the checker, answerable, exact on the example notices."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fengcai.core.notice import NoNotice, draft
from fengcai.core.rulebook import Answer, Answers, check, no_answers, parse, resolve
from fengcai.media.documents import read
from tests.core.notice.notices import EXAMPLES, NAMES, TITLE, drafted, example, found, notice
from tests.core.notice.yardstick import GAP, values

AT = datetime(2030, 1, 1, tzinfo=UTC)


def told(name: str) -> dict[tuple[object, ...], object]:
    return {
        key: value
        for key, value in values(parse(example(name).yaml_text, name=name)).items()
        if value != GAP
    }


@pytest.mark.clause("B1", "B18")
@pytest.mark.parametrize("name", NAMES)
def test_a_draft_is_a_sound_rulebook_with_open_questions(name: str) -> None:
    book = parse(example(name).yaml_text, name=name)
    assert check(book, no_answers(book.id)) == ()
    assert [each.id for each in book.questions] == [each.id for each in example(name).questions]


@pytest.mark.parametrize("name", NAMES)
def test_every_usual_answer_fits(name: str) -> None:
    shown = example(name)
    book = parse(shown.yaml_text, name=name)
    for turn in range(3):
        chosen = {
            each.id: Answer([*each.options][turn % len(each.options)], None, "宣传科", AT, "试")
            for each in shown.questions if each.options
        }  # fmt: skip
        assert check(book, Answers(book.id, chosen, book.tree)) == ()


def test_a_notice_that_says_enough_can_be_resolved_by_its_options_alone() -> None:
    shown = drafted(
        "经研究，决定举办大赛，全院各临床科室均需报送作品。", "一、主题", "青山常在", "二、要求", "片长5分钟以内，MP4格式。",
        "三、报送", "报送截止时间：2030年4月30日17:00前，逾期不予受理。", "四、评审", "由评审委员会综合打分，从立意、结构两个方面评审。",
        "五、奖项", "一等奖1名。", "六、联系方式", "联系人：张三",
    )  # fmt: skip
    book = parse(shown.yaml_text, name="draft")
    assert all(each.options for each in shown.questions), [
        each.ask for each in shown.questions if not each.options
    ]
    chosen = {
        each.id: Answer(next(iter(each.options)), None, "宣传科", AT, "试")
        for each in shown.questions
    }
    rules = resolve(book, Answers(book.id, chosen, book.tree))
    assert rules.window.closes.isoformat() == "2030-04-30T17:00:00+08:00"
    assert [each.name for each in rules.rounds[0].scheme.criteria] == ["立意", "结构"]
    assert rules.tracks[0].slots[0].requirements[0].required_text


@pytest.mark.parametrize("name", NAMES)
def test_a_notice_reads_alike_in_its_format_and_as_plain_text(name: str) -> None:
    plain = read(EXAMPLES / "sources" / f"{name}.txt")
    assert draft(plain.paragraphs, id=name).yaml_text == example(name).yaml_text
    assert draft(plain.text, id=name).yaml_text == example(name).yaml_text


def test_the_films_notice_exactly() -> None:
    said = told("micro-film-2026")
    assert said[("title",)] == "2026年“杏林微光”校园微电影大赛"
    assert [said[("notice", key)] for key in ("number", "issuer", "issued")] == [
        "青禾医院办〔2026〕21号", "青禾医学院", "2026-08-20",
    ]  # fmt: skip
    assert [said[("window", key)] for key in ("opens", "closes", "late", "basis")] == [
        "2026-10-08 08:00", "2026-10-25 24:00", "reject", "server_received",
    ]  # fmt: skip
    assert said[("predicate", 0, "video", "duration")] == "duration >= 5min and duration <= 15min"
    assert said[("predicate", 0, "video", "size")] == "size > 50MB"
    assert said[("slot", 0, "video", "max_size")] == "2 GB"
    money = {
        key[1:3]: (said[(*key[:3], "count")], said.get((*key[:3], "money")))
        for key in said
        if key[0] == "award" and key[3] == "is"
    }
    assert money == {
        ("教工组", "一等奖"): ("1", "3000 元"), ("教工组", "二等奖"): ("2", "2000 元"), ("教工组", "三等奖"): ("3", "1000 元"),
        ("学生组", "一等奖"): ("2", "3000 元"), ("学生组", "二等奖"): ("4", "2000 元"), ("学生组", "三等奖"): ("6", "1000 元"),
        ("单项奖", "最佳导演奖"): ("1", "800 元"), ("单项奖", "最佳剪辑奖"): ("1", "800 元"), ("组织奖", "优秀组织奖"): ("3", None),
    }  # fmt: skip
    assert said[("prizes", "total")] == "31600 元"
    assert [said[("round", "final", (), key)] for key in ("min_judges", "aggregate", "rounding_places", "total")] == [
        "7", "trimmed_mean", "2", "100",
    ]  # fmt: skip
    assert [said[("round", "final", (), "points", n)] for n in range(5)] == [
        "25",
        "20",
        "20",
        "20",
        "15",
    ]
    assert example("micro-film-2026").remarks[0].endswith("31600 元，与通知所写的 31600 元相符。")


def test_the_articles_notice_exactly() -> None:
    said = told("science-articles-2026")
    assert [said[("track", n)] for n in range(3)] == ["科普短文", "健康故事", "辟谣问答"]
    words = found(example("science-articles-2026"), "tracks")
    assert [words[f"tracks.track_{n}.slots.main.requirements.words.must"] for n in (1, 2, 3)] == [
        "正文800字以上、1500字以内", "正文不少于1500字，不超过3000字", "正文500至800字",
    ]  # fmt: skip
    assert (said[("window", "opens")], said[("window", "closes")], said[("window", "basis")]) == (
        "2026-03-20 00:00", "2026-05-31 24:00", "mail_date",
    )  # fmt: skip
    units = found(example("science-articles-2026"), "units")
    quotas = [
        (
            units[f"units.classes.class_{n}.name"],
            units[f"units.classes.class_{n}.entries.min"],
            units[f"units.classes.class_{n}.entries.max"],
        )
        for n in range(4, 8)
    ]
    assert quotas == [
        ("县（市、区）", 10, 30),
        ("三级医院", 8, "不限"),
        ("二级医院", 4, "不限"),
        ("其他市直单位", 2, "不限"),
    ]
    assert (
        found(example("science-articles-2026"), "novelty")["novelty.unpublished.kind"]
        == "unpublished"
    )
    assert (said[("objections", "days")], said[("recommendation", "max")]) == ("7", "10")


def test_the_speakers_notice_exactly() -> None:
    said = told("speech-final-2026")
    assert ("theme",) not in said
    assert (said[("window", "closes")], ("window", "late") in said) == ("2026-10-28 12:00", False)
    parts = found(example("speech-final-2026"), "rounds", "final_live", "scheme", "components")
    assert [value for path, value in parts.items() if path.endswith("weight")] == ["70%", "30%"]
    assert [said[("contact", n, "phone")] for n in (0, 1)] == ["8217", "8203"]
    assert (
        said[("prizes", "total")],
        said[("prizes", "stacking")],
        said[("prizes", "recipient")],
    ) == ("17000 元", "stack", "authors")
    assert ("round", "live", (), "recuse_own_unit") in said


def test_the_posters_notice_exactly() -> None:
    said = told("posters-2026")
    assert (said[("notice", "issued")], ("notice", "number") in said) == ("2026-05-20", False)
    assert said[("window", "closes")] == "2026-08-31 17:30"
    assert said[("slot", 0, "source", "accept")] == [".psd", ".ai"]
    assert [said[("theme", 0, name)] for name in ("烟草危害", "电子烟")] == [
        "吸烟和二手烟对人体各系统的损害", "电子烟的危害和法规",
    ]  # fmt: skip
    assert [said[("round", kind, (), "min_judges")] for kind in ("preliminary", "final")] == [
        "5",
        "9",
    ]
    assert any("投票" in each for each in example("posters-2026").remarks)


def test_names_that_differ_are_asked_about() -> None:
    shown = drafted(
        "一、组织", "主办单位：青山医院质量管理与控制中心", "二、作品类别", "分为表演类、图文类。", "三、联系方式",
        "表演类：张三 0791-1234567", "文图类：李四 0791-7654321", signed="青山医院质量管理和控制中心\n2030年3月1日",
    )  # fmt: skip
    asks = [each.ask for each in shown.questions]
    assert (
        "正文写“青山医院质量管理与控制中心”，落款写“青山医院质量管理和控制中心”，以哪个为准？"
        in asks
    )
    assert "正文写“图文类”，联系方式写“文图类”，以哪个为准？" in asks
    assert "scope: 图文类" in shown.yaml_text


def test_attachments_that_do_not_come_with_the_notice_are_asked_for_and_not_made_up() -> None:
    shown = drafted("一、要求", "具体要求见附件。", "附件：1.质量要求", "2.报名表")
    (asked,) = [each for each in shown.questions if each.ask == "作品以什么文件交，有什么规格？"]
    assert asked.also == "附件没有随通知提供：附件：1.质量要求、2.报名表。照附件填写，不要自拟。"
    assert (asked.blocks, asked.options) == ("opening", {})
    here = draft(
        notice("一、要求", "见附件。", "附件：1.质量要求") + "\n附件1\n质量要求\n一、总则\n真实。",
        id="film-2030",
    )
    (asked,) = [each for each in here.questions if each.ask == "作品以什么文件交，有什么规格？"]
    assert asked.also == ""


def test_nothing_is_filled_in_where_the_notice_is_silent() -> None:
    shown = draft(f"{TITLE}\n一、说明\n欢迎参加。", id="film-2030")
    book = parse(shown.yaml_text, name="draft")
    assert check(book, no_answers(book.id)) == ()
    assert {key: value for key, value in values(book).items() if value != GAP} == {
        ("title",): "2030年青山医院短视频大赛", ("track", 0): "短视频", ("window", "original"): "通知没有写时间",
    }  # fmt: skip


def test_a_year_may_be_given_for_dates_without_one() -> None:
    lines = "关于举办短视频大赛的通知\n一、报送\n请于4月30日17时前报送作品。"
    assert found(draft(lines, id="film-2030"), "windows").get("windows.submission.closes") is None
    shown = draft(lines, id="film-2030", year=2030)
    assert found(shown, "windows")["windows.submission.closes"] == "2030-04-30 17:00"


def test_no_text_is_an_error_and_odd_text_is_not() -> None:
    with pytest.raises(NoNotice, match="通知里没有文字"):
        draft(" \n ", id="film-2030")
    with pytest.raises(NoNotice, match="有 200001 字，不像是一份通知"):
        draft("甲" * 200_001, id="film-2030")
    for odd in (
        "\u0000",
        "，。；",
        "a: b # c\n- d\n'\"",
        "一、\n（一）\n附件\n附件：",
        "｜｜",
        "：" * 500,
        "（" * 500,
        "奖" * 500,
    ):
        shown = draft(odd + "\n话。", id="film-2030")
        assert check(parse(shown.yaml_text, name="draft"), no_answers("film-2030")) == ()


def test_a_telephone_without_a_name_asks_for_the_name() -> None:
    shown = drafted("一、联系方式", "咨询电话：0791-1234567")
    assert "电话、邮箱找谁？" in [each.ask for each in shown.questions]
    assert check(parse(shown.yaml_text, name="draft"), no_answers("film-2030")) == ()


def test_a_naming_rule_without_a_place_is_left_to_be_written() -> None:
    shown = drafted("一、命名", "文件名统一为“青山+大赛”。")
    (asked,) = [each for each in shown.questions if "青山+大赛" in each.ask]
    assert (asked.options, [*asked.free]) == ({}, ["template", "collision"])


def test_a_sentence_that_stands_twice_is_cited_all_the_same() -> None:
    shown = drafted("一、要求", "须原创。", "须原创。")
    assert [str(each.cite) for each in shown.proposals if each.path[-1] == "must"] == [
        "一“须原创”",
        "一“须原创。”",
    ]
    assert check(parse(shown.yaml_text, name="draft"), no_answers("film-2030")) == ()


def test_a_notice_may_end_with_a_heading_or_hold_an_empty_item() -> None:
    shown = draft(f"{TITLE}\n一、要求\n（一）\n（二）须原创。\n二、说明", id="film-2030")
    assert [each.heading for each in shown.sentences] == [True, True, False, False, False]
    assert [each.value for each in shown.proposals if each.path[-1] == "must"] == ["须原创"]
