"""Fields of every kind: what may be handed in, and in which words what may not is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.apps.entries import identity
from fengcai.apps.entries.fields import field_problems
from fengcai.core.rulebook import Citation
from fengcai.core.rulebook.rules import Field, RoleCount
from tests.factories.any_rulebook import id_number

CITE = Citation(section="三", words="填报")


def asked(kind: str, **more: object) -> Field:
    return Field(id="f", label="栏目", kind=kind, required=True, cite=CITE, **more)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (asked("choice", options=("甲", "乙")), "甲", ""),
        (asked("choice", options=("甲", "乙")), "丙", "请从列出的选项中选择"),
        (asked("yes_no"), "是", ""),
        (asked("yes_no"), "也许", "请选择“是”或“否”"),
        (asked("number", at_least=Decimal(0), at_most=Decimal("99.5"), unit="万次"), "９９．５", ""),
        (asked("number", at_most=Decimal("99.5"), unit="万次"), "100",
         "不得多于 99.5 万次，现为 100 万次"),
        (asked("number", at_least=Decimal(3)), "2", "不得少于 3，现为 2"),
        (asked("number"), "1,234,567.5", ""),
        (asked("number"), "很多", "请填数字"),
        (asked("number"), "1e9", "请填数字"),
        (asked("date"), "2026年4月30日", ""),
        (asked("date"), "2026-02-30", "请填日期，如 2026-04-30"),
        (asked("link"), "https://mp.weixin.qq.com/s/Abc_1?x=1#y", ""),
        (asked("link"), "javascript:alert(1)", "链接不对"),
        (asked("link"), "https://user@evil.cn/", "链接不对"),
        (asked("link"), "https://[::1", "链接不对"),
        (asked("link"), "http://localhost/", "链接不对"),
        (asked("phone"), "138 0013 8000", ""),
        (asked("phone"), "027-82345678", ""),
        (asked("phone"), "0791-86362660", ""),
        (asked("phone"), "＋86 13800138000", ""),
        (asked("phone"), "12345678901", "电话号码不对"),
        (asked("email"), "a@b", "邮箱地址不对"),
        (asked("email"), "jxszyyxck@163.com", ""),
        (asked("id_number"), "11010519491231002x", ""),
        (asked("id_number"), "110105194912310021", "校验位不对"),
        (asked("id_number"), "110105194913310028", "不是有效的出生日期"),
        (asked("id_number"), "110105491231002", "应为 18 位"),
        (asked("text", min_chars=3, max_chars=5), "四个字啊", ""),
        (asked("text", min_chars=3), "两字", "至少 3 字，现有 2 字"),
        (asked("longtext", max_chars=5), "六个字的内容", "最多 5 字，现有 6 字"),
        (asked("references"), "10.1000/abc", "第 1 条：请填写题名"),
        (asked("references"), "《中国居民膳食指南（2022）》，人民卫生出版社", ""),
        (asked("audience", options=("老年人", "孕产妇")), "老年人、孕产妇", ""),
        (asked("audience", options=("老年人", "孕产妇")), "老年人、青年", "没有“青年”"),
        (asked("text"), "  ", "请填写栏目"),
    ],
)  # fmt: skip
def test_each_kind(field: Field, value: str, said: str) -> None:
    problems = field_problems(field, value)
    if said == "":
        assert problems == []
    else:
        assert len(problems) == 1
        assert said in problems[0]


def test_an_optional_field_may_stay_empty_but_not_be_wrong() -> None:
    optional = asked("email").model_copy(update={"required": False})
    assert field_problems(optional, "") == []
    assert field_problems(optional, "x") != []


TEAM = asked(
    "people",
    roles=("作者", "指导教师"),
    people_min=2,
    people_max=4,
    counts=(RoleCount(role="指导教师", min=1, max=2, cite=CITE),),
    asks=("unit", "phone", "id_number", "birth"),
)


def member(name: str, role: str = "作者", **more: str) -> dict[str, str]:
    from datetime import date

    day = date(1990, 5, 6)
    whole = {
        "unit": "某医院",
        "phone": "13800138000",
        "id_number": id_number(day),
        "birth": str(day),
    }
    return {"name": name, "role": role, **whole, **more}


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([member("甲"), member("乙", "指导教师")], []),
        ([], ["请填写栏目"]),
        ([member("甲")], ["栏目至少 2 人，现有 1 人", "指导教师至少 1 人，现有 0 人"]),
        ([*(member(f"甲{n}") for n in range(4)), member("乙", "指导教师")],
         ["栏目最多 4 人，现有 5 人"]),
        ([member("甲"), *(member(f"师{n}", "指导教师") for n in range(3))],
         ["指导教师最多 2 人，现有 3 人"]),
        ([member("甲", phone=""), member("乙", "指导教师", phone="1")],
         ["甲：请填写电话", "乙：电话号码不对：手机号 11 位，座机请带区号，如 027-12345678"]),
        ([member("甲", "领队"), member("乙", "指导教师")],
         ["甲：请从列出的分工中选择（作者、指导教师）"]),
        ([member("甲", birth="1990-05-07"), member("乙", "指导教师")],
         ["甲：出生日期与身份证号不一致"]),
        ([member("甲"), member("乙", "指导教师"), {"name": " ", "role": "作者"}], []),
    ],
)  # fmt: skip
def test_people(people: list[dict[str, str]], said: list[str]) -> None:
    assert field_problems(TEAM, people) == said


@given(st.text(max_size=40))
def test_no_text_breaks_a_check(text: str) -> None:
    for kind in ("number", "date", "link", "phone", "email", "id_number", "choice", "yes_no"):
        assert all(isinstance(each, str) for each in field_problems(asked(kind), text))


@given(st.text(alphabet="0123456789X", min_size=18, max_size=18))
def test_one_changed_digit_of_a_number_is_always_seen(number: str) -> None:
    if identity.id_problem(number) == "":
        other = ("1" if number[16] != "1" else "2").join((number[:16], number[17]))
        assert identity.id_problem(other) != ""


def test_a_number_is_masked_for_those_who_need_not_know_it() -> None:
    assert identity.masked("11010519491231002X") == "110***********002X"
    assert identity.masked("1234") == "***"
