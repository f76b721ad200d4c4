"""What is freed, what is finished later, and what is told about an upload."""

from __future__ import annotations

import os
import time

import pytest

from tests.engines.uploads.station import Client, Station, grant, upload_id

PURGE = """
from datetime import datetime, timedelta, UTC
from fengcai.engines.uploads import purge_expired
print(purge_expired(datetime.now(UTC) + timedelta(days={days})))
"""
DESCRIBE = """
from fengcai.engines.uploads.queries import describe
row = describe("{id}")
print(row.state, row.state_text, row.offset, row.length, row.filename, row.refusal, sep="|")
"""


@pytest.fixture
def mine(station) -> Station:
    return station()


def test_only_what_is_overdue_and_unfinished_is_purged(mine: Station) -> None:
    client = mine.client()
    idle = client.begin(10)
    client.patch(idle, 0, b"half")
    untouched = client.begin(10)
    done = client.begin(4)
    client.patch(done, 0, b"done")
    assert mine.python(PURGE.format(days=6)) == "0"
    assert client.offset(idle) == 4
    assert mine.python(PURGE.format(days=8)) == "2"
    assert mine.parts() == []
    for path in (idle, untouched):
        assert client.head(path).status_code == 410
        answer = client.patch(path, 4, b"more")
        assert answer.status_code == 410
        assert "过期" in answer.text
        assert client.request("DELETE", path).status_code == 410
    assert client.offset(done) == 4
    assert len(mine.files()) == 1
    assert mine.python(PURGE.format(days=8)) == "0"


def test_each_patch_gives_an_upload_a_new_week(mine: Station) -> None:
    client = mine.client()
    path = client.begin(10)
    client.patch(path, 0, b"ha")
    mine.sql(
        "update uploads_upload set expires_at = '2026-01-01 00:00:00',"
        " updated_at = '2026-01-01 00:00:00'"
    )
    mine.kill()
    mine.start()
    client.patch(path, 2, b"lf")
    assert mine.python(PURGE.format(days=6)) == "0"
    assert client.offset(path) == 4


def test_an_upload_that_is_being_written_is_not_purged(mine: Station) -> None:
    client = mine.client()
    path = client.begin(10)
    wire = client.cut(path, 0, b"half", 10)
    client.wait_for(upload_id(path), 4)
    assert mine.python(PURGE.format(days=30)) == "0"
    wire.sendall(b"123456")
    assert wire.recv(50).startswith(b"HTTP/1.1 204 ")
    wire.close()
    assert client.offset(path) == 10


def test_files_without_a_row_go_after_a_day(on_disk) -> None:
    mine = on_disk()
    client = mine.client()
    path = client.begin(10)
    client.patch(path, 0, b"half")
    folder = mine.data / "uploads"
    orphan = folder / "12345678-1234-4234-8234-123456789abc.part"
    orphan.write_bytes(b"left behind")
    stranger = folder / "notes.txt"
    stranger.write_text("not ours")
    assert mine.python(PURGE.format(days=0)) == "0"
    assert orphan.exists()
    for file in folder.iterdir():
        os.utime(file, (time.time() - 90_000,) * 2)
    assert mine.python(PURGE.format(days=0)) == "0"
    assert not orphan.exists()
    assert stranger.exists()
    assert client.offset(path) == 4


def test_a_whole_file_is_finished_not_purged(on_disk) -> None:
    mine = on_disk()
    client = mine.client()
    path = client.begin(10)
    client.patch(path, 0, b"half")
    mine.kill()
    with mine.parts()[0].open("ab") as file:
        file.write(b"123456")
    assert mine.python(PURGE.format(days=30)) == "0"
    finish = "from fengcai.engines.uploads import finish_pending; print(finish_pending())"
    assert mine.python(finish) == "1"
    assert [file.read_bytes() for file in mine.files()] == [b"half123456"]
    mine.start()
    assert client.offset(path) == 10


