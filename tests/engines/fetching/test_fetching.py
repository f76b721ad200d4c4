"""The guarded fetch against a server of our own: what may be reached, what is taken, what is left."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fengcai.engines.fetching import Fetched, Forbidden, Guard, NotFetched, fetch, inside_of

pytestmark = pytest.mark.intake
HTML = ("text/html", "image/")


class Page(BaseHTTPRequestHandler):
    """Answers by the path that is asked for; remembers what it was asked."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.partition("?")[0]
        if name == "/page":
            self._give(200, b"<p>hello</p>", {"Content-Type": "text/html; charset=utf-8"})
        elif name.startswith("/to"):
            self._give(302, b"", {"Location": self.path.partition("?")[2]})
        elif name == "/round":
            self._give(301, b"", {"Location": "/round"})
        elif name == "/lost":
            self._give(302, b"", {})
        elif name == "/zip":
            self._give(200, b"PK", {"Content-Type": "application/zip"})
        elif name == "/packed":
            self._give(200, b"x", {"Content-Type": "text/html", "Content-Encoding": "gzip"})
        elif name == "/claims":
            self._give(200, b"x", {"Content-Type": "text/html", "Content-Length": "999999"})
        elif name == "/endless":
            self._give(200, b"", {"Content-Type": "text/html"}, length=False)
            try:
                for _ in range(200):
                    self.wfile.write(b"x" * 1000)
            except OSError:
                pass
        elif name == "/drip":
            self._give(200, b"", {"Content-Type": "text/html"}, length=False)
            try:
                for _ in range(30):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                pass
        elif name == "/film":
            self._give(200, b"\x00" * 5000, {"Content-Type": "video/mp4"})
        else:
            self._give(503 if name == "/busy" else 404, b"", {})

    def _give(self, status: int, body: bytes, headers: dict[str, str], length: bool = True) -> None:
        self.send_response(status)
        if length:
            headers = {"Content-Length": str(len(body)), **headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as number:
        yield number


def get(port: int, path: str, **more: object) -> Fetched | NotFetched:
    given = {
        "allow_hosts": None,
        "max_bytes": 20_000,
        "types": HTML,
        "inside": frozenset({("127.0.0.1", port)}),
        "seconds": 5.0,
    }
    url = path if not path.startswith("/") else f"http://127.0.0.1:{port}{path}"
    return fetch(url, **{**given, **more})  # type: ignore[arg-type]


def test_a_page_comes_with_its_hash_and_kind(port: int) -> None:
    found = get(port, "/page?题=一#part")
    assert isinstance(found, Fetched)
    assert (found.content, found.content_type, found.size) == (b"<p>hello</p>", "text/html", 12)
    assert found.sha256 == hashlib.sha256(b"<p>hello</p>").hexdigest()
    assert Page.asked[-1] == "/page?%E9%A2%98=%E4%B8%80"


def test_a_large_file_goes_to_disk(port: int, tmp_path: Path) -> None:
    found = get(port, "/film", types=("video/",), into=tmp_path / "film")
    assert isinstance(found, Fetched)
    assert (found.size, found.content) == (5000, b"")
    assert (tmp_path / "film").read_bytes() == b"\x00" * 5000


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/zip", "网站给的是“application/zip”，不是要取的内容。"),
        ("/packed", "网站只肯给压缩过的内容，没有取。"),
        ("/claims", "内容超过 20000 字节 的上限，没有取。"),
        ("/endless", "内容超过 20000 字节 的上限，没有取。"),
        ("/none", "网站答复 404，没有取到内容。"),
        ("/lost", "网站要求转到别处，却没有说到哪里。"),
        ("/round", "网站转了 5 次还没有到，没有取到内容。"),
    ],
)
def test_what_is_not_taken_is_said_and_leaves_no_file(
    port: int, tmp_path: Path, path: str, said: str
) -> None:
    assert get(port, path, into=tmp_path / "kept") == NotFetched(said)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_drips_is_left_in_time(port: int) -> None:
    began = time.monotonic()
    found = get(port, "/drip", seconds=0.4)
    assert found == NotFetched("网站在 0 秒内没有答复完，没有取到内容。", again=True)
    assert time.monotonic() - began < 1.2


