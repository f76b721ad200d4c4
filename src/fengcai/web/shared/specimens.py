"""The living page: every component in its states, and small answers for the elements to talk to.

Debug only. Nothing here is stored: an answer is worked out from what was sent.
"""

from __future__ import annotations

import json
import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fengcai.web.shared import faults
from fengcai.web.shared.specimen_data import checklist, page
from fengcai.web.shared.specimen_film import film_bytes

ACCENTS = ("", "ganhong", "jingchuqing")


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Everything, in the accent asked for by `?accent=`."""
    accent = request.GET.get("accent", "ganhong")
    return render(
        request,
        "shared/design.html",
        page(accent if accent in ACCENTS else "ganhong", at=timezone.localtime()),
    )


@require_safe
def fragment(request: HttpRequest, step: int) -> HttpResponse:
    """A checklist that fills in: each answer is one step further, the last one stops asking."""
    return render(request, "shared/_design_checklist.html", checklist(step))


@require_safe
def film(request: HttpRequest) -> HttpResponse:
    """Eight seconds of a drawn film, whole or by byte range."""
    content = film_bytes()
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    if asked is None:
        answer = HttpResponse(content, content_type="video/mp4")
    else:
        first = int(asked[1])
        last = min(int(asked[2] or len(content) - 1), len(content) - 1)
        answer = HttpResponse(content[first : last + 1], content_type="video/mp4", status=206)
        answer["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    answer["Accept-Ranges"] = "bytes"
    return answer


@require_POST
def grant(request: HttpRequest) -> HttpResponse:
    """Refuses an upload in Chinese, as the real grant does after the deadline."""
    return JsonResponse(
        {
            "message": "这里是设计展示页，不接收文件。选中的文件还在您的电脑上，没有上传。",
            "fields": {},
        },
        status=422,
    )


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Saves nothing and answers as a draft's address does; the word 冲突 plays a second editor."""
    sent = json.loads(request.body)
    if any("冲突" in str(value) for value in sent["fields"].values()):
        theirs = dict.fromkeys(sent["fields"], "另一处保存的文字：针灸推拿绝技的一天")
        return JsonResponse(
            {
                "message": "另一处刚刚保存过这份草稿，两边的文字都还在。",
                "version": sent["version"] + 1,
                "current": theirs,
            },
            status=409,
        )
    return JsonResponse({"version": sent["version"] + 1})


@require_POST
def marks(request: HttpRequest) -> HttpResponse:
    """Answers as the score sheet's address does."""
    sent = json.loads(request.body)
    return JsonResponse({"version": sent["version"] + 1})


@require_safe
def fault(request: HttpRequest, status: int) -> HttpResponse:
    """An error page as people see it."""
    found = faults.fault(status if status in faults.FAULTS else 404)
    return render(request, "shared/fault.html", {"fault": found}, status=found.status)
