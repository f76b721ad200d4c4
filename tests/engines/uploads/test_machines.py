"""Uploads into S3 from several machines, and an S3 that fails in the middle."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.uploads.conftest import bucket_at
from tests.engines.uploads.station import MIB, PART, Bucket, Client, Station, upload_id
from tooling.servers import s3
from tooling.servers.proxy import FlakyProxy


def refusal(status: str, code: str) -> bytes:
    """What an S3 service says when it will not."""
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>no</Message></Error>'
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def whole_answer(wire: socket.socket) -> bytes:
    """Head and body of one answer."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += wire.recv(65536)
    head, _, body = said.partition(b"\r\n\r\n")
    (length,) = re.findall(rb"content-length: (\d+)", head.lower())
    while len(body) < int(length):
        body += wire.recv(65536)
    return head + body


@pytest.fixture
def machines(s3_server: s3.S3, tmp_path: Path) -> Iterator[tuple[Station, Station]]:
    """Two machines: one database and one bucket, but nothing else in common."""
    bucket = bucket_at(s3_server)
    more = {"STATION_LEASE": "2", "STATION_PATIENCE": "0.5", "STATION_STRANGER": "1"}
    one = Station(tmp_path / "one", bucket, **more)
    two = Station(tmp_path / "two", bucket, STATION_DATABASE=str(one.database), **more)
    yield one, two
    one.stop()
    two.stop()


@pytest.fixture
def flaky(s3_server: s3.S3, tmp_path: Path) -> Iterator[tuple[Station, FlakyProxy]]:
    """A station whose way to S3 can be made to fail."""
    with FlakyProxy(s3_server.port) as proxy:
        bucket = bucket_at(s3_server, f"http://127.0.0.1:{proxy.port}")
        station = Station(tmp_path / "station", bucket)
        # Tests look past the proxy.
        direct = Bucket(s3_server.endpoint, bucket.variables["FENGCAI_STORAGE"])
        station.bucket = direct
        yield station, proxy
        station.stop()


def call_of(station: Station, path: str) -> dict:
    (call,) = [c for c in station.calls() if c["id"] == upload_id(path)]
    return call


def head_until_free(client: Client, path: str) -> int:
    """The offset, asked as a page asks that was told 423."""
    for _ in range(60):
        answer = client.head(path)
        if answer.status_code == 200:
            return int(answer.headers["upload-offset"])
        assert answer.status_code == 423
        time.sleep(0.2)
    raise AssertionError("still held")


def test_one_machine_dies_and_the_other_goes_on(machines: tuple[Station, Station]) -> None:
    one, two = machines
    body = os.urandom(2 * PART + MIB)
    path = one.client().begin(len(body))
    acknowledged = PART + 1000
    assert one.client().patch(path, 0, body[:acknowledged]).status_code == 204
    wire = one.client().cut(
        path, acknowledged, body[acknowledged : 2 * PART], len(body) - acknowledged
    )
    one.client().wait_for(upload_id(path), acknowledged + MIB)
    one.kill()
    wire.close()
    offset = head_until_free(two.client(), path)
    assert acknowledged <= offset <= 2 * PART
    answer = two.client().patch(path, offset, body[offset:])
    assert answer.headers["upload-offset"] == str(len(body))
    call = call_of(two, path)
    assert call["sha256"] == hashlib.sha256(body).hexdigest()
    assert two.content(call["key"]) == body
    assert two.parts() == []


def test_chunks_in_turn_through_two_machines(machines: tuple[Station, Station]) -> None:
    clients = [machine.client() for machine in machines]
    body = os.urandom(PART + 3 * MIB)
    path = clients[0].begin(len(body))
    for number, at in enumerate(range(0, len(body), MIB)):
        answer = clients[number % 2].patch(path, at, body[at : at + MIB])
        assert answer.headers["upload-offset"] == str(at + MIB)
    (call,) = [c for machine in machines for c in machine.calls()]
    assert call["sha256"] == hashlib.sha256(body).hexdigest()


def test_two_machines_send_to_one_upload_at_once(machines: tuple[Station, Station]) -> None:
    one, two = machines
    body = os.urandom(MIB)
    path = one.client().begin(len(body))
    wire = one.client().cut(path, 0, body[:1000], len(body))
    one.client().wait_for(upload_id(path), 1000)
    answer = two.client().patch(path, 0, b"z" * len(body))
    assert answer.status_code == 423
    assert "另一个页面" in answer.text
    # The first one falls silent; its lease runs out, and the second machine takes over.
    offset = head_until_free(two.client(), path)
    assert offset == 1000
    wire.sendall(body[1000:])  # it wakes up: nothing of it may count any more
    said = wire.recv(4096)
    assert said.startswith((b"HTTP/1.1 423 ", b"HTTP/1.1 204 ")), said
    wire.close()
    offset = head_until_free(two.client(), path)
    if offset < len(body):
        assert two.client().patch(path, offset, body[offset:]).status_code == 204
    (call,) = [c for machine in machines for c in machine.calls()]
    assert call["sha256"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("refuse", 503, "繁忙或连不上"),
        (refusal("503 Slow Down", "SlowDown"), 503, "繁忙或连不上"),
        (refusal("403 Forbidden", "AccessDenied"), 500, "拒绝保存"),
        (refusal("403 Forbidden", "RequestTimeTooSkewed"), 500, "拒绝保存"),
    ],
    ids=["down", "slow down", "no permission", "clock"],
)
def test_s3_fails_in_the_middle(
    flaky: tuple[Station, FlakyProxy], how: str | bytes, status: int, words: str
) -> None:
    station, proxy = flaky
    client = station.client()
    body = os.urandom(PART + 2 * MIB)
    path = client.begin(len(body))
    assert client.patch(path, 0, body[:MIB]).status_code == 204
    wire = client.cut(path, MIB, body[MIB : 3 * MIB], len(body) - MIB)
    client.wait_for(upload_id(path), 2 * MIB)
    if isinstance(how, bytes):
        proxy.answer(how)
    else:
        proxy.refuse()
    wire.sendall(body[3 * MIB :])
    said = whole_answer(wire)
    assert said.startswith(f"HTTP/1.1 {status} ".encode()), said
    assert words in said.decode()
    assert "还在" in said.decode()
    wire.close()
    head = client.head(path)  # never "gone": the page waits and asks again, or is told the truth
    kept = int(head.headers.get("upload-offset", MIB))
    assert head.status_code == 423 or kept >= 2 * MIB
    again = client.patch(path, kept, body[kept:])
    assert again.status_code == status
    assert words in again.text
    proxy.pass_on()
    offset = client.offset(path)
    assert MIB <= offset <= len(body)
    assert client.patch(path, offset, body[offset:]).headers["upload-offset"] == str(len(body))
    call = call_of(station, path)
    assert call["sha256"] == hashlib.sha256(body).hexdigest()
    assert station.content(call["key"]) == body