def test_a_server_that_is_busy_or_away_may_be_asked_again(port: int) -> None:
    assert get(port, "/busy") == NotFetched("网站答复 503，没有取到内容。", again=True)
    with serving() as gone:
        pass
    assert get(gone, "/page") == NotFetched("连不上这个网站，没有取到内容。", again=True)


INNER = "链接指向本单位内部或本机的地址，不予访问。"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://10.0.0.8/", "http://192.168.1.1/", "http://172.16.0.1/"),
        *("http://169.254.169.254/latest/meta-data/", "http://0.0.0.0/", "http://100.64.0.1/"),
        *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://[fd00::1]/"),
        "http://[fec0::1]/",
        *("http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/"),
        *("http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://localhost/"),
    ],
)
def test_nothing_that_is_not_public_is_reached(url: str) -> None:
    assert get(1, url, inside=frozenset()) == NotFetched(INNER)


def test_a_redirect_is_judged_like_the_first_address(port: int) -> None:
    assert get(port, "/to?http://127.0.0.2/") == NotFetched(INNER)
    assert get(port, "/to?file:///etc/passwd").reason == "链接应以 http:// 或 https:// 开头。"
    assert get(port, f"/to?http://me:it@127.0.0.1:{port}/page").reason == "链接里不能带账号或口令。"
    only = {"allow_hosts": ("127.0.0.1",)}
    assert (
        get(port, "/to?http://example.cn/", **only).reason == "example.cn 不在允许抓取的网站之列。"
    )
    assert isinstance(get(port, "/to?/page", **only), Fetched)


@pytest.mark.parametrize("url", ["http://[", "http://[::1%中]/"])
def test_an_address_that_is_none_is_refused_wherever_it_comes_from(port: int, url: str) -> None:
    assert get(1, url) == NotFetched("链接不对，请核对。")
    assert get(port, f"/to?{url}") == NotFetched("链接不对，请核对。")


def test_one_inner_number_spoils_a_name_and_the_judged_number_is_the_one_connected_to(
    port: int,
) -> None:
    both = get(port, f"http://mixed.example.cn:{port}/page",
               resolve=lambda host, port: ["127.0.0.1", "10.0.0.1"])  # fmt: skip
    assert both == NotFetched(INNER)
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    once = get(port, f"http://turning.example.cn:{port}/page",
               resolve=lambda host, port: next(answers))  # fmt: skip
    assert isinstance(once, Fetched)


@pytest.mark.parametrize(
    "url",
    [
        *("", "javascript:alert(1)", "ftp://example.cn/", "http://", "http:///x", "http://a b.cn/"),
        *("http://example.cn:22/", "http://example.cn:99999/", "http://[::1", "http://\\evil.cn/"),
        *(
            "http://x.cn/\r\nHost: y",
            f"http://example.cn/{'x' * 3000}",
            "http://" + "a" * 70 + ".cn/",
        ),
    ],
)
def test_an_address_that_is_none_is_refused_without_a_look(url: str) -> None:
    found = get(1, url if "://" in url else f"{url}", inside=frozenset()) if url else fetch(
        url, allow_hosts=None, max_bytes=1, types=()
    )  # fmt: skip
    assert isinstance(found, NotFetched)
    assert not found.again


def test_names_allowed_are_whole_names_or_what_stands_below() -> None:
    guard = Guard((".weixin.qq.com", "news.example.cn"))
    for url in ("https://mp.weixin.qq.com/s/x", "https://weixin.qq.com/", "http://news.example.cn"):
        guard.look_at(url)
    for url in ("https://evilweixin.qq.com/", "https://a.news.example.cn/", "https://qq.com/"):
        with pytest.raises(Forbidden):
            guard.look_at(url)


def test_inner_places_are_numbers_with_ports() -> None:
    assert inside_of("10.1.2.3:8080, [fd00::1]:80,") == {("10.1.2.3", 8080), ("fd00::1", 80)}
    with pytest.raises(ValueError, match="应写成 IP地址:端口"):
        inside_of("news.example.cn:80")