def test_a_refusal_found_by_finish_pending(on_disk) -> None:
    mine = on_disk()
    client = mine.client()
    path = client.begin(4, token=grant("test.refuse"))
    client.patch(path, 0, b"la")
    mine.kill()
    with mine.parts()[0].open("ab") as file:
        file.write(b"te")
    finish = "from fengcai.engines.uploads import finish_pending; print(finish_pending())"
    assert mine.python(finish) == "1"
    assert (mine.files(), mine.parts()) == ([], [])
    mine.start()
    assert client.patch(path, 3, b"e").status_code == 422


def test_the_file_was_lost_with_a_restored_backup(on_disk) -> None:
    mine = on_disk()
    client = mine.client()
    path = client.begin(8)
    client.patch(path, 0, b"half")
    mine.parts()[0].unlink()
    assert client.offset(path) == 0
    assert client.patch(path, 0, b"halfrest").headers["upload-offset"] == "8"
    assert [file.read_bytes() for file in mine.files()] == [b"halfrest"]


def test_what_a_page_is_told(mine: Station) -> None:
    client = mine.client()
    path = client.begin(10, token=grant("test.refuse"))
    wire = client.cut(path, 0, b"half", 10)
    client.wait_for(upload_id(path), 4)
    code = DESCRIBE.format(id=upload_id(path))
    if mine.bucket is None:
        assert mine.python(code) == "receiving|接收中|4|10|短片.mp4|"
    wire.close()
    for _ in range(100):  # in S3 the row follows as soon as the writer has let go
        if client.offset(path) == 4:
            break
    assert mine.python(code) == "receiving|接收中|4|10|短片.mp4|"
    client.patch(path, client.offset(path), b"123456")
    assert mine.python(code).startswith("refused|已拒收|10|10|短片.mp4|征集已经截止。")


def test_statements_of_one_patch(on_disk) -> None:
    """None while chunks follow each other; completion: finished, consumed, read again."""
    counted = on_disk().python(
        """
import asyncio
from django.db import connection
from django.test.utils import CaptureQueriesContext
from asgiref.sync import async_to_sync
from datetime import UTC, datetime, timedelta
from fengcai.engines.uploads import issue_grant, tus_application
import base64, re

def ask(method, path, body, **headers):
    sent = []
    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}
    async def send(message):
        sent.append(message)
    headers = {"tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream",
               "content-length": str(len(body)), **headers}
    scope = {"type": "http", "method": method, "path": path, "root_path": "",
             "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]}
    async_to_sync(tus_application)(scope, receive, send)
    return dict(sent[0]["headers"])

token = issue_grant("test.keep", {}, "me", 1 << 40, datetime.now(UTC) + timedelta(hours=1))
meta = "grant " + base64.b64encode(token.encode()).decode()
path = ask("POST", "/uploads/", b"", upload_length="3000000", upload_metadata=meta)[b"location"].decode()
def count(*arguments, **headers):
    with CaptureQueriesContext(connection) as found:
        ask(*arguments, **headers)
    return len([q for q in found if re.match("SELECT|INSERT|UPDATE", q["sql"])])
ask("PATCH", path, b"x" * 10, upload_offset="0")
print(count("PATCH", path, b"x" * 999990, upload_offset="10"),
      count("HEAD", path, b""),
      count("PATCH", path, b"x" * 2000000, upload_offset="1000000"))
"""
    )
    assert counted == "0 0 3"


def test_memory_is_flat(station) -> None:
    """256 MiB in one body: the server grows by less than 40 MB."""
    mine = station(STATION_FLUSH="15")
    client: Client = mine.client()
    size = 256 * 1024 * 1024
    client.patch(client.begin(1024 * 1024), 0, bytes(1024 * 1024))
    before = mine.memory()
    path = client.begin(size)
    wire = client.cut(path, 0, b"", size)
    block = memoryview(bytes(4 * 1024 * 1024))
    for _ in range(size // len(block)):
        wire.sendall(block)
    assert wire.recv(50).startswith(b"HTTP/1.1 204 ")
    wire.close()
    assert mine.memory() - before < 40_000_000
    kept = [call["size"] for call in mine.calls()]
    assert kept == [1024 * 1024, size]
    assert len(mine.content(mine.calls()[1]["key"])) == size
