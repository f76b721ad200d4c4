"""Just the addresses that the shared page parts name; no other audience is needed to test them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def here(request: HttpRequest, **_: object) -> HttpResponse:
    """An address that only has to exist."""
    return HttpResponse("ok")


urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("me/", here, name="me"),
    path("", here, name="home"),
    path("c/<slug:slug>/", here, name="contest"),
    path("c/<slug:slug>/gallery/", here, name="gallery"),
    path("design/", include("fengcai.web.shared.urls")),
]

handler400 = "fengcai.web.shared.faults.bad_request"
handler403 = "fengcai.web.shared.faults.permission_denied"
handler404 = "fengcai.web.shared.faults.not_found"
handler500 = "fengcai.web.shared.faults.server_error"
