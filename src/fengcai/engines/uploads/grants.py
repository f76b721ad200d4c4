"""Signed permissions: a grant to create uploads, and the capability in each upload's address.

Both are plain signatures under Django's SECRET_KEY (rotation by SECRET_KEY_FALLBACKS works);
neither needs a cookie, so a session that ends, or is cleared by WeChat, does not end an upload.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core import signing

_GRANT_SALT = "fengcai.uploads.grant"
_ADDRESS_SALT = "fengcai.uploads.address"


class BadGrant(Exception):
    """The grant is forged, damaged, or past its time (`expired`)."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("expired" if expired else "forged")
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Grant:
    """What a holder may upload: for which purpose and subject, on whose behalf, how large."""

    purpose: str
    subject: dict[str, Any]
    owner: str
    max_size: int
    expires_at: datetime


def issue_grant(
    purpose: str, subject: dict[str, Any], owner: str, max_size: int, expires_at: datetime
) -> str:
    """A token that lets its holder create uploads until `expires_at` (aware; to the second).

    It limits when an upload may begin; one that has begun goes on. `subject` must be JSON and is
    readable by the holder (signed, not encrypted). `max_size` is in bytes. The token goes into
    tus metadata under the key `grant`.
    """
    if expires_at.tzinfo is None:
        raise ValueError("expires_at must be aware of its timezone")
    return signing.dumps(
        {
            "p": purpose,
            "s": subject,
            "o": str(owner),
            "m": int(max_size),
            "e": int(expires_at.timestamp()),
        },
        salt=_GRANT_SALT,
        compress=True,
    )


def read_grant(token: str, *, at: datetime) -> Grant:
    """The grant in `token`. Raises BadGrant when it is forged or `at` is past its expiry."""
    try:
        body = signing.loads(token, salt=_GRANT_SALT)
        grant = Grant(
            purpose=body["p"],
            subject=body["s"],
            owner=body["o"],
            max_size=body["m"],
            expires_at=datetime.fromtimestamp(body["e"], tz=UTC),
        )
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise BadGrant(expired=False) from None
    if at > grant.expires_at:
        raise BadGrant(expired=True)
    return grant


def sign_address(upload_id: UUID) -> str:
    """The last part of an upload's address: its id and a signature over it."""
    return signing.Signer(salt=_ADDRESS_SALT, sep=".").sign(upload_id.hex)


def read_address(name: str) -> UUID | None:
    """The upload that `name` gives the right to, or None when the signature is not ours."""
    try:
        return UUID(hex=signing.Signer(salt=_ADDRESS_SALT, sep=".").unsign(name))
    except (signing.BadSignature, ValueError):
        return None
