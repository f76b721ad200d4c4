"""The pages for what went wrong: what happened, what is kept, what to do, a code for support.

Wired as `handler400`, `handler403`, `handler404`, `handler429` and `handler500` of the URL map. The last works
without a database and without the built front end.
"""

from __future__ import annotations

import logging
import secrets
import sys
from dataclasses import dataclass, replace

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404
from django.utils.html import escape

log = logging.getLogger("fengcai.web")


@dataclass(frozen=True)
class Fault:
    """What a person reads when a page cannot be shown."""

    status: int
    title: str
    happened: str
    kept: str
    todo: str
    url: str = "/"
    action: str = "回到首页"
    code: str = ""


FAULTS: dict[int, Fault] = {
    400: Fault(
        400,
        "这次请求没有看懂",
        "浏览器发来的内容不完整或格式不对，系统没有处理它。",
        "之前已保存的内容都在，这一次没有改动任何数据。",
        "请返回上一页刷新后再试一次；如果仍然如此，请把下面的编号告诉组织者。",
    ),
    403: Fault(
        403,
        "您不能打开这个页面",
        "当前登录的账号没有查看这里的权限，或者登录已经失效。",
        "已保存的内容都在，没有改动任何数据。",
        "请确认登录的账号是否正确；如果本该能看，请联系活动组织者为您开通。",
        url="/me/",
        action="看看我能做的事",
    ),
    404: Fault(
        404,
        "没有找到这个页面",
        "网址可能抄错了，或者这里的内容已经撤下。",
        "您的作品和草稿都不受影响。",
        "请检查网址，或从首页重新进入。",
    ),
    413: Fault(
        413,
        "一次提交的内容太多",
        "这次提交超过了表单允许的大小，系统没有接收。",
        "自动保存过的内容都在，这一次提交没有生效。",
        "文字内容请删减后再提交；视频、图片等文件请用页面上的“上传文件”，它能传大文件并支持断点续传。",
    ),
    429: Fault(
        429,
        "操作太频繁",
        "短时间内从这里来的请求太多，系统暂时没有处理这一次。",
        "已保存的内容都在，这一次没有改动任何数据。",
        "请过一分钟再试。",
    ),
    500: Fault(
        500,
        "系统出了点问题",
        "处理这个页面时发生了意外，不是您的操作造成的。",
        "已保存的内容都在；没有完成的这一步没有生效，不会只做一半。",
        "请过一两分钟再试；如果仍然如此，请把下面的编号告诉组织者，凭编号可以查到原因。",
    ),
}


def fault(status: int) -> Fault:
    """The fault of a status with a fresh support code."""
    return replace(FAULTS[status], code=f"{status}-{secrets.token_hex(3).upper()}")


def _page(request: HttpRequest, status: int, exception: Exception | None) -> HttpResponse:
    found = fault(status)
    # An address that fits no pattern comes with the list of all patterns: of no use in a log.
    why = "" if isinstance(exception, Resolver404) else exception
    log.warning("%s %s %s: %s", found.code, request.method, request.path, why)
    return render(request, "shared/fault.html", {"fault": found}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the form was too large."""
    large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return _page(request, 413 if large else 400, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404, exception)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: a limit on how often something may be tried."""
    answer = _page(request, 429, None)
    answer["Retry-After"] = "60"
    return answer


PLAIN = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>{title}</title>'
    "<h1>{title}</h1><p>{happened}</p><p>{kept}</p><p>{todo}</p><p>求助编号：{code}</p>"
    '<p><a href="/">回到首页</a></p></html>'
)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: never asks the database, and still speaks when not even the template can be drawn."""
    found = fault(500)
    log.error("%s %s %s", found.code, request.method, request.path, exc_info=sys.exc_info())
    try:
        return render(None, "shared/fault_bare.html", {"fault": found}, status=500)
    except Exception:
        log.exception("%s the page for the fault failed too", found.code)
        words = {
            name: escape(getattr(found, name))
            for name in ("title", "happened", "kept", "todo", "code")
        }
        return HttpResponse(PLAIN.format(**words), status=500)
