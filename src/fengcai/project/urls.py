"""The map of addresses, by audience."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
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


def absent(request: HttpRequest) -> HttpResponse:
    """An address of a library that this product does not offer."""
    raise Http404


handler400 = "fengcai.web.shared.faults.bad_request"
handler403 = "fengcai.web.shared.faults.permission_denied"
handler404 = "fengcai.web.shared.faults.not_found"
handler500 = "fengcai.web.shared.faults.server_error"

urlpatterns = [
    path("healthz", alive),
    path("readyz", ready),
    path("api/v1/", api.urls),
    # Accounts are the office's: of allauth's pages only these three are ours.
    re_path(r"^accounts/(?!login/$|logout/$|password/change/$)", absent),
    path("accounts/", include("allauth.account.urls")),
    path("", include("fengcai.web.public.urls")),
    path("", include("fengcai.web.entrant.urls")),
    path("", include("fengcai.web.reviewer.urls")),
    path("", include("fengcai.web.organiser.urls")),
    path("", include("fengcai.web.judge.urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("design/", include("fengcai.web.shared.urls")))
