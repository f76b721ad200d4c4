"""The authorisation code of a mailbox, encrypted at rest under a key derived from FENGCAI_SECRET_KEY."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from fengcai.apps.refusals import Refused


def shut(text: str) -> str:
    """Encrypt."""
    return _vault().encrypt(text.encode()).decode()


def opened(text: str) -> str:
    """Decrypt. Raises `Refused` when FENGCAI_SECRET_KEY is another one than when it was kept."""
    try:
        return _vault().decrypt(text.encode()).decode()
    except InvalidToken:
        raise Refused(
            "邮箱的授权码解不开：FENGCAI_SECRET_KEY 已经换过。请在邮箱设置里重新填写授权码；已收到的来信都在。"
        ) from None


def _vault() -> Fernet:
    secret = hashlib.blake2b(
        settings.SECRET_KEY.encode(), digest_size=32, person=b"fengcai-mailbox"
    ).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
