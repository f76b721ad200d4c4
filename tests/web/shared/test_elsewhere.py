"""“在浏览器打开”: a download inside WeChat becomes a page that says how, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from fengcai.web.shared.browser import cannot_download, in_wechat, in_wecom, on_phone
from fengcai.web.shared.elsewhere import OpenElsewhere

pytestmark = [pytest.mark.intake, pytest.mark.django_db]

ANDROID = (
    "Mozilla/5.0 (Linux; Android 13; V2148A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MicroMessenger/8.0.47.2560(0x28002F50)"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/WIFI Language/zh_CN"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 "
    "Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat"
)
WECOM = ANDROID.replace("MicroMessenger", "wxwork/4.1.20 MicroMessenger")
CHROME = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


def answered(
    made: Callable[[HttpRequest], HttpResponse], agent: str, path: str = "/x/list.xlsx", **more: str
) -> HttpResponse:
    request = RequestFactory().get(path, headers={"user-agent": agent, **more})
    request.user = AnonymousUser()
    request.session = SessionStore()
    return OpenElsewhere(made)(request)


def xlsx(request: HttpRequest) -> HttpResponse:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = "attachment; filename*=utf-8''%E5%90%8D%E5%8D%95.xlsx"
    return HttpResponse(b"PK", kind, headers={"Content-Disposition": disposition})


def pdf(request: HttpRequest) -> HttpResponse:
    disposition = 'attachment; filename="certificate.pdf"'
    return HttpResponse(b"%PDF", "application/pdf", headers={"Content-Disposition": disposition})


@pytest.mark.parametrize(
    ("agent", "wechat", "wecom", "phone", "cannot"),
    [
        (ANDROID, True, False, True, True),
        (IPHONE, True, False, True, True),
        (WINDOWS, True, False, False, False),
        (WECOM, False, True, True, False),
        (CHROME, False, False, True, False),
        ("", False, False, False, False),
        ("MicroMessenger/" + "x" * 9000, True, False, False, False),
    ],
)
def test_what_a_browser_says_of_itself(
    agent: str, wechat: bool, wecom: bool, phone: bool, cannot: bool
) -> None:
    request = RequestFactory().get("/", headers={"user-agent": agent})
    said = (in_wechat(request), in_wecom(request), on_phone(request), cannot_download(request))
    assert said == (wechat, wecom, phone, cannot)


@pytest.mark.clause("H6")
@pytest.mark.parametrize("agent", [ANDROID, IPHONE])
def test_a_table_becomes_the_page_that_says_how(agent: str) -> None:
    page = answered(xlsx, agent, "/c/x/roster.xlsx?show=%22%3E%3Cscript%3E").content.decode()
    assert "请在浏览器里打开" in page
    address = "http://testserver/c/x/roster.xlsx?show=%22%3E%3Cscript%3E"
    assert f'data-copy="{address}"' in page
    assert f'href="{address.removeprefix("http://testserver")}&amp;here"' in page
    assert "<script>" not in page.replace('<script type="module"', "")


def test_a_file_is_let_go_once_it_is_not_sent() -> None:
    import io

    class Watched(io.BytesIO):
        pass

    held = Watched(b"film")
    page = answered(lambda _: FileResponse(held, as_attachment=True, filename="a.mp4"), ANDROID)
    assert "请在浏览器里打开" in page.content.decode()
    assert held.closed


def test_a_pdf_is_shown_in_place_on_an_iphone_and_explained_elsewhere() -> None:
    shown = answered(pdf, IPHONE)
    assert shown["Content-Disposition"] == 'inline; filename="certificate.pdf"'
    assert shown.content == b"%PDF"
    assert "请在浏览器里打开" in answered(pdf, ANDROID).content.decode()


@pytest.mark.parametrize(
    ("agent", "path", "more"),
    [
        (CHROME, "/x.xlsx", {}),
        (WINDOWS, "/x.xlsx", {}),
        (ANDROID, "/x.xlsx?here", {}),
        (ANDROID, "/x.xlsx", {"hx-request": "true"}),
        (ANDROID, "/x.xlsx", {"sec-fetch-dest": "video"}),
    ],
)
def test_everything_else_goes_through(agent: str, path: str, more: dict[str, str]) -> None:
    assert answered(xlsx, agent, path, **more).content == b"PK"


def test_pages_forms_and_refusals_go_through() -> None:
    assert answered(lambda _: HttpResponse("page"), ANDROID).content == b"page"
    gone = HttpResponse("no", status=404, headers={"Content-Disposition": "attachment"})
    assert answered(lambda _: gone, ANDROID) is gone
    request = RequestFactory().post("/sheet/", headers={"user-agent": ANDROID})
    assert OpenElsewhere(pdf)(request).content == b"%PDF"


def test_what_lies_in_a_store_elsewhere_is_explained_too() -> None:
    signed = "https://oss.example.cn/a?response-content-disposition=attachment%3B&X-Amz-Signature=1"
    page = answered(lambda _: HttpResponseRedirect(signed), ANDROID).content.decode()
    assert "请在浏览器里打开" in page
    assert "X-Amz-Signature" not in page
    film = answered(lambda _: HttpResponseRedirect("https://oss.example.cn/film"), ANDROID)
    assert film.status_code == 302
