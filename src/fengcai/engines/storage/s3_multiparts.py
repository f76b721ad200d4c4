"""What a file needs that arrives in parts: multipart uploads, and small pieces beside them.

Only tells and does; which parts count, and who may write, is the business of `engines.uploads`.
Pieces lie under `prefix/arriving/` and are never taken for stored files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from fengcai.engines.storage.keys import is_key
from fengcai.engines.storage.s3 import CHUNK, MOST_PARTS, S3Store, part_size
from fengcai.engines.storage.s3_client import MultipartGone

_PIECES = "arriving/"


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part that the service holds: its number from 1, its tag, size in bytes, when it came."""

    number: int
    tag: str
    size: int
    modified: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A small object beside the files: its name, size in bytes, when it came."""

    name: str
    size: int
    modified: float


class Multiparts:
    """Multipart uploads into one S3 store. Every call blocks; StorageTrouble when refused."""

    most_parts = MOST_PARTS
    part_size = staticmethod(part_size)

    def __init__(self, store: S3Store) -> None:
        self.store = store

    def begin(self, key: str) -> str:
        """A multipart upload that will become `key`; returns its id."""
        with self.store.worded():
            return str(self.store.client.create_multipart_upload(**self._at(key))["UploadId"])

    def add(self, key: str, begun: str, number: int, data: BinaryIO) -> str:
        """Send one part, from where the file stands to its end (its SHA-256 is in the request's signature); returns its tag.

        Raises MultipartGone.
        """
        with self.store.worded():
            answer = self.store.client.upload_part(
                **self._at(key), UploadId=begun, PartNumber=number, Body=data
            )
        return str(answer["ETag"])

    def parts(self, key: str, begun: str) -> list[HeldPart]:
        """The parts that the service holds, by number. Raises MultipartGone."""
        held: list[HeldPart] = []
        more: dict[str, Any] = {}
        while True:
            with self.store.worded():
                page = self.store.client.list_parts(**self._at(key), UploadId=begun, **more)
            held += [
                HeldPart(
                    int(p["PartNumber"]),
                    str(p["ETag"]),
                    int(p["Size"]),
                    _seconds(p.get("LastModified")),
                )
                for p in page.get("Parts", [])
            ]
            if not page.get("IsTruncated"):
                return held
            more = {"PartNumberMarker": page["NextPartNumberMarker"]}

    def complete(self, key: str, begun: str, parts: Sequence[tuple[int, str]]) -> None:
        """Make one object of these parts (number, tag), in their order. Raises MultipartGone."""
        with self.store.worded():
            self.store.client.complete_multipart_upload(
                **self._at(key),
                UploadId=begun,
                MultipartUpload={"Parts": [{"PartNumber": n, "ETag": tag} for n, tag in parts]},
            )

    def abort(self, key: str, begun: str) -> None:
        """Give the parts up; one that is not known any more is no error."""
        try:
            with self.store.worded():
                self.store.client.abort_multipart_upload(**self._at(key), UploadId=begun)
        except (MultipartGone, FileNotFoundError):
            pass

    def begun(self) -> Iterator[tuple[str, str, float]]:
        """Every multipart upload towards a key of ours: key, id, when it began."""
        prefix = self.store.prefix
        more: dict[str, str] = {}
        while True:
            with self.store.worded():
                page = self.store.client.list_multipart_uploads(
                    Bucket=self.store.bucket, Prefix=prefix, **more
                )
            for each in page.get("Uploads", []):
                key = each["Key"].removeprefix(prefix)
                if is_key(key):
                    yield key, str(each["UploadId"]), _seconds(each.get("Initiated"))
            if not page.get("IsTruncated"):
                return
            more = {
                "KeyMarker": page["NextKeyMarker"],
                "UploadIdMarker": page["NextUploadIdMarker"],
            }

    def put_piece(self, name: str, data: BinaryIO) -> None:
        """Keep `data`, from where it stands to its end, beside the files."""
        with self.store.worded():
            self.store.client.put_object(Bucket=self.store.bucket, Key=self._piece(name), Body=data)

    def get_piece(self, name: str) -> Iterator[bytes]:
        """A piece in chunks. Raises FileNotFoundError."""
        with self.store.worded():
            answer = self.store.client.get_object(Bucket=self.store.bucket, Key=self._piece(name))
            with closing(answer["Body"]) as body:
                while chunk := body.read(CHUNK):
                    yield chunk

    def pieces(self, prefix: str = "") -> Iterator[Piece]:
        """The pieces whose names begin with `prefix`."""
        root = self.store.prefix + _PIECES
        for each in self.store.listed(root + prefix):
            yield Piece(
                each["Key"].removeprefix(root), int(each["Size"]), _seconds(each["LastModified"])
            )

    def delete_piece(self, name: str) -> None:
        """Remove a piece; gone already is no error."""
        with self.store.worded():
            self.store.client.delete_object(Bucket=self.store.bucket, Key=self._piece(name))

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.store.bucket, "Key": self.store.name(key)}

    def _piece(self, name: str) -> str:
        return f"{self.store.prefix}{_PIECES}{name}"


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
