"""How an S3 service is reached: what the settings say of it and the client asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach an S3 service. Empty keys mean this machine's own identity; an empty endpoint
    means AWS. `addressing` is `auto`, `path` or `virtual`."""

    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    addressing: str = "auto"
    presign: bool = False
