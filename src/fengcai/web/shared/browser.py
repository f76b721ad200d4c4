"""What a browser's own header says about where a page is open: inside WeChat, 企业微信, on a phone.

It decides what is offered, never what is allowed: anybody may write the header.
"""

from __future__ import annotations

import re

from django.http import HttpRequest

PHONE = re.compile(r"\b(?:Mobile|Android|iPhone|HarmonyOS|OpenHarmony)\b")


def _agent(request: HttpRequest) -> str:
    return request.META.get("HTTP_USER_AGENT", "")[:600]


def in_wecom(request: HttpRequest) -> bool:
    """Inside 企业微信, which names WeChat as well."""
    return "wxwork/" in _agent(request).lower()


def in_wechat(request: HttpRequest) -> bool:
    """Inside WeChat itself, on a phone or a computer."""
    return "MicroMessenger/" in _agent(request) and not in_wecom(request)


def cannot_download(request: HttpRequest) -> bool:
    """Whether a download would come to nothing: WeChat's browser on a phone saves no file."""
    return in_wechat(request) and on_phone(request)


def on_phone(request: HttpRequest) -> bool:
    """On a telephone or tablet, as far as the browser says."""
    return PHONE.search(_agent(request)) is not None


def on_iphone(request: HttpRequest) -> bool:
    """On an iPhone or iPad, whose browsers all show a PDF in place."""
    return re.search(r"\((?:iPhone|iPad)", _agent(request)) is not None
