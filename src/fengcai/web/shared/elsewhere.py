"""“在浏览器打开”: what stands in the place of a download that WeChat's browser would swallow.

WeChat on a phone saves no file: a tap on a download does nothing at all. Every answer that would be one
becomes a page that says how to open the same address in the phone's own browser; a PDF is shown in
place on an iPhone, which can. No link has to know of it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from fengcai.engines.documents import qr
from fengcai.web.shared.browser import cannot_download, on_iphone, on_phone

HERE = "here"
"""In the query: give the file all the same."""


class OpenElsewhere:
    """Stands behind sign-in, so that the page may say who has to sign in again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, unless a file would be lost. Only what somebody opens as a page is looked at: a
        form's answer, a picture and a film go through."""
        response = self.get_response(request)
        if not cannot_download(request) or not _is_download(response):
            return response
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind == "application/pdf" and on_iphone(request) and not response.has_header("Location"):
            given = response.headers["Content-Disposition"]
            response["Content-Disposition"] = "inline" + given[len("attachment") :]
            return response
        if request.method != "GET" or HERE in request.GET or not _is_page(request):
            return response
        response.close()
        return elsewhere(request)


def elsewhere(request: HttpRequest) -> HttpResponse:
    """The page that says how, for the address that was asked for."""
    address = request.build_absolute_uri()
    separator = "&" if "?" in address else "?"
    answer = render(
        request,
        "shared/elsewhere.html",
        {
            "address": address,
            "anyway": f"{request.get_full_path()}{separator}{HERE}",
            "code": "" if on_phone(request) else qr.svg(address, border=4).decode(),
            "iphone": on_iphone(request),
        },
    )
    add_never_cache_headers(answer)
    return answer


def _is_download(response: HttpResponse) -> bool:
    if response.status_code == 200:
        return response.headers.get("Content-Disposition", "").startswith("attachment")
    # A store elsewhere is told by the address what to call the file.
    location = response.headers.get("Location", "")
    return response.status_code in (302, 303, 307) and (
        "response-content-disposition=attachment" in location.lower()
    )


def _is_page(request: HttpRequest) -> bool:
    """Opened as a page, as far as the browser says: older ones do not."""
    if request.headers.get("HX-Request"):
        return False
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"
