"""Whose letter it is that a letter passes on: heads in the text, as the usual programs write them."""

from __future__ import annotations

import time

import pytest

from fengcai.apps.mailbox.forwarding import Original, originals
from tests.apps.mailbox.letters import FILM, HEART, NEEDLE, Office, letter

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12")]
QQ = (
    "见附件\n\n------------------ 原始邮件 ------------------\n"
    '发件人: "针灸科 王护士" <Wang@qq.com>;\n发送时间: 2026年4月10日(星期五) 上午9:00\n'
    '收件人: "张三"<z@example.cn>;\n主题: 作品\n\n附件请查收。'
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (QQ, [("针灸科 王护士", "wang@qq.com")]),
        ("-------- 转发邮件信息 --------\n发件人：\"王\" <w@163.com>\n发送日期：2026-04-10\n",
         [("王", "w@163.com")]),
        ("---------- Forwarded message ---------\nFrom: Wang <w@g.com>\nDate: Fri\n", [("Wang", "w@g.com")]),
        ("发件人: 王 [mailto:w@h.cn]\n发送时间: 2026年\n", [("王", "w@h.cn")]),
        ("-----Original Message-----\nFrom: 针灸科\nSent: Friday\n", [("针灸科", "")]),
        ("> 发件人： 王\n> 发送时间： 2026\n>> 发件人： 李\n>> 主题： x\n", [("王", ""), ("李", "")]),
        ("在 2026-04-10 10:00:00，\"王\" <w@163.com> 写道：\n", [("王", "w@163.com")]),
        ("At 2026-04-10 10:00:00, \"王\" <w@163.com> wrote:\n", [("王", "w@163.com")]),
        ("联系\n发件人：王护士，谢谢\n再见", []),
        ("发件人：\n日期：2026", []),
    ],
)  # fmt: skip
def test_heads_as_programs_write_them(text: str, found: list[tuple[str, str]]) -> None:
    assert originals(text.replace("\r", "")) == tuple(Original(*each) for each in found)


def test_texts_made_to_cost_time_cost_none() -> None:
    began = time.process_time()
    for hostile in (
        ">" * 100_000, ("发件人: " + "a@" * 140 + "\n") * 3_000, "At " + ", " * 40_000,
        ("On " + "x," * 300 + "\n") * 200, "发件人: x\n主题: y\n" * 5_000,
    ):  # fmt: skip
        assert len(originals(hostile)) <= 10
    assert time.process_time() - began < 1


def test_a_registered_contacts_letter_that_is_passed_on_says_whose_it_is(office: Office) -> None:
    office.made.contacts[NEEDLE].email = "WANG@qq.com"
    office.made.contacts[NEEDLE].save()
    case = office.come(letter("转发：作品", {"a.mp4": FILM}, text=QQ))
    assert case.unit_id == office.made.units[NEEDLE].pk
    assert case.degree == "likely"
    assert {(r["source"], r["how"]) for r in case.reasons if r["degree"] == "likely"} == {
        ("forwarded", "发件人是这个单位登记的联络员邮箱")
    }


def test_a_name_in_a_head_is_a_hint_and_speaks_against_nothing(office: Office) -> None:
    case = office.come(letter("转发：作品", {"a.mp4": FILM}, text=QQ))
    assert (case.state, case.unit) == ("resolve", None)
    assert case.candidates[0] == office.made.units[NEEDLE].pk
    sure = office.come(letter(files={"a.mp4": FILM}, text=QQ, id="<2@e>"))
    assert sure.unit_id == office.made.units[HEART].pk


def test_who_is_answered_has_not_written_the_letter(office: Office) -> None:
    office.made.contacts[NEEDLE].email = "wang@qq.com"
    office.made.contacts[NEEDLE].save()
    case = office.come(letter("回复：作品", {"a.mp4": FILM}, text=QQ))
    assert case.unit is None
    assert not any(reason["source"] == "forwarded" for reason in case.reasons)
