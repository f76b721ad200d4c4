"""The authorisation code of a mailbox, encrypted at rest under a key derived from FENGCAI_SECRET_KEY."""

from __future__ import annotations

from cryptography.fernet import InvalidToken

from fengcai.apps.refusals import Refused
from fengcai.apps.vaults import vault

_PURPOSE = b"fengcai-mailbox"


def shut(text: str) -> str:
    """Encrypt."""
    return vault(_PURPOSE).encrypt(text.encode()).decode()


def opened(text: str) -> str:
    """Decrypt. Raises `Refused` when FENGCAI_SECRET_KEY is another one than when it was kept."""
    try:
        return vault(_PURPOSE).decrypt(text.encode()).decode()
    except InvalidToken:
        raise Refused(
            "邮箱的授权码解不开：FENGCAI_SECRET_KEY 已经换过。请在邮箱设置里重新填写授权码；已收到的来信都在。"
        ) from None
