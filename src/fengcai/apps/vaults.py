"""What is encrypted at rest: keys for one purpose each, derived from FENGCAI_SECRET_KEY."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def vault(purpose: bytes) -> Fernet:
    """Encrypts and decrypts under the key of `purpose` (at most 16 bytes): what was kept for one is
    no good for another. Decrypting raises `cryptography.fernet.InvalidToken` once the secret key is
    another one."""
    secret = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=purpose).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
