"""The middleware of `/api/`: whatever goes wrong there, the program gets JSON and nothing is cached.

Django and its middleware answer some things before or beside the API (an unknown address, a wrong
method, a host that is not served) with pages for people; here they become problems.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from fengcai.api import problems

PLACE = "/api/"
JSON = "application/json"


class ApiDoorway:
    """Stands first among the middleware; looks only at addresses under `/api/`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; turn a page of error into a problem."""
        if not request.path_info.startswith(PLACE):
            return self.get_response(request)
        response = self._answer(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if _has_body(request) and request.content_type != JSON:
            return problems.answer(request, problems.KINDS["media-type"])
        response = self.get_response(request)
        spoken = response.headers.get("Content-Type", "").partition(";")[0]
        known = response.status_code in problems.BY_STATUS or response.status_code >= 500
        if response.status_code < 400 or spoken == problems.MEDIA_TYPE or not known:
            return response
        kept = {k: v for k, v in response.headers.items() if k in ("Allow", "Retry-After")}
        return problems.by_status(request, response.status_code, kept)


def _has_body(request: HttpRequest) -> bool:
    sent = request.META.get("CONTENT_LENGTH") or "0"
    chunked = "HTTP_TRANSFER_ENCODING" in request.META
    return request.method in ("POST", "PUT", "PATCH") and (sent != "0" or chunked)
