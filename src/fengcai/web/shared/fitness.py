"""Text that not every database can keep, turned away at the door: U+0000 and half characters.

PostgreSQL refuses both where SQLite stores them. Looks at addresses, query strings and forms; JSON
bodies are read by their views through `texts.storable`, and `/api/` answers for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import UnreadablePostError

from fengcai.apps.refusals import Refused
from fengcai.web.shared.refusals import refusal

ANSWERS_FOR_ITSELF = "/api/"


class UnfitText(Refused):
    """The request holds a character that cannot be kept."""

    status = 400
    code = "unfit-text"


class FitTextMiddleware:
    """Stands before sessions. Drops unfit cookies, which are none of ours; refuses everything else
    that is unfit before a view sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on without the cookies that hold such text: a session's key is looked up."""
        for name in [name for name, value in request.COOKIES.items() if not _fit((name, value))]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> HttpResponse | None:
        """Answer 400 in words, as a page, a toast or JSON; None when all is well."""
        if request.path_info.startswith(ANSWERS_FOR_ITSELF) or _all_fit(request):
            return None
        return refusal(
            request,
            UnfitText(
                "发来的文字里有系统不能保存的字符：看不见的空字符，或半个字符"
                "（多半是从别处粘贴来的，或是被截断的表情符号）。"
                "请返回上一页，删掉那一处或重新输入，再试一次。"
            ),
        )


def _all_fit(request: HttpRequest) -> bool:
    if not (_fit((request.path_info,)) and _fit(_texts(request.GET))):
        return False
    try:
        return _fit(_texts(request.POST))
    except UnreadablePostError:  # the browser went away in the middle
        return True


def _texts(sent: QueryDict) -> Iterable[str]:
    for name, values in sent.lists():
        yield name
        yield from (value for value in values if isinstance(value, str))


def _fit(texts: Iterable[str]) -> bool:
    return all("\0" not in text and not _halved(text) for text in texts)


def _halved(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
