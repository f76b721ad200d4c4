"""Local services that speak the documented protocols of WeChat, 企业微信 and CAS.

They keep the providers' habits: errors as HTTP 200, JSON labelled as text, codes that are good once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

Answer = tuple[int, str, bytes]


class Far:
    """One service. `asked` holds (path, parameters) of every request."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer: Callable[[str, dict[str, str]], Answer] = lambda path, given: (404, "", b"")


@contextmanager
def serving(far: Far) -> Iterator[Far]:
    """`far` on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = urlsplit(self.path)
            given = {key: values[0] for key, values in parse_qs(at.query).items()}
            far.asked.append((at.path, given))
            status, kind, body = far.answer(at.path, given)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    far.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield far
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class WeChatFar(Far):
    """api.weixin.qq.com: `codes` maps a code to what it stands for; each is good once."""

    def __init__(self, *, kind: str = "text/plain") -> None:
        super().__init__()
        self.kind = kind
        self.secrets = {"wx-service": "s1", "wx-site": "s2"}
        self.codes: dict[str, dict[str, Any]] = {}
        self.used: set[str] = set()
        self.answer = self._answer

    def _answer(self, path: str, given: dict[str, str]) -> Answer:
        said = self._say(path, given)
        return 200, self.kind, json.dumps(said, ensure_ascii=False).encode()

    def _say(self, path: str, given: dict[str, str]) -> dict[str, Any]:
        if path != "/sns/oauth2/access_token" or given.get("grant_type") != "authorization_code":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        if given.get("appid") not in self.secrets:
            return {"errcode": 40013, "errmsg": "invalid appid, rid: 1"}
        if self.secrets[given["appid"]] != given.get("secret"):
            return {"errcode": 40125, "errmsg": "invalid appsecret, rid: 1"}
        code = given.get("code", "")
        if code in self.used:
            return {"errcode": 40163, "errmsg": "code been used, rid: 1"}
        if code not in self.codes:
            return {"errcode": 40029, "errmsg": "invalid code, rid: 1"}
        self.used.add(code)
        return {
            "access_token": "T", "expires_in": 7200, "refresh_token": "R",
            "scope": "snsapi_base", **self.codes[code],
        }  # fmt: skip


class WeComFar(Far):
    """qyapi.weixin.qq.com: gettoken and auth/getuserinfo."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, dict[str, Any]] = {}
        self.answer = self._answer

    def _answer(self, path: str, given: dict[str, str]) -> Answer:
        return 200, "application/json; charset=UTF-8", json.dumps(self._say(path, given)).encode()

    def _say(self, path: str, given: dict[str, str]) -> dict[str, Any]:
        if path == "/cgi-bin/gettoken":
            if given.get("corpid") != "ww-yy":
                return {"errcode": 40013, "errmsg": "invalid corpid"}
            if given.get("corpsecret") != "cs":
                return {"errcode": 40001, "errmsg": "invalid credential"}
            return {"errcode": 0, "errmsg": "ok", "access_token": "TOKEN", "expires_in": 7200}
        if path == "/cgi-bin/auth/getuserinfo":
            if given.get("access_token") != "TOKEN":
                return {"errcode": 40014, "errmsg": "invalid access_token"}
            found = self.codes.pop(given.get("code", ""), None)
            if found is None:
                return {"errcode": 40029, "errmsg": "invalid code"}
            return {"errcode": 0, "errmsg": "ok", **found}
        return {"errcode": 404, "errmsg": "no such interface"}


class CasFar(Far):
    """A CAS server's serviceValidate, 2.0 and 3.0: `tickets` maps (ticket, service) to a user."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[tuple[str, str], str] = {}
        self.attributes = "<cas:attributes><cas:cn>张 三</cas:cn></cas:attributes>"
        self.answer = self._answer

    def _answer(self, path: str, given: dict[str, str]) -> Answer:
        if path not in {"/cas/serviceValidate", "/cas/p3/serviceValidate"}:
            return 404, "text/plain", b"not here"
        user = self.tickets.pop((given.get("ticket", ""), given.get("service", "")), None)
        if user is None:
            inner = (
                '<cas:authenticationFailure code="INVALID_TICKET">'
                "ticket not recognized</cas:authenticationFailure>"
            )
        else:
            more = self.attributes if "/p3/" in path else ""
            inner = (
                f"<cas:authenticationSuccess><cas:user>{escape(user)}</cas:user>{more}"
                "</cas:authenticationSuccess>"
            )
        return 200, "text/xml", respond(inner)


def respond(inner: str) -> bytes:
    """A cas:serviceResponse."""
    return (
        f'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{inner}</cas:serviceResponse>'
    ).encode()
