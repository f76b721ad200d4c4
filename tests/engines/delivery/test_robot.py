"""The group robot against a server that answers as 企业微信 documents."""

from __future__ import annotations

import json

import pytest

from fengcai.engines.delivery import NotSent, robot
from tests.engines.delivery.asked import Answer, fake

pytestmark = pytest.mark.intake
KEY = "73febdcb-1b38-4d1b-a994-790f21fc8d30"


def answer(code: int, status: int = 200) -> Answer:
    return status, json.dumps({"errcode": code, "errmsg": "x"}).encode()


def test_text_with_people_to_mention_and_markdown():
    with fake(lambda _: answer(0)) as server:
        group = robot.Robot(KEY, base=server.url)
        robot.send(group, "今天截止：心内科\n“请尽快”", phones=("13800138000",))
        robot.send(group, "**今天截止**", kind="markdown")
    first, second = (json.loads(each.body) for each in server.asked)
    assert first == {"msgtype": "text", "text": {"content": "今天截止：心内科\n“请尽快”",
                                                 "mentioned_mobile_list": ["13800138000"]}}  # fmt: skip
    assert second == {"msgtype": "markdown", "markdown": {"content": "**今天截止**"}}
    assert server.asked[0].target == f"/cgi-bin/webhook/send?key={KEY}"


@pytest.mark.parametrize(
    ("said", "again", "ours", "unsure"),
    [
        (answer(45009), True, False, False),
        (answer(-1), True, False, False),
        (answer(93000), False, True, False),
        (answer(40058), False, False, False),
        ((502, b"bad gateway"), True, False, False),
        ((200, b"<html>"), False, False, True),
        (None, False, False, True),
    ],
)
def test_each_answer_says_what_to_do_and_never_the_key(
    said: Answer, again: bool, ours: bool, unsure: bool
):
    with fake(lambda _: said) as server, pytest.raises(NotSent) as told:
        robot.send(robot.Robot(KEY, base=server.url, timeout=3), "好")
    assert (told.value.again, told.value.ours, told.value.unsure) == (again, ours, unsure)
    assert KEY not in f"{told.value!r} {told.value.__cause__!r} {robot.Robot(KEY)!r}"


def test_the_limit_counts_bytes_and_is_kept_before_asking():
    nowhere = robot.Robot(KEY, base="http://127.0.0.1:1")
    with pytest.raises(NotSent, match="有 2049 字节，超过了企业微信的上限 2048 字节"):
        robot.send(nowhere, "好" * 683)
    with pytest.raises(NotSent, match="连不上企业微信"):
        robot.send(nowhere, "好" * 682)
    with pytest.raises(NotSent, match="空的"):
        robot.send(nowhere, " \n")


def test_a_long_list_comes_in_pieces_cut_at_lines():
    lines = [f"{number} 某某医院心血管内科第一党支部 13800138000" for number in range(200)]
    parts = list(robot.pieces("\n".join(lines)))
    assert "\n".join(parts).split("\n") == lines
    assert all(len(part.encode()) <= 2_048 for part in parts) and len(parts) == 6
    assert list(robot.pieces("好" * 700)) == ["好" * 682, "好" * 18]
    assert list(robot.pieces("\n\n")) == []


@pytest.mark.parametrize("pasted", [KEY, f" {robot.BASE}/cgi-bin/webhook/send?key={KEY}\n"])
def test_the_key_is_found_in_what_is_pasted(pasted: str):
    assert robot.key_of(pasted) == KEY


@pytest.mark.parametrize(
    "pasted",
    ["", "你好", f"http://127.0.0.1:8000/cgi-bin/webhook/send?key={KEY}",
     f"https://qyapi.weixin.qq.com.evil.cn/cgi-bin/webhook/send?key={KEY}",
     f"https://qyapi.weixin.qq.com/cgi-bin/gettoken?key={KEY}",
     "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="],
)  # fmt: skip
def test_no_other_address_is_ever_kept(pasted: str):
    with pytest.raises(ValueError, match=r"群机器人|key"):
        robot.key_of(pasted)
