"""One question to a provider over HTTPS, with a limit on everything.

The address of a question holds the application's secret: it is never put into an error or a log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from fengcai.engines.identity.vouching import NotVouched

MOST_BYTES = 256 * 1024
SECONDS = 10.0
UNREACHED = "暂时连不上{name}，没有登录。请稍等片刻再试，或换一种方式登录。"


def ask(address: str, parameters: Mapping[str, str], *, name: str) -> bytes:
    """The body of the answer, of whatever type it says it is. Follows no redirect.

    Raises NotVouched when there is no answer, one of another status than 200, or one too long.
    """
    text = UNREACHED.format(name=name)
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", address, params=dict(parameters)) as answer,
        ):
            if answer.status_code != 200:
                raise NotVouched(
                    text,
                    why=f"HTTP {answer.status_code}",
                    mend="看看设置的地址是否写对，中间的代理是否放行",
                )
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise NotVouched(text, why=f"the answer is longer than {MOST_BYTES} bytes")
            return bytes(body)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotVouched(
            text,
            why=type(error).__name__,
            mend="让服务器能连到这个地址（防火墙、DNS、证书）",
        ) from None


def ask_json(address: str, parameters: Mapping[str, str], *, name: str) -> dict[str, Any]:
    """A JSON object. WeChat labels the same UTF-8 JSON text/plain or application/json, so the label
    is not looked at. Raises NotVouched."""
    body = ask(address, parameters, name=name)
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotVouched(UNREACHED.format(name=name), why="the answer is no JSON") from None
    if not isinstance(found, dict):
        raise NotVouched(UNREACHED.format(name=name), why="the answer is no JSON object")
    return found


def text_of(found: Mapping[str, Any], key: str, *, most: int = 128) -> str:
    """A short text of an answer; empty when it is missing, no text, or too long to be one."""
    value = found.get(key)
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        return ""
    return value


def error_of(found: Mapping[str, Any]) -> int:
    """The `errcode` of an answer that came with HTTP 200; 0 when there is none. Other than a whole
    number counts as an error (-1)."""
    code = found.get("errcode", 0)
    return code if isinstance(code, int) and not isinstance(code, bool) else -1
