"""What a program is told when something did not happen: RFC 9457, in Chinese and in English.

Every kind has an address that tells more (`/api/v1/problems/<name>`). A refusal of an action keeps
the very sentence that the page would show.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from fengcai.api.wording import in_chinese
from fengcai.apps.refusals import Refused, Stale

log = logging.getLogger("fengcai.api")

MEDIA_TYPE = "application/problem+json"
ADDRESS = "/api/v1/problems/"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its stable name and status, its title and what it means and asks for."""

    name: str
    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str

    @property
    def type(self) -> str:
        """The URI reference that programs compare."""
        return f"{ADDRESS}{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "malformed", 400, "请求读不懂", "Malformed request",
            "请求体不是合法的 UTF-8 JSON，没有执行。",
            "The request body is not valid UTF-8 JSON. Nothing was done.",
        ),
        Kind(
            "unauthenticated", 401, "没有有效的令牌", "No valid token",
            "请在 Authorization 请求头中带上 Bearer 令牌；令牌可能已过期、被停用，或账号已关闭。",
            "Send a Bearer token in the Authorization header; it may have expired or been revoked, "
            "or its account may be closed.",
        ),
        Kind(
            "scope-missing", 403, "令牌没有这项权限", "Scope missing",
            "这个令牌建立时没有选这项权限，请另建一个。",
            "The token was made without the scope that this needs. Make another one.",
        ),
        Kind(
            "second-factor-missing", 403, "账号缺第二步验证", "Second factor missing",
            "令牌所属的账号按其身份必须启用第二步验证，但还没有启用，没有执行。"
            "请本人登录网页，在“账号安全”启用后再试；令牌不必换。",
            "The token's account must have a second factor and has none. Nothing was done. Its owner "
            "has to sign in and set one up; the token stays as it is.",
        ),
        Kind(
            "not-permitted", 403, "没有权限", "Not permitted",
            "令牌所属的账号在这个活动中没有相应的身份。",
            "The token's account does not hold the role in this contest that this needs.",
        ),
        Kind(
            "not-found", 404, "没有找到", "Not found",
            "没有这个对象，或令牌所属的账号不能知道它。",
            "There is no such thing, or the token's account may not know of it.",
        ),
        Kind(
            "method-not-allowed", 405, "这个地址不支持此方法", "Method not allowed",
            "可用的方法见 Allow 响应头。",
            "The Allow header names the methods that this address has.",
        ),
        Kind(
            "stale", 409, "已被别人改动", "Changed meanwhile",
            "请重新读取，再按新的 version 提交；这次没有改动任何内容。",
            "Read it again and send the new version. Nothing was changed.",
        ),
        Kind(
            "key-in-use", 409, "同一个键的请求正在处理", "Request with this key in progress",
            "带着同一个 Idempotency-Key 的请求还没有处理完，请稍后用同一个键再试。",
            "A request with the same Idempotency-Key is being served. Try again with the same key.",
        ),
        Kind(
            "too-large", 413, "请求太大", "Request too large",
            "请求体超过上限，没有接收。文件请按 tus 协议上传。",
            "The body is over the limit. Files are sent by the tus protocol.",
        ),
        Kind(
            "media-type", 415, "请求体须是 JSON", "JSON only",
            "请求体须是 application/json（UTF-8）。",
            "The body has to be application/json in UTF-8.",
        ),
        Kind(
            "invalid", 422, "请求不合要求", "Invalid request",
            "有的参数或字段不合要求，见 errors；没有执行。",
            "Some parameters or fields are not as required, see errors. Nothing was done.",
        ),
        Kind(
            "refused", 422, "按规则不能这样做", "Refused by the rules",
            "按活动的规则或作品现在的状态不能这样做，没有改动任何内容。",
            "The contest's rules or the state of things do not allow this. Nothing was changed.",
        ),
        Kind(
            "too-late", 422, "不在规定的时间内", "Outside the time allowed",
            "规定的时间还没有到，或已经过去。",
            "The time that the rules give has not begun or is over.",
        ),
        Kind(
            "key-reused", 422, "键已用于别的请求", "Key used for another request",
            "这个 Idempotency-Key 已用于另一个请求，新的请求请换一个新的键。",
            "This Idempotency-Key stands for another request. Use a new key for a new request.",
        ),
        Kind(
            "too-many", 429, "请求太多", "Too many requests",
            "这个令牌一分钟内的请求超过上限，请按 Retry-After 稍后再试。",
            "The token is over its limit for a minute. Wait as Retry-After says.",
        ),
        Kind(
            "fault", 500, "系统出了问题", "Internal error",
            "处理时发生了意外，没有完成的这一步没有生效。请稍后再试；若仍如此，请把 reference 告诉管理员。",
            "Something unexpected happened; what was not finished had no effect. Try again later, "
            "and if it stays so, tell the administrator the reference.",
        ),
    )
}  # fmt: skip
BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "not-permitted",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    429: "too-many",
    500: "fault",
}


