"""What a row may hold but nobody may read in it: encrypted under a key derived from the secret key."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(value: Any) -> str:
    """A JSON value as unreadable text."""
    return _vault().encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()


def unseal(text: str) -> Any:
    """The value again; None where there is none or FENGCAI_SECRET_KEY has become another one."""
    try:
        return json.loads(_vault().decrypt(text.encode())) if text else None
    except InvalidToken:
        return None


def digest(text: str) -> str:
    """By which an address is found again without being kept: a keyed hash, letters' case aside."""
    key = settings.SECRET_KEY.encode()
    told = hashlib.blake2b(
        text.strip().casefold().encode(), digest_size=32, key=key[:64], person=b"fengcai-address"
    )
    return told.hexdigest()


def _vault() -> Fernet:
    secret = hashlib.blake2b(
        settings.SECRET_KEY.encode(), digest_size=32, person=b"fengcai-outbox"
    ).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
