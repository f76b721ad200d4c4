"""A file that is not named as the notice asks: taken in all the same, and the receipt says so."""

from __future__ import annotations

import time

import pytest

from fengcai.apps.assets.models import Asset, Finding
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.mailbox.naming import misnamed
from fengcai.apps.messages.models import Message
from fengcai.core.rulebook import Rules
from tests.apps.mailbox.letters import FILM, HEART, NAME, Office, hurry, letter, work

pytestmark = [pytest.mark.intake, pytest.mark.clause("J12", "B8")]
RIGHT = NAME.format(HEART)


def receipt(office: Office, name: str, fails: bool = False, subject: str = RIGHT) -> str:
    office.come(letter(subject, {name: FILM}))
    if fails:
        Finding.objects.create(
            asset=Asset.objects.get(), order=1, requirement="name", severity="must", verdict="fail",
            measured=name, required="按通知命名", text="文件名按通知写", section="五", words="统一格式",
            names=["filename"],
        )  # fmt: skip
    Asset.objects.update(state=Asset.State.INSPECTED)
    hurry()
    work()
    return Message.objects.get(template="mailbox.receipt").body


def test_a_wrong_name_is_told_with_the_right_one(office: Office) -> None:
    said = receipt(office, "最终版.mp4")
    assert (
        f"文件名与通知（五）不一致：应为“{RIGHT}.mp4”，您发来的是“最终版.mp4”。"
        "已照收，不用重发；打包下载时系统会按通知改成应有的名称。"
    ) in said


def test_a_right_name_is_nothing_to_speak_of(office: Office) -> None:
    assert "不一致" not in receipt(office, f"{RIGHT}（1）.MP4")


def test_where_the_rulebook_makes_the_name_a_requirement_it_is_a_defect(office: Office) -> None:
    said = receipt(office, "最终版.mp4", fails=True)
    assert "不一致" not in said
    assert "文件名按通知写：测得 最终版.mp4（依据通知五）" in said


def wrong_subject(unit: str) -> str:
    expected = NAME.format(unit)
    return f"邮件主题与通知（五）不一致：应为“{expected}”。信已照收，不用重发。"


@pytest.mark.parametrize(
    ("subject", "wrong"),
    [
        (RIGHT, False),
        (f"转发：{HEART}＋一科一风采 视频大赛", False),
        (f"{HEART}一科一风采视频大赛", False),
        ("心脏中心+一科一风采视频大赛", False),  # a name that the officer has entered
        (f"回复：已收到：{HEART}的作品", False),
        (HEART, True),
        (f"一科一风采视频大赛+{HEART}", True),
        ("心内科+一科一风采视频大赛", True),
    ],
)
def test_a_wrong_subject_is_told_with_the_right_one(
    office: Office, subject: str, wrong: bool
) -> None:
    unit = office.made.units[HEART]
    unit.aliases = ["心脏中心"]
    unit.save()
    said = receipt(office, f"{RIGHT}.mp4", subject=subject)
    assert (wrong_subject(HEART) in said, "邮件主题" in said) == (wrong, wrong)


def test_of_an_unknown_unit_the_subject_is_told_with_a_gap_and_a_question_is_not_told(
    office: Office,
) -> None:
    assert wrong_subject("〔单位〕") in receipt(office, "v.mp4", subject="作品")
    Message.objects.all().delete()
    office.come(letter("请问怎么报送", sender="b@example.cn", id="<2@example.cn>"))
    assert "邮件主题" not in Message.objects.get(template="mailbox.receipt").body


@pytest.mark.parametrize(
    ("template", "name", "expected"),
    [
        ("{unit}-{author}-{title}", "心内-王-片.mp4", ""),
        ("{unit}-{author}-{title}", "心内-王.mp4", "心内-〔作者〕-片.mp4"),
        ("{unit}", "心内 副本.mp4", ""),
        ("{unit}", "心内2.mp4", "心内.mp4"),
        ("{unit}", "没有结尾", "心内"),
        ("{unit}", "", "心内"),
    ],
)
def test_what_is_not_known_yet_is_left_open(
    office: Office, template: str, name: str, expected: str
) -> None:
    resolved = rules_of(office.made.contest).model_dump(mode="json")
    resolved["naming"][1]["template"] = template
    rules = Rules.model_validate(resolved)
    slot = rules.tracks[0].slots[0]
    wrong = misnamed(rules, slot, name, {"unit": "心内", "title": "片"})
    assert (wrong.expected if wrong else "") == expected


def test_a_long_name_is_looked_at_in_no_time(office: Office) -> None:
    resolved = rules_of(office.made.contest).model_dump(mode="json")
    resolved["naming"][1]["template"] = "{author}-{phone}-{contact}-{theme}"
    rules = Rules.model_validate(resolved)
    began = time.process_time()
    assert misnamed(rules, rules.tracks[0].slots[0], "- " * 150 + "!", {}) is None
    assert time.process_time() - began < 1
