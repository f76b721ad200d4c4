"""One byte form for one value, so that a hash means the same everywhere.

The form is RFC 8785 (JSON Canonicalization Scheme) on a smaller domain: no floats at all, integers
within ±(2⁵³ − 1), every string in Unicode NFC. It is what a browser's verifier can rebuild with
``JSON.stringify`` and a sort of the keys. It hashes and signs nothing itself, save ``salted``.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping

_LARGEST = 2**53 - 1
_SALTED = b"fengcai.ledger.salted.v1\n"


def canonical(obj: object) -> bytes:
    """The canonical UTF-8 JSON of ``obj``: sorted keys, no blanks, NFC strings.

    Takes mappings with ``str`` keys, lists, tuples (as lists), ``str``, ``int``, ``bool`` and
    ``None``. Keys are sorted by UTF-16 code units, as JavaScript and RFC 8785 do. Raises
    ``TypeError`` for a float or any other type (marks and money travel as text), ``ValueError``
    for an integer out of range, a lone surrogate, a NUL (PostgreSQL's jsonb cannot hold it), or
    two keys that NFC makes one.
    """
    return json.dumps(_plain(obj), ensure_ascii=False, separators=(",", ":")).encode()


def salted(value: str, salt: str) -> str:
    """A commitment to a personal value: hex SHA-256 over a domain prefix, the salt and the value.

    ``salt`` must be at least 32 characters (16 random bytes in hex), or a name could be found by
    trying a list of names. Value and salt stay outside the chain: once both are erased, nothing
    of the person is left in it.
    """
    if len(salt) < 32:
        raise ValueError("the salt must be at least 32 characters: 16 random bytes in hex")
    return hashlib.sha256(_SALTED + canonical([salt, value])).hexdigest()


def _plain(obj: object) -> object:
    if obj is None or isinstance(obj, bool):
        return obj
    if isinstance(obj, str):
        return _text(obj)
    if isinstance(obj, int):
        if abs(obj) > _LARGEST:
            raise ValueError(f"integer {obj} is out of range; pass it as text")
        return int(obj)
    if isinstance(obj, Mapping):
        return _object(obj)
    if isinstance(obj, (list, tuple)):
        return [_plain(item) for item in obj]
    raise TypeError(f"{type(obj).__name__} has no canonical form; pass exact numbers as text")


def _object(obj: Mapping[object, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in obj.items():
        if not isinstance(key, str):
            raise TypeError(f"keys are text, not {type(key).__name__}")
        name = _text(key)
        if name in found:
            raise ValueError(f"two keys become one in NFC: {name!r}")
        found[name] = _plain(value)
    return dict(sorted(found.items(), key=lambda item: item[0].encode("utf-16-be")))


def _text(value: str) -> str:
    text = str(unicodedata.normalize("NFC", value))
    if "\x00" in text:
        raise ValueError("text with a NUL character cannot be recorded")
    text.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    return text
