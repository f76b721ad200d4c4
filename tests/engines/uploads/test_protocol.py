"""Every rule of tus 1.0.0 that the receiver speaks, over a real connection."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import socket

import pytest

from tests.engines.uploads.station import Client, grant, metadata, upload_id

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sum_of(algorithm: str, body: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def spoken(answer) -> str:
    """The text of an error answer, once it is sure that a person can read it."""
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["cache-control"] == "no-store"
    assert CHINESE.search(answer.text)
    return answer.text


def test_options_tells_what_is_spoken(client: Client) -> None:
    answer = client.request("OPTIONS", "/uploads/")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "checksum",
        "termination",
        "expiration",
    }
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256,md5"


def test_a_file_in_three_patches(client: Client) -> None:
    body = os.urandom(300_000)
    path = client.begin(len(body), name="健康科普\\心内科：短片.MP4", token=grant(owner="user:5"))
    assert client.offset(path) == 0
    for start in range(0, len(body), 100_000):
        answer = client.patch(path, start, body[start : start + 100_000])
        assert answer.status_code == 204
        assert answer.headers["upload-offset"] == str(start + 100_000)
    head = client.head(path)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("300000", "300000")
    assert head.headers["cache-control"] == "no-store"
    (call,) = [c for c in client.station.calls() if c["id"] == upload_id(path)]
    assert call["sha256"] == hashlib.sha256(body).hexdigest()
    assert call["size"] == len(body)
    assert call["filename"] == "心内科：短片.MP4"
    assert call["subject"] == {"entry": 7, "slot": "film"}
    assert call["owner"] == "user:5"
    assert call["began_at"] < call["finished_at"]
    assert client.station.content(call["key"]) == body
    assert client.station.arrived(upload_id(path)) == -1


def test_creation_tells_address_and_expiry_and_never_repeats_the_grant(client: Client) -> None:
    answer = client.create(10)
    assert answer.status_code == 201
    assert re.fullmatch(r"/uploads/[0-9a-f]{32}\.[\w-]{43}", answer.headers["location"])
    assert answer.headers["upload-expires"].endswith("GMT")
    head = client.head(answer.headers["location"])
    assert head.headers["upload-metadata"] == metadata(filename="短片.mp4")
    assert head.headers["upload-expires"].endswith("GMT")


def test_creation_with_upload_whole_and_in_part(client: Client) -> None:
    body = os.urandom(50_000)
    whole = client.create(len(body), body=body)
    assert (whole.status_code, whole.headers["upload-offset"]) == (201, "50000")
    part = client.create(len(body), body=body[:20_000])
    assert (part.status_code, part.headers["upload-offset"]) == (201, "20000")
    path = part.headers["location"]
    assert client.patch(path, 20_000, body[20_000:]).headers["upload-offset"] == "50000"
    digests = {c["id"]: c["sha256"] for c in client.station.calls()}
    assert digests[upload_id(path)] == hashlib.sha256(body).hexdigest()
    assert digests[upload_id(whole.headers["location"])] == hashlib.sha256(body).hexdigest()


def test_method_override(client: Client) -> None:
    path = client.begin(6)
    answer = client.request(
        "POST",
        path,
        b"abc",
        x_http_method_override="PATCH",
        upload_offset="0",
        content_type="application/offset+octet-stream",
    )
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "3")
    assert client.request("POST", path, x_http_method_override="HEAD").status_code == 200
    assert client.request("POST", path, x_http_method_override="DELETE").status_code == 204


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_right_checksum_is_taken(client: Client, algorithm: str) -> None:
    path = client.begin(8)
    answer = client.patch(path, 0, b"half", upload_checksum=sum_of(algorithm, b"half"))
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "4")
    answer = client.patch(path, 4, b"rest", upload_checksum=sum_of(algorithm, b"rest"))
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "8")
    (call,) = [c for c in client.station.calls() if c["id"] == upload_id(path)]
    assert call["sha256"] == hashlib.sha256(b"halfrest").hexdigest()


def test_a_wrong_checksum_keeps_nothing_of_its_chunk(client: Client) -> None:
    body = os.urandom(3_000_000)
    path = client.begin(len(body))
    client.patch(path, 0, body[:1_000_000])
    answer = client.patch(path, 1_000_000, body[1_000_000:], upload_checksum=sum_of("sha1", b"no"))
    assert answer.status_code == 460
    assert "校验" in spoken(answer)
    assert "976.6 KB" in answer.text
    assert client.offset(path) == 1_000_000
    assert client.station.arrived(upload_id(path)) == 1_000_000
    rest = body[1_000_000:]
    answer = client.patch(path, 1_000_000, rest, upload_checksum=sum_of("sha1", rest))
    assert answer.headers["upload-offset"] == "3000000"
    (call,) = [c for c in client.station.calls() if c["id"] == upload_id(path)]
    assert call["sha256"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    "header", ["crc32 AAAA", "sha1", "sha1 not*base64", "SHA1 " + "A" * 28, ""]
)
def test_a_checksum_that_cannot_be_read(client: Client, header: str) -> None:
    path = client.begin(4)
    answer = client.patch(path, 0, b"data", upload_checksum=header)
    if header == "sha1":  # a known algorithm and an empty digest: readable, and wrong
        assert answer.status_code == 460
    else:
        assert answer.status_code == 400
    spoken(answer)
    assert client.offset(path) == 0


def test_termination_frees_the_disk_and_is_final(client: Client) -> None:
    path = client.begin(10)
    client.patch(path, 0, b"half")
    assert client.station.arrived(upload_id(path)) == 4
    assert client.request("DELETE", path).status_code == 204
    assert client.station.arrived(upload_id(path)) == -1
    assert client.head(path).status_code == 410
    assert client.patch(path, 4, b"more").status_code == 410
    assert "取消" in spoken(client.patch(path, 4, b"more"))
    assert client.request("DELETE", path).status_code == 410


def test_a_registered_file_cannot_be_terminated(client: Client) -> None:
    path = client.begin(4)
    client.patch(path, 0, b"done")
    answer = client.request("DELETE", path)
    assert answer.status_code == 403
    assert "作品页面" in spoken(answer)
    assert client.offset(path) == 4


def test_wrong_offset_changes_nothing(client: Client) -> None:
    path = client.begin(10)
    client.patch(path, 0, b"12345")
    for theirs in (0, 4, 6, 10):
        answer = client.patch(path, theirs, b"x")
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "5")
        assert "续传位置" in spoken(answer)
    assert client.offset(path) == 5


def test_more_than_declared_is_refused_before_a_byte_is_kept(client: Client) -> None:
    path = client.begin(10)
    client.patch(path, 0, b"12345")
    answer = client.patch(path, 5, b"123456")
    assert (answer.status_code, answer.headers["upload-offset"]) == (413, "5")
    assert "声明" in spoken(answer)
    assert client.offset(path) == 5


def test_more_than_declared_without_a_content_length(client: Client) -> None:
    path = client.begin(10)
    wire = socket.create_connection(("127.0.0.1", client.station.port), timeout=20)
    wire.sendall(
        f"PATCH {path} HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\nUpload-Offset: 0\r\n"
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n\r\n"
        "b\r\n12345678901\r\n0\r\n\r\n".encode()
    )
    assert wire.recv(100).startswith(b"HTTP/1.1 413 ")
    wire.close()
    assert client.offset(path) == 0


def test_a_chunked_body_of_the_right_length(client: Client) -> None:
    path = client.begin(11)
    wire = socket.create_connection(("127.0.0.1", client.station.port), timeout=20)
    wire.sendall(
        f"PATCH {path} HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\nUpload-Offset: 0\r\n"
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n\r\n"
        "b\r\n12345678901\r\n0\r\n\r\n".encode()
    )
    assert wire.recv(100).startswith(b"HTTP/1.1 204 ")
    wire.close()
    assert client.offset(path) == 11


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "DELETE"])
def test_a_forged_address_says_nothing(client: Client, method: str) -> None:
    path = client.begin(10)
    last = path[-1]
    for wrong in (
        path[:-1] + ("A" if last != "A" else "B"),
        "/uploads/" + "0" * 32 + path[path.index(".") :],
        "/uploads/" + "0" * 32,
        "/uploads/x",
        path + "/more",
        "/uploads/../../etc/passwd",
        "/uploads/%2e%2e%2f",
    ):
        answer = client.request(
            method, wrong, content_type="application/offset+octet-stream", upload_offset="0"
        )
        assert answer.status_code == 404, wrong
        if method != "HEAD":
            spoken(answer)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("forged", "许可无效"),
        (grant() + "x", "许可无效"),
        (grant(seconds=-2), "已过期"),
        (grant("test.nobody"), "test.nobody"),
    ],
)
def test_without_a_good_grant_nothing_begins(client: Client, token: str, words: str) -> None:
    answer = client.request(
        "POST", "/uploads/", upload_length="5", upload_metadata=metadata(grant=token)
    )
    assert answer.status_code == 404
    assert words in spoken(answer)


def test_no_metadata_at_all(client: Client) -> None:
    answer = client.request("POST", "/uploads/", upload_length="5")
    assert answer.status_code == 404


def test_larger_than_granted(client: Client) -> None:
    answer = client.create(2 * 1024**3 + 1, token=grant(max_size=2 * 1024**3))
    assert answer.status_code == 413
    assert "2.00 GB" in spoken(answer)
    assert client.create(2 * 1024**3, token=grant(max_size=2 * 1024**3)).status_code == 201


def test_an_empty_file_is_refused_in_words(client: Client) -> None:
    answer = client.create(0)
    assert answer.status_code == 422
    assert "0 字节" in spoken(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"upload_length": "-1"},
        {"upload_length": "ten"},
        {"upload_length": "１０"},
        {"upload_length": "1" * 19},
        {"upload_defer_length": "1"},
        {"upload_length": "5", "upload_concat": "partial"},
        {"upload_length": "5", "upload_metadata": "grant not*base64"},
        {"upload_length": "5", "upload_metadata": "a YQ==,a YQ=="},
        {"upload_length": "5", "upload_metadata": "a " + "Y" * 9000},
    ],
)
def test_a_creation_that_cannot_be_read(client: Client, headers: dict[str, str]) -> None:
    answer = client.request(
        "POST", "/uploads/", **{k: v.encode() if "１" in v else v for k, v in headers.items()}
    )
    assert answer.status_code == 400
    spoken(answer)


def test_a_patch_that_cannot_be_read(client: Client) -> None:
    path = client.begin(5)
    kind = "application/offset+octet-stream"
    for headers, status in (
        ({"upload_offset": "0"}, 415),
        ({"upload_offset": "0", "content_type": "video/mp4"}, 415),
        ({"content_type": kind}, 400),
        ({"content_type": kind, "upload_offset": "-1"}, 400),
        ({"content_type": kind, "upload_offset": "a"}, 400),
    ):
        answer = client.request("PATCH", path, b"data", **headers)
        assert answer.status_code == status
        spoken(answer)
    answer = client.request(
        "POST",
        "/uploads/",
        b"data",
        upload_length="4",
        content_type="video/mp4",
        upload_metadata=metadata(grant=grant()),
    )
    assert answer.status_code == 415


def test_another_version_of_tus(client: Client) -> None:
    path = client.begin(5)
    for method, where in (("POST", "/uploads/"), ("HEAD", path), ("PATCH", path)):
        answer = client.request(method, where, tus_resumable="0.2.2")
        assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")


@pytest.mark.parametrize(("method", "collection"), [("GET", False), ("GET", True), ("PUT", False)])
def test_other_methods(client: Client, method: str, collection: bool) -> None:
    path = "/uploads/" if collection else client.begin(5)
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert "OPTIONS" in answer.headers["allow"]
    spoken(answer)


def test_a_refusal_reaches_the_person_and_keeps_nothing(client: Client) -> None:
    before = len(client.station.files())
    path = client.begin(9, token=grant("test.refuse"))
    answer = client.patch(path, 0, b"too late!")
    assert answer.status_code == 422
    assert spoken(answer) == "征集已经截止。文件没有保存；如有特殊情况请联系组织者。"
    assert len(client.station.files()) == before
    assert client.station.arrived(upload_id(path)) == -1
    # The answer was lost on the way: the client asks where it stands, and is told again.
    assert client.offset(path) == 8
    again = client.patch(path, 8, b"!")
    assert (again.status_code, again.text) == (422, answer.text)
    ((state, words),) = client.station.sql(
        "select state, refusal from uploads_upload where id = ?", upload_id(path).replace("-", "")
    )
    assert (state, words) == ("refused", answer.text)


def test_a_refusal_of_a_file_sent_at_creation(client: Client) -> None:
    answer = client.create(4, body=b"late", token=grant("test.refuse"))
    assert answer.status_code == 422
    assert "截止" in spoken(answer)
    assert answer.headers["location"].startswith("/uploads/")


def test_the_last_answer_was_lost(client: Client) -> None:
    path = client.begin(5)
    client.patch(path, 0, b"whole")
    assert client.offset(path) == 5
    assert client.patch(path, 5, b"").headers["upload-offset"] == "5"
    assert client.patch(path, 0, b"whole").status_code == 409
    assert len([c for c in client.station.calls() if c["id"] == upload_id(path)]) == 1


def test_expect_continue_is_not_answered_for_what_is_refused(client: Client) -> None:
    wire = client.cut("/uploads/forged.x", 0, b"", 1 << 30, Expect="100-continue")
    assert wire.recv(50).startswith(b"HTTP/1.1 404 ")
    wire.close()
    path = client.begin(5)
    wire = client.cut(path, 0, b"", 5, Expect="100-continue")
    assert wire.recv(50).startswith(b"HTTP/1.1 100 ")
    wire.sendall(b"whole")
    assert wire.recv(50).startswith(b"HTTP/1.1 204 ")
    wire.close()


def test_two_files_on_one_connection(client: Client) -> None:
    wires = []
    for body in (b"first", b"other"):
        path = client.begin(5)
        wires.append((path, body))
    connection = client.cut(wires[0][0], 0, b"first", 5)
    assert connection.recv(4096).startswith(b"HTTP/1.1 204 ")
    head = client.cut(wires[1][0], 0, b"", 5)
    head.close()
    connection.sendall(
        f"PATCH {wires[1][0]} HTTP/1.1\r\nHost: s\r\nContent-Length: 5\r\nUpload-Offset: 0\r\n"
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n\r\nother".encode()
    )
    assert connection.recv(4096).startswith(b"HTTP/1.1 204 ")
    connection.close()
    assert [client.offset(path) for path, _ in wires] == [5, 5]


def test_too_many_unfinished_uploads_of_one_owner(station) -> None:
    client = station().client()
    mine = grant(owner="user:5")
    for _ in range(50):
        assert client.create(5, token=mine).status_code == 201
    answer = client.create(5, token=mine)
    assert answer.status_code == 429
    assert "50 个" in spoken(answer)
    assert client.create(5, token=grant(owner="user:6")).status_code == 201


def test_no_room_on_the_disk_for_the_file(on_disk) -> None:
    client = on_disk().client()
    disk = os.statvfs(client.station.data)
    answer = client.create(disk.f_bavail * disk.f_frsize, token=grant(max_size=1 << 60))
    assert answer.status_code == 507
    assert "没有保存" in spoken(answer)
