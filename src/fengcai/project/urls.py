"""The map of addresses, by audience."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe

from fengcai.api.interface import api


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """`/healthz`: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """`/readyz`: the database answers too."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")


handler400 = "fengcai.web.shared.faults.bad_request"
handler403 = "fengcai.web.shared.faults.permission_denied"
handler404 = "fengcai.web.shared.faults.not_found"
handler429 = "fengcai.web.shared.faults.too_many"  # allauth's and our own limits ask for it
handler500 = "fengcai.web.shared.faults.server_error"

urlpatterns = [
    path("healthz", alive),
    path("readyz", ready),
    path("api/v1/", api.urls),
    path("accounts/", include("fengcai.web.shared.accounts.urls")),
    path("", include("fengcai.web.public.urls")),
    path("", include("fengcai.web.entrant.urls")),
    path("", include("fengcai.web.reviewer.urls")),
    path("", include("fengcai.web.judge.urls")),
    path("", include("fengcai.web.organiser.urls")),  # last: whoever comes behind passes all of it
]

if settings.DEBUG:
    urlpatterns.append(path("design/", include("fengcai.web.shared.urls")))
