"""A group robot of 企业微信: one post to the group that its key belongs to.

The key is a secret: who has it can write to the group. Whoever calls keeps to twenty posts a minute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import httpx

from fengcai.engines.delivery.asking import posted
from fengcai.engines.delivery.failing import NotSent

BASE = "https://qyapi.weixin.qq.com"
PER_MINUTE = 20
LONGEST = {"text": 2_048, "markdown": 4_096}
"""In bytes of UTF-8 (企业微信 developer document 91770)."""
_KEY = re.compile(r"[A-Za-z0-9_-]{8,100}")


@dataclass(frozen=True)
class Robot:
    """One robot. `base` differs where 企业微信 is installed in the institution itself."""

    key: str = field(repr=False)
    base: str = BASE
    timeout: float = 15.0


def key_of(text: str, *, base: str = BASE) -> str:
    """The key in what an officer pastes: the whole webhook address or the key alone.

    Raises ValueError, in Chinese, for an address of another host: nothing else is ever asked.
    """
    pasted = text.strip()
    if "://" in pasted:
        at, own = urlsplit(pasted), urlsplit(base)
        if (at.scheme, at.netloc) != (own.scheme, own.netloc) or not at.path.endswith(
            "/cgi-bin/webhook/send"
        ):
            raise ValueError(f"这不是 {own.netloc} 的群机器人地址；请从群里“添加机器人”处复制")
        pasted = (parse_qs(at.query).get("key") or [""])[0]
    if not _KEY.fullmatch(pasted):
        raise ValueError("没有找到机器人的 key；请从群里“添加机器人”处复制整个地址")
    return pasted


def send(
    robot: Robot,
    content: str,
    *,
    kind: Literal["text", "markdown"] = "text",
    phones: tuple[str, ...] = (),
) -> None:
    """Post one text; `phones` are mentioned (text only). Raises NotSent, also for one that is too long."""
    size = len(content.encode("utf-8", "replace"))
    if not content.strip():
        raise NotSent("要发到群里的内容是空的。", again=False)
    if size > LONGEST[kind]:
        raise NotSent(
            f"要发到群里的内容有 {size} 字节，超过了企业微信的上限 {LONGEST[kind]} 字节。",
            again=False,
        )
    inner: dict[str, Any] = {"content": content}
    if phones and kind == "text":
        inner["mentioned_mobile_list"] = list(phones)
    _judge(*_posted(robot, {"msgtype": kind, kind: inner}))


def pieces(content: str, *, kind: Literal["text", "markdown"] = "text") -> Iterator[str]:
    """The content in parts that fit, cut at line ends where possible and never inside a character."""
    limit = LONGEST[kind]
    part, size = "", 0
    for line in content.splitlines(keepends=True):
        for chunk in _short(line, limit):
            length = len(chunk.encode("utf-8", "replace"))
            if size + length > limit and part.strip():
                yield part.rstrip("\n")
                part, size = "", 0
            part, size = part + chunk, size + length
    if part.strip():
        yield part.rstrip("\n")


def _short(line: str, limit: int) -> Iterator[str]:
    part, size = "", 0
    for each in line:
        length = len(each.encode("utf-8", "replace"))
        if size + length > limit:
            yield part
            part, size = "", 0
        part, size = part + each, size + length
    yield part


def _posted(robot: Robot, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return posted(
        f"{robot.base.rstrip('/')}/cgi-bin/webhook/send",
        whom="企业微信",
        what="内容",
        timeout=robot.timeout,
        params={"key": robot.key},
        headers={"content-type": "application/json"},
        content=json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"),
    )


def _judge(status: int, answer: dict[str, Any]) -> None:
    """企业微信 answers 200 with an `errcode`; 0 is well."""
    code = answer.get("errcode")
    if status == httpx.codes.OK and code == 0:
        return
    if code == 45009:
        raise NotSent("给群里发得太密（每分钟 20 条），稍后再试（45009）。", again=True, after_s=60)
    if code == -1:
        raise NotSent("企业微信系统忙，稍后再试（-1）。", again=True, after_s=10)
    if code in (93000, 93004, 93008, 40001):
        raise NotSent(
            f"这个群机器人不存在或已被移除，请在群里重新添加并更新设置（{code}）。",
            again=False,
            ours=True,
        )
    if isinstance(code, int):
        raise NotSent(f"企业微信没有接受（{code}）。", again=False)
    if status in (408, 429, 502, 503):
        raise NotSent(f"企业微信暂时不可用（{status}），稍后再试。", again=True)
    raise NotSent(f"企业微信的答复读不懂（{status}），不能确定是否发出。", again=False, unsure=True)
