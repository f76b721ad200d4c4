"""How a refusal reaches the person: one page (or one fragment, or one JSON line) in Chinese.

Actions raise `Refused`; views need not catch it unless they show the form again with its text.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from fengcai.apps.refusals import Refused, Stale


class RefusalMiddleware:
    """Turns a `Refused` that no view caught into an answer with its status and its words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through: refusals arrive by `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; everything else goes on to Django."""
        if not isinstance(error, Refused):
            return None
        return refusal(request, error)


def wants_json(request: HttpRequest) -> bool:
    """Whether the asker is a script of ours that reads JSON."""
    return "application/json" in request.headers.get("Accept", "")


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """The answer to a refused action."""
    if wants_json(request):
        body: dict[str, object] = {
            "message": error.message,
            "fields": error.fields,
            "code": error.code,
        }
        if isinstance(error, Stale):
            body |= {"version": error.version, "current": error.current}
        return JsonResponse(body, status=error.status, json_dumps_params={"ensure_ascii": False})
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=error.status)
        answer["HX-Reswap"] = "none"
        answer["HX-Trigger"] = json.dumps({"toast": {"message": error.message, "kind": "error"}})
        return answer
    return render(
        request,
        "shared/refused.html",
        {"refusal": error, "support_code": f"{error.code}-{secrets.token_hex(3)}"},
        status=error.status,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page is too old (signed out elsewhere, cookies cleared)."""
    return refusal(
        request,
        _Expired(
            "页面停留太久或已在别处退出登录，这次提交没有生效。请返回上一页刷新后再试；已自动保存的内容都在。"
        ),
    )


class _Expired(Refused):
    status = 403
    code = "page-expired"
