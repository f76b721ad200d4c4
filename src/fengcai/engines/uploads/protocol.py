"""The headers of tus 1.0.0: read strictly, written once.

Source: tus resumable upload protocol 1.0.0 (2016-03-25), core and the extensions listed below.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from fengcai.engines.uploads import answers
from fengcai.engines.uploads.digests import Hash

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
ALGORITHMS = ("sha1", "sha256", "md5")
BODY_TYPE = "application/offset+octet-stream"

_METADATA_LIMIT = 8192
_INTEGER_DIGITS = 18


def whole_number(headers: Mapping[str, str], name: str) -> int | None:
    """A header that is a number from 0 up, or None when absent. Raises a 400 answer otherwise."""
    value = headers.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= _INTEGER_DIGITS):
        raise answers.malformed(f"{name} 须为不小于 0 的整数")
    return int(value)


def required_number(headers: Mapping[str, str], name: str) -> int:
    """The same, but its absence is a 400 answer too."""
    number = whole_number(headers, name)
    if number is None:
        raise answers.malformed(f"缺少 {name}")
    return number


def metadata(header: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header, values decoded. Raises a 400 answer."""
    if len(header) > _METADATA_LIMIT:
        raise answers.malformed("Upload-Metadata 过长")
    pairs: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        if key in pairs:
            raise answers.malformed(f"Upload-Metadata 中 {key} 重复")
        try:
            raw = base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise answers.malformed(f"Upload-Metadata 中 {key} 不是 Base64") from None
        pairs[key] = raw.decode("utf-8", errors="replace")
    return pairs


def without(header: str, key: str) -> str:
    """An Upload-Metadata header less one key: the grant is a credential, never repeated."""
    pairs = (pair.strip() for pair in header.split(","))
    return ",".join(pair for pair in pairs if pair and pair.partition(" ")[0] != key)


def bare_filename(name: str) -> str:
    """A file name without directories and control characters, at most 255 characters."""
    name = PureWindowsPath(PurePosixPath(name).name).name
    name = "".join(character for character in name if character.isprintable())
    if len(name) <= 255:
        return name
    suffix = PurePosixPath(name).suffix[:16]
    return name[: 255 - len(suffix)] + suffix


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a client says its chunk hashes to."""

    algorithm: str
    digest: bytes

    def begin(self) -> Hash:
        """A fresh hash of that algorithm."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The Upload-Checksum header, or None. Raises a 400 answer."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise answers.malformed(f"不支持校验算法 {algorithm}（可用：{'、'.join(ALGORITHMS)}）")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise answers.malformed("Upload-Checksum 不是 Base64") from None
    return Checksum(algorithm, digest)
