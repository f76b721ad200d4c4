"""One post over HTTPS to a service that sends for us: its answer as JSON, or how far the post came.

What is raised never holds the address: a key, a number and a message's values stand in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from fengcai.engines.delivery.failing import NotSent

MOST_ANSWER = 64 * 1024


def posted(
    address: str,
    *,
    whom: str,
    what: str,
    timeout: float,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str],
    content: bytes = b"",
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of the answer; `{}` for one that is too long or no JSON object.

    `whom` is whom we ask (短信服务), `what` what was handed over (短信). Raises NotSent: again where nothing
    was sent, unsure where no answer came.
    """
    try:
        with (
            httpx.Client(timeout=timeout, follow_redirects=False) as client,
            client.stream(
                "POST", address, params=params, headers=dict(headers), content=content
            ) as said,
        ):
            body = bytearray()
            for part in said.iter_bytes():
                body += part
                if len(body) > MOST_ANSWER:
                    return said.status_code, {}
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL) as error:
        raise NotSent(
            f"连不上{whom}（{type(error).__name__}）。请检查网络。", again=True, ours=True
        ) from None
    except httpx.HTTPError as error:
        raise NotSent(
            f"{what}已交给{whom}，但没有等到答复（{type(error).__name__}），不能确定是否发出。",
            again=False,
            unsure=True,
        ) from None
    try:
        answer = json.loads(body)
    except ValueError:
        answer = {}
    return said.status_code, answer if isinstance(answer, dict) else {}