class Trouble(Exception):
    """Something is wrong with the request itself, before any action was asked."""

    def __init__(
        self,
        kind: str,
        *,
        detail: str = "",
        detail_en: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = KINDS[kind]
        self.detail = detail
        self.detail_en = detail_en
        self.errors = list(errors)
        self.headers = dict(headers or {})


def invalid(field: str, message: str, message_en: str) -> Trouble:
    """One field that is not as required."""
    return Trouble(
        "invalid", errors=[{"field": field, "message": message, "message_en": message_en}]
    )


def answer(
    request: HttpRequest,
    kind: Kind,
    *,
    detail: str = "",
    detail_en: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """The problem as an answer. `more` are extension members."""
    body = {
        "type": kind.type,
        "title": kind.title,
        "title_en": kind.title_en,
        "status": kind.status,
        "detail": detail or kind.detail,
        "detail_en": detail_en or kind.detail_en,
        "instance": request.path,
        **({"errors": list(errors)} if errors else {}),
        **more,
    }
    response = HttpResponse(
        as_json(body), status=kind.status, content_type=MEDIA_TYPE, headers=headers
    )
    response["Content-Language"] = "zh-CN, en"
    return response


def as_json(value: Any) -> bytes:
    """UTF-8 JSON with Chinese as it is read; a stray surrogate becomes its escape."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def trouble(request: HttpRequest, error: Trouble) -> HttpResponse:
    """A `Trouble` as an answer."""
    return answer(
        request,
        error.kind,
        detail=error.detail,
        detail_en=error.detail_en,
        errors=error.errors,
        headers=error.headers,
    )


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """An action's refusal: its own sentence, its fields, and what stands now when it was stale."""
    kind = KINDS.get(error.code) or KINDS[BY_STATUS.get(error.status, "refused")]
    errors = [{"field": field, "message": message} for field, message in error.fields.items()]
    more: dict[str, Any] = (
        {"version": error.version, "current": error.current} if isinstance(error, Stale) else {}
    )
    return answer(request, kind, detail=error.message, errors=errors, **more)


def validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters or a body that are not as the schema says."""
    errors = [
        {"field": _place(each["loc"]), "message": in_chinese(each), "message_en": str(each["msg"])}
        for each in error.errors[:50]
    ]
    return answer(request, KINDS["invalid"], errors=errors)


def by_status(request: HttpRequest, status: int, headers: Mapping[str, str]) -> HttpResponse:
    """A problem for an answer that came without one."""
    kind = KINDS[BY_STATUS.get(status, "fault" if status >= 500 else "malformed")]
    return answer(request, kind, headers=headers)


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja raises itself: a body that cannot be parsed, a token that is not there."""
    headers = {"WWW-Authenticate": 'Bearer realm="fengcai"'} if error.status_code == 401 else {}
    return by_status(request, error.status_code, headers)


def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body over Django's limit."""
    return answer(request, KINDS["too-large"])


def absent(request: HttpRequest, error: Http404) -> HttpResponse:
    """An address that means nothing."""
    return answer(request, KINDS["not-found"])


def fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """A defect: logged with a reference that the answer carries; nothing of it is shown."""
    reference = f"500-{secrets.token_hex(4)}"
    log.error("%s %s %s", reference, request.method, request.path, exc_info=error)
    return answer(request, KINDS["fault"], reference=reference)


def _place(loc: Sequence[Any]) -> str:
    """Where it is: body.fields.title, query.limit. The name of the view's argument is left out."""
    parts = [str(part) for part in loc]
    if len(parts) > 1 and parts[0] == "body":
        parts = ["body", *parts[2:]] if parts[1] == "body" else parts
    return ".".join(parts)[:200]
