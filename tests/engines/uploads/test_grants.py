"""Grants and addresses: what our signature stands for and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.core import signing

from fengcai.engines.uploads import issue_grant, register
from fengcai.engines.uploads.answers import amount
from fengcai.engines.uploads.grants import BadGrant, read_address, read_grant, sign_address
from fengcai.engines.uploads.protocol import bare_filename, without

NOON = datetime(2026, 8, 1, 12, 0, tzinfo=timezone(timedelta(hours=8)))


def test_a_grant_says_what_it_was_issued_for() -> None:
    token = issue_grant("assets.film", {"entry": 3, "标题": "心"}, "user:9", 4096, NOON)
    assert token.isascii()
    grant = read_grant(token, at=NOON)
    assert grant.purpose == "assets.film"
    assert grant.subject == {"entry": 3, "标题": "心"}
    assert (grant.owner, grant.max_size) == ("user:9", 4096)
    assert grant.expires_at == NOON
    assert grant.expires_at.tzinfo is UTC


def test_a_grant_ends_after_its_second() -> None:
    token = issue_grant("assets.film", {}, "user:9", 4096, NOON)
    with pytest.raises(BadGrant) as raised:
        read_grant(token, at=NOON + timedelta(seconds=1))
    assert raised.value.expired


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a:b:c",
        signing.dumps({"p": "assets.film"}, key="other", salt="fengcai.uploads.grant"),
    ],
    ids=["empty", "short", "parted", "another's"],
)
def test_what_we_did_not_sign(token: str) -> None:
    with pytest.raises(BadGrant) as raised:
        read_grant(token, at=NOON)
    assert not raised.value.expired


def test_a_signature_of_ours_for_something_else() -> None:
    for value in ({"p": "assets.film"}, ["a"], {"p": 1, "s": {}, "o": "", "m": 1, "e": "x"}):
        for salt in ("fengcai.uploads.grant", "other"):
            with pytest.raises(BadGrant):
                read_grant(signing.dumps(value, salt=salt), at=NOON)


def test_a_grant_needs_to_know_its_timezone() -> None:
    with pytest.raises(ValueError, match="timezone"):
        issue_grant("assets.film", {}, "user:9", 1, datetime(2026, 8, 1))


def test_addresses() -> None:
    one = UUID("12345678-1234-4234-8234-123456789abc")
    name = sign_address(one)
    assert read_address(name) == one
    assert read_address(name.replace("1", "2", 1)) is None
    assert read_address(name[:-1]) is None
    assert read_address("") is None
    assert read_address(signing.Signer(salt="fengcai.uploads.address", sep=".").sign("no")) is None


def test_a_purpose_has_one_callback() -> None:
    def first(upload: object) -> None: ...
    def second(upload: object) -> None: ...

    register("test.twice", first)
    register("test.twice", first)
    with pytest.raises(ValueError, match=r"test\.twice"):
        register("test.twice", second)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("心内科_急救.mp4", "心内科_急救.mp4"),
        ("C:\\电影\\a.mp4", "a.mp4"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.mp4", "aSet-Cookie: x.mp4"),
        ("\u202e4pm.exe", "4pm.exe"),
        ("片" * 300 + ".mp4", "片" * 251 + ".mp4"),
        ("", ""),
    ],
)
def test_file_names(given: str, kept: str) -> None:
    assert bare_filename(given) == kept


def test_the_grant_leaves_the_metadata() -> None:
    assert without("filename YQ==, grant Yg==,empty", "grant") == "filename YQ==,empty"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 字节"),
        (1023, "1023 字节"),
        (1024, "1.0 KB"),
        (12_900_000, "12.3 MB"),
        (4 * 1024**3, "4.00 GB"),
    ],
)
def test_amounts(size: int, text: str) -> None:
    assert amount(size) == text
