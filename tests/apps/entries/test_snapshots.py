"""What the server keeps of a link that a work was published at: only where settings permit it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry, Item, Snapshot
from fengcai.apps.entries.snapshots import snapshot_file, snapshots_of, title_of
from fengcai.apps.refusals import NotFound
from fengcai.core.rulebook.rules import Slot
from fengcai.engines import storage
from fengcai.engines.jobs import run_pending
from tests.factories.any_rulebook import Office, office, rules_named

pytestmark = [pytest.mark.django_db, pytest.mark.intake, pytest.mark.clause("H13")]
PAGE = "<html><head><meta charset=gb2312><title> 一滴血的\n旅程 </title></head></html>".encode(
    "gbk"
)


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/s/1" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def stage(settings: Any, tmp_path: Path) -> tuple[Office, Entry]:
    settings.FENGCAI_DATA = tmp_path / "data"
    rules = rules_named("speech-final-2026")
    track = rules.tracks[0]
    link = Slot(id="published", name="发布链接", kind="link", role="proof", min=1, max=3,
                accept=(), asks=("platform", "published_on"), cite=track.cite)  # fmt: skip
    track = track.model_copy(update={"slots": (*track.slots, link)})
    made = office(rules.model_copy(update={"tracks": (track, *rules.tracks[1:])}))
    return made, made.begin(made.unit("检验科"), track.id)


def save(made: Office, entry: Entry, url: str, place: int | None = None) -> Item:
    item = actions.save_item(
        entry_id=entry.pk, slot="published", place=place,
        values={"url": url, "platform": "公众号", "published_on": "2026-01-02"},
        by=made.who(entry.unit), at=made.when(entry),
    )  # fmt: skip
    run_pending()
    return item


def test_nothing_is_asked_for_unless_settings_permit(stage: tuple[Office, Entry]) -> None:
    made, entry = stage
    save(made, entry, "http://127.0.0.1:9/s/1")
    assert Snapshot.objects.count() == 0
    assert snapshots_of(entry) == []


def test_the_page_is_kept_with_its_hash_and_title(
    stage: tuple[Office, Entry], settings: Any, port: int
) -> None:
    made, entry = stage
    settings.FENGCAI_FETCH = True
    settings.FENGCAI_FETCH_INSIDE = f"127.0.0.1:{port}"
    save(made, entry, f"http://127.0.0.1:{port}/s/2")
    save(made, entry, f"http://127.0.0.1:{port}/s/1", place=1)
    assert [row.why for row in Snapshot.objects.order_by("pk")] == [
        "网站答复 404，没有取到内容。",
        "",
    ]
    [row] = snapshots_of(entry)
    assert (row.title, row.content_type, row.why) == ("一滴血的 旅程", "text/html", "")
    with storage.readable(row.key) as path:
        assert path.read_bytes() == PAGE
    assert snapshot_file(user=made.reviewer, entry_id=entry.pk, snapshot=row.pk) == row
    stranger = made.who(made.unit("别科"))
    with pytest.raises(NotFound):
        snapshot_file(user=stranger, entry_id=entry.pk, snapshot=row.pk)


def test_an_inner_address_is_not_reached_and_the_reason_is_kept(
    stage: tuple[Office, Entry], settings: Any
) -> None:
    made, entry = stage
    settings.FENGCAI_FETCH = True
    save(made, entry, "http://10.0.0.8/admin")
    [row] = snapshots_of(entry)
    assert (row.key, row.why) == ("", "链接指向本单位内部或本机的地址，不予访问。")


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (b"<title>a &amp; b</title>", "a & b"),
        (b"<title>" + "题".encode() + b"</title>", "题"),
        (b"<meta charset=no-such><title>x</title>", "x"),
        (b"no title", ""),
        (b"\xff\xfe\x00", ""),
        (b"<meta charset=gb2312><title>" + "题".encode("gbk") + b"</title>", "题"),
        (b"<meta charset=undefined><title>x</title>", "x"),
        (b"<meta charset=raw_unicode_escape><title>\\ud800</title>", "\\ud800"),
    ],
)
def test_titles(page: bytes, title: str) -> None:
    assert title_of(page) == title
