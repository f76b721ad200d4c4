"""The store in S3: checked on the way in and out, and plain words when the service will not."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.db import transaction

from fengcai.engines import storage
from fengcai.engines.storage import Access, scratch
from fengcai.engines.storage import s3 as s3_engine
from tooling.servers import s3
from tooling.servers.proxy import FlakyProxy

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]

_prefixes = count()
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3]:
    with s3.running(tmp_path_factory.mktemp("s3")) as running:
        yield running


def access(endpoint: str) -> Access:
    return Access(endpoint=endpoint, access_key="tests", secret_key="tests-secret")


@pytest.fixture
def configured(server: s3.S3, settings) -> storage.Store:
    """The installation's store, in S3, under a prefix of the test's own."""
    settings.FENGCAI_STORAGE = f"s3://{server.bucket}/kept{next(_prefixes)}"
    settings.FENGCAI_S3_ENDPOINT = server.endpoint
    settings.FENGCAI_S3_ACCESS_KEY, settings.FENGCAI_S3_SECRET_KEY = "tests", "tests-secret"
    return storage.store()


@pytest.fixture(params=["disk", "s3"])
def store(request, server: s3.S3, tmp_path: Path) -> storage.Store:
    """Both engines behind the port."""
    if request.param == "disk":
        return storage.open_store(str(tmp_path / "elsewhere"))
    url = f"s3://{server.bucket}/kept{next(_prefixes)}/deep"
    return storage.open_store(url, access(server.endpoint))


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 9 * MIB + 1])
def test_what_is_put_is_got_and_putting_again_is_nothing(store: storage.Store, size: int) -> None:
    body, key = os.urandom(size), storage.fresh_key(".mp4")
    assert store.put(key, io.BytesIO(body), size=size, sha256=sha(body))
    assert not store.put(key, io.BytesIO(body), size=size, sha256=sha(body))
    assert b"".join(store.get(key)) == body
    assert (store.size(key), store.sha256(key)) == (size, sha(body))
    assert list(store.keys()) == [(key, size)]
    if size > 5:
        assert b"".join(store.get(key, 3, 5)) == body[3:5]
    store.delete(key)
    store.delete(key)
    assert (store.size(key), store.sha256(key), list(store.keys())) == (None, None, [])
    with pytest.raises(FileNotFoundError):
        list(store.get(key))


@pytest.mark.parametrize("size", [10, 9 * MIB])
@pytest.mark.parametrize("wrong", ["sum", "short", "long"])
def test_what_is_not_as_announced_is_not_kept(store: storage.Store, size: int, wrong: str) -> None:
    body, key = os.urandom(size), storage.fresh_key("")
    sent = {"sum": os.urandom(size), "short": body[:-1], "long": body + b"x"}[wrong]
    with pytest.raises(storage.Damaged):
        store.put(key, io.BytesIO(sent), size=size, sha256=sha(body))
    assert store.found(key) is None


def test_keys_in_order_and_nothing_else(store: storage.Store) -> None:
    keys = sorted(storage.fresh_key(".pdf") for _ in range(20))
    for key in reversed(keys):
        store.put(key, io.BytesIO(b"x"), size=1, sha256=sha(b"x"))
    if isinstance(store, s3_engine.S3Store):
        store.client.put_object(Bucket=store.bucket, Key=f"{store.prefix}readme.txt", Body=b"-")
        storage.Multiparts(store).put_piece("a/00000-1", io.BytesIO(b"-"))
    else:
        (Path(store.url) / "ab").mkdir(exist_ok=True)
        (Path(store.url) / "ab" / "readme.txt").write_text("-")
    assert [key for key, _ in list(store.keys())] == keys


def test_a_key_that_is_not_ours(store: storage.Store) -> None:
    for key in ("", "../../etc/passwd", "ab/cd/" + "0" * 32, "arriving/x", "00/00/" + "0" * 31):
        for use in (store.size, store.delete, store.sha256, lambda k: list(store.get(k))):
            with pytest.raises(storage.BadKey):
                use(key)


def test_a_good_place_is_said_to_be_good(store: storage.Store) -> None:
    assert store.check() is None
    assert list(store.keys()) == []
    if isinstance(store, s3_engine.S3Store):
        assert list(store.listed(store.prefix)) == []


def test_adopt_and_roll_back(configured: storage.Store, data: Path) -> None:
    film = data / "film"
    film.write_bytes(b"film" * 3 * MIB)

    def fail() -> None:
        with storage.provisional(), transaction.atomic():
            storage.adopt(film, suffix=".mp4")
            storage.write_bytes(b"pdf", suffix=".pdf")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert film.exists()
    assert list(configured.keys()) == []
    with transaction.atomic():
        stored = storage.adopt(film, suffix=".mp4")
        assert film.exists()
    assert not film.exists()
    assert storage.verify(stored.key, stored.sha256)
    with transaction.atomic():
        storage.delete(stored.key)
        assert configured.size(stored.key) == 12 * MIB
    assert configured.size(stored.key) is None


def test_a_local_copy_lives_as_long_as_its_reader(configured: storage.Store, data: Path) -> None:
    stored = storage.write_bytes(b"film", suffix=".mp4")
    with storage.readable(stored.key, sha256=stored.sha256) as path:
        assert path.read_bytes() == b"film"
        assert path.suffix == ".mp4"
        assert path.parent == data / "scratch"
        assert storage.clear_scratch() == 0  # it is being read
        assert path.exists()
    assert list((data / "scratch").iterdir()) == []
    (data / "scratch" / "left-by-a-dead-process").write_bytes(b"x")
    assert storage.clear_scratch() == 1
    with (
        pytest.raises(storage.Damaged, match="SHA-256 不符"),
        storage.readable(stored.key, sha256="0" * 64),
    ):
        pass
    configured.delete(stored.key)
    with pytest.raises(FileNotFoundError), storage.readable(stored.key):
        pass
    assert list((data / "scratch").iterdir()) == []


def test_no_room_for_a_local_copy(configured: storage.Store, data: Path, monkeypatch) -> None:
    stored = storage.write_bytes(b"film", suffix=".mp4")

    def write(descriptor: int, data: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scratch.os, "write", write)
    with pytest.raises(storage.StorageTrouble, match="本机磁盘满了"), storage.readable(stored.key):
        pass
    monkeypatch.undo()
    assert list((data / "scratch").iterdir()) == []


def refusal(status: str, code: str) -> bytes:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        ("403 Forbidden", "AccessDenied", "没有权限"),
        ("403 Forbidden", "InvalidAccessKeyId", "FENGCAI_S3_ACCESS_KEY"),
        ("403 Forbidden", "SignatureDoesNotMatch", "FENGCAI_S3_SECRET_KEY"),
        ("403 Forbidden", "RequestTimeTooSkewed", "校时"),
        ("400 Bad Request", "AuthorizationHeaderMalformed", "FENGCAI_S3_REGION"),
        ("403 Forbidden", "SecondLevelDomainForbidden", "FENGCAI_S3_ADDRESSING=virtual"),
        ("507 Insufficient Storage", "XMinioStorageFull", "空间或配额"),
        ("503 Slow Down", "SlowDown", "忙"),
        ("418 Teapot", "Strange", "Strange"),
    ],
)
def test_refusals_are_said_in_words(server: s3.S3, status: str, code: str, words: str) -> None:
    with FlakyProxy(server.port) as proxy:
        proxy.answer(refusal(status, code))
        store = storage.open_store("s3://fengcai/x", access(f"http://127.0.0.1:{proxy.port}"))
        problem = store.check()
    assert problem is not None
    assert words in problem


def test_no_such_bucket_and_nobody_there(server: s3.S3) -> None:
    gone = storage.open_store("s3://no-such-bucket/x", access(server.endpoint)).check()
    assert gone is not None
    assert "没有名为“no-such-bucket”的桶" in gone
    away = storage.open_store("s3://fengcai/x", access("http://127.0.0.1:9")).check()
    assert away is not None
    assert "连不上存储服务 http://127.0.0.1:9" in away
    wrong = storage.open_store("s3://fengcai/x", access("not an address")).check()
    assert wrong is not None
    assert "FENGCAI_S3_ENDPOINT" in wrong


def test_a_right_that_is_missing_is_named(server: s3.S3) -> None:
    store = storage.open_store(f"s3://{server.bucket}/rights", access(server.endpoint))
    assert isinstance(store, s3_engine.S3Store)

    def deny(request: object, **_: object) -> object:
        from botocore.awsrequest import AWSResponse

        body = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        raw = io.BytesIO(body)
        raw.stream = lambda *_: iter([body])  # type: ignore[attr-defined]
        return AWSResponse("", 403, {"Content-Type": "application/xml"}, raw)

    for event, words in (
        ("PutObject", "（能列出文件，但不能写入文件）"),
        ("GetObject", "（能写入文件，但不能读取文件）"),
        ("UploadPart", "（能读取文件，但不能分段上传）"),
        ("DeleteObject", "但不能删除文件）"),
    ):
        store.client.meta.events.register(f"before-send.s3.{event}", deny)
        problem = store.check()
        store.client.meta.events.unregister(f"before-send.s3.{event}", deny)
        assert problem is not None
        assert words in problem


def test_a_service_that_stops_in_the_middle_of_a_file(server: s3.S3) -> None:
    with FlakyProxy(server.port) as proxy:
        url = f"s3://{server.bucket}/cut{next(_prefixes)}"
        store = storage.open_store(url, access(f"http://127.0.0.1:{proxy.port}"))
        body, key = os.urandom(40 * MIB), storage.fresh_key("")
        store.put(key, io.BytesIO(body), size=len(body), sha256=sha(body))
        chunks = store.get(key)
        next(chunks)
        threading.Timer(0, proxy.refuse).start()
        with pytest.raises(storage.StorageTrouble):
            for _ in chunks:
                pass
