"""Connections that break, servers that die, writers that meet: nothing received is lost."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.uploads.station import Client, Station, upload_id

MIB = 1024 * 1024


def call_of(client: Client, path: str) -> dict:
    (call,) = [c for c in client.station.calls() if c["id"] == upload_id(path)]
    return call


def ask_until(client: Client, path: str, offset: int) -> None:
    """HEAD until the server tells `offset`: it notices a hang-up within moments."""
    seen = -1
    for _ in range(100):
        seen = client.offset(path)
        if seen == offset:
            return
        time.sleep(0.02)
    assert seen == offset


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_every_byte_before_a_hang_up_is_kept(client: Client, reset: bool) -> None:
    body = os.urandom(4 * MIB)
    path = client.begin(len(body))
    half = len(body) // 2
    wire = client.cut(path, 0, body[:half], len(body))
    if reset:
        # RST drops what the receiver has not read, so let it read first.
        client.wait_for(upload_id(path), half)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    wire.close()
    ask_until(client, path, half)
    assert client.patch(path, half, body[half:]).headers["upload-offset"] == str(len(body))
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()


def test_cut_at_half_then_kill_9_then_resumed(station: Callable[..., Station]) -> None:
    mine = station()
    client = mine.client()
    body = os.urandom(8 * MIB)
    path = client.begin(len(body))
    assert client.patch(path, 0, body[:MIB]).status_code == 204
    half = len(body) // 2
    wire = client.cut(path, MIB, body[MIB:half], len(body) - MIB)
    client.wait_for(upload_id(path), half)
    mine.kill()
    wire.close()
    assert mine.arrived(upload_id(path)) == half
    mine.start()
    assert client.offset(path) == half
    assert client.patch(path, half, body[half:]).headers["upload-offset"] == str(len(body))
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()
    assert [file.read_bytes() == body for file in mine.files()] == [True]
    assert mine.parts() == []


def test_kill_9_in_a_chunk_whose_checksum_was_not_seen(station: Callable[..., Station]) -> None:
    mine = station()
    client = mine.client()
    body = os.urandom(2 * MIB)
    path = client.begin(len(body))
    client.patch(path, 0, body[:1000])
    right = base64.b64encode(hashlib.sha1(body[1000:]).digest()).decode()
    sent = {"Upload_Checksum": f"sha1 {right}"}
    wire = client.cut(path, 1000, b"\0" * MIB, len(body) - 1000, **sent)
    client.wait_for(upload_id(path), 1000 + MIB)
    mine.kill()
    wire.close()
    mine.start()
    assert client.offset(path) == 1000
    wire = client.cut(path, 1000, b"\0" * MIB, len(body) - 1000, **sent)
    client.wait_for(upload_id(path), 1000 + MIB)
    wire.close()  # a hang-up: what cannot be proved is not kept either
    ask_until(client, path, 1000)
    assert client.patch(path, 1000, body[1000:], upload_checksum=f"sha1 {right}").status_code == 204
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()


def test_the_process_dies_between_the_last_byte_and_the_row(
    on_disk: Callable[..., Station],
) -> None:
    mine = on_disk()
    client = mine.client()
    body = os.urandom(100_000)
    path = client.begin(len(body))
    client.patch(path, 0, body[:50_000])
    mine.kill()
    with mine.parts()[0].open("ab") as file:  # as if the last write had just reached the file
        file.write(body[50_000:])
    mine.start()
    assert client.offset(path) == len(body)
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("recovery", ["head", "patch", "finish_pending"])
def test_the_process_dies_inside_the_callback(
    station: Callable[..., Station], recovery: str
) -> None:
    mine = station()
    client = mine.client()
    path = client.begin(5)
    (mine.data / "die").touch()
    with pytest.raises(Exception, match=r"disconnected|reset|closed"):
        client.patch(path, 0, b"whole")
    assert mine.process is not None
    assert mine.process.wait() == -signal.SIGKILL
    assert mine.sql("select state from uploads_upload") == [("finished",)]
    if recovery == "finish_pending":
        code = "from fengcai.engines.uploads import finish_pending; print(finish_pending())"
        assert mine.python(code) == "1"
        assert mine.python(code) == "0"
    mine.start()
    if recovery == "patch":
        assert client.patch(path, 4, b"e").headers["upload-offset"] == "5"
    assert client.offset(path) == 5
    assert mine.sql("select state from uploads_upload") == [("consumed",)]
    first, second = mine.calls()  # the first one's transaction never committed
    assert first["sha256"] == second["sha256"] == hashlib.sha256(b"whole").hexdigest()
    assert mine.content(second["key"]) == b"whole"
    assert mine.parts() == []


def test_a_callback_that_fails_once(station: Callable[..., Station]) -> None:
    mine = station()
    client = mine.client()
    path = client.begin(5)
    (mine.data / "fail").touch()
    answer = client.patch(path, 0, b"whole")
    assert answer.status_code == 500
    assert "不必重新上传" in answer.text
    if mine.bucket is None:
        assert mine.files() == []
        assert [part.read_bytes() for part in mine.parts()] == [b"whole"]
    assert client.offset(path) == 5  # asking completes it
    assert len(mine.files()) == 1
    assert mine.parts() == []


def test_two_healthy_writers(station: Callable[..., Station]) -> None:
    client = station(STATION_PATIENCE="0.5").client()
    body = os.urandom(1000)
    path = client.begin(len(body))
    stop = threading.Event()
    wire = client.cut(path, 0, body[:100], len(body))

    def trickle() -> None:
        for at in range(100, 900, 10):
            if stop.wait(0.05):
                return
            wire.sendall(body[at : at + 10])

    first = threading.Thread(target=trickle)
    first.start()
    client.wait_for(upload_id(path), 100)
    second = client.patch(path, 100, body[100:])
    head = client.head(path)
    stop.set()
    first.join()
    assert (second.status_code, head.status_code) == (423, 423)
    assert "另一个页面" in second.text
    wire.close()
    offset = client.offset(path)
    assert 100 <= offset < 1000
    client.patch(path, offset, body[offset:])
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()


def test_a_silent_writer_makes_room_for_the_next(client: Client) -> None:
    body = os.urandom(10_000)
    path = client.begin(len(body))
    wire = client.cut(path, 0, body[:4000], len(body))  # the network is gone; no FIN ever comes
    client.wait_for(upload_id(path), 4000)
    started = time.monotonic()
    assert client.offset(path) == 4000
    assert time.monotonic() - started < 5
    assert client.patch(path, 4000, body[4000:]).headers["upload-offset"] == "10000"
    assert wire.recv(50).startswith(b"HTTP/1.1 423 ")
    wire.close()
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()


def test_a_cancel_does_not_wait_for_the_writer(client: Client) -> None:
    path = client.begin(10_000)
    wire = client.cut(path, 0, b"x" * 4000, 10_000)
    client.wait_for(upload_id(path), 4000)
    assert client.request("DELETE", path).status_code == 204
    wire.close()
    assert client.head(path).status_code == 410
    assert client.station.arrived(upload_id(path)) == -1


def test_silence_ends_a_request_and_keeps_its_bytes(station: Callable[..., Station]) -> None:
    client = station(STATION_SILENCE="0.3").client()
    path = client.begin(100)
    wire = client.cut(path, 0, b"x" * 40, 100)
    answer = b"".join(iter(lambda: wire.recv(4096), b"")).decode()  # until the server hangs up
    assert answer.startswith("HTTP/1.1 408 ")
    assert "40 字节" in answer
    assert "connection: close" in answer
    wire.close()
    assert client.offset(path) == 40


def test_a_full_disk_keeps_what_it_took(on_disk: Callable[..., Station]) -> None:
    mine = on_disk(STATION_DISK=str(3 * MIB + 100))
    client = mine.client()
    body = os.urandom(5 * MIB)
    path = client.begin(len(body))
    answer = client.patch(path, 0, body)
    assert answer.status_code == 507
    assert answer.headers["upload-offset"] == str(3 * MIB + 100)
    assert "3.0 MB" in answer.text
    mine.kill()
    del mine.environment["STATION_DISK"]  # the administrator made room
    mine.start()
    offset = client.offset(path)
    assert offset == 3 * MIB + 100
    assert client.patch(path, offset, body[offset:]).status_code == 204
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()


def test_a_polite_stop_keeps_the_bytes_of_a_running_upload(
    station: Callable[..., Station],
) -> None:
    mine = station()
    mine.stop()
    mine.start("--timeout-graceful-shutdown", "1")
    client = mine.client()
    path = client.begin(2 * MIB)
    body = os.urandom(MIB + 77)
    wire = client.cut(path, 0, body, 2 * MIB)
    client.wait_for(upload_id(path), len(body))
    mine.stop()
    wire.close()
    mine.start()
    assert client.offset(path) == len(body)


def test_a_digest_that_is_gone_catches_up(station: Callable[..., Station]) -> None:
    mine = station(STATION_FORGETFUL="1")
    client = mine.client()
    body = os.urandom(12 * MIB)
    path = client.begin(len(body))
    for start in range(0, len(body), 3 * MIB):
        client.patch(path, start, body[start : start + 3 * MIB])
    assert call_of(client, path)["sha256"] == hashlib.sha256(body).hexdigest()


def test_two_processes_on_one_disk(station: Callable[..., Station]) -> None:
    """What one process remembers of an upload never outlives what another did to it."""
    one = station()
    two = Station(one.data, one.bucket)
    try:
        first, second = one.client(), two.client()
        body = os.urandom(30_000)
        path = first.begin(len(body))
        first.patch(path, 0, body[:10_000])
        # The other process begins a chunk with a checksum and dies before a byte of it came.
        wire = second.cut(path, 10_000, b"", 5, Upload_Checksum="sha1 AAAA")
        for _ in range(200):
            if one.sql("select unverified from uploads_upload") == [(1,)]:
                break
            time.sleep(0.02)
        assert one.sql("select unverified from uploads_upload") == [(1,)]
        two.kill()
        wire.close()
        assert first.patch(path, 10_000, body[10_000:20_000]).status_code == 204
        one.kill()
        one.start()
        assert first.offset(path) == 20_000
        first.patch(path, 20_000, body[20_000:])
        assert call_of(first, path)["sha256"] == hashlib.sha256(body).hexdigest()

        two.start()
        path = first.begin(10)
        first.patch(path, 0, b"half")
        assert second.request("DELETE", path).status_code == 204
        assert first.patch(path, 4, b"more").status_code == 410
        path = first.begin(10)
        first.patch(path, 0, b"half")
        second.patch(path, 4, b"more")
        assert first.patch(path, 4, b"xxxx").headers["upload-offset"] == "8"
        assert first.patch(path, 8, b"ok").status_code == 204
        assert call_of(first, path)["sha256"] == hashlib.sha256(b"halfmoreok").hexdigest()
    finally:
        two.stop()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.binary(min_size=1, max_size=8),
    steps=st.lists(
        st.tuples(st.integers(1, 400_000), st.sampled_from(["whole", "cut", "checked", "wrong"])),
        min_size=1,
        max_size=6,
    ),
)
def test_any_chunks_and_cuts_make_the_same_file(
    client: Client, seed: bytes, steps: list[tuple[int, str]]
) -> None:
    """Whatever the stretches, and however some of them end, the file is what was sent."""
    total = sum(size for size, _ in steps)
    body = (hashlib.sha512(seed).digest() * (total // 64 + 1))[:total]
    path = client.begin(total)
    for size, how in steps:
        at = client.offset(path)
        piece = body[at : at + size]
        if not piece:
            break
        if how == "cut":
            client.cut(path, at, piece[: size // 2], len(piece)).close()
            ask_until(client, path, at + len(piece[: size // 2]))
        elif how == "whole":
            assert client.patch(path, at, piece).status_code == 204
        else:
            digest = hashlib.md5(piece if how == "checked" else b"").digest()
            checksum = f"md5 {base64.b64encode(digest).decode()}"
            answer = client.patch(path, at, piece, upload_checksum=checksum)
            assert answer.status_code == (204 if how == "checked" else 460)
    at = client.offset(path)
    if at < total:
        assert client.patch(path, at, body[at:]).headers["upload-offset"] == str(total)
    call = call_of(client, path)
    assert call["sha256"] == hashlib.sha256(body).hexdigest()
    assert call["size"] == total
