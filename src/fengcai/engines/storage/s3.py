"""The store in a bucket of an S3 service: one object per key under the prefix.

An object has its SHA-256 noted as metadata when it was known at the time; objects that arrived in
parts have not (the database knows). Knows no transactions and no other engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4

from fengcai.engines.storage.keys import Damaged, Found, StorageTrouble, checked, is_key
from fengcai.engines.storage.s3_access import Access
from fengcai.engines.storage.s3_client import connect, worded

NOTE = "sha256"
PART = 8 * 1024 * 1024  # bytes held while one is sent
MOST_PARTS = 10_000
CHUNK = 256 * 1024
LINK_LIFE = 900  # seconds; a player asks our own address again for the next range


def part_size(size: int, *, at_most: int = MOST_PARTS) -> int:
    """Bytes per part so that `size` needs no more than `at_most` of them (whole MiB, ≥ 8)."""
    mib = 1024 * 1024
    return max(PART, -(-size // (at_most * mib)) * mib)


class S3Store:
    """Objects `prefix/ab/cd/abcd…` of one bucket."""

    def __init__(self, url: str, access: Access) -> None:
        parts = urlsplit(url)
        self.url = url
        self.access = access
        self.bucket = parts.netloc
        self.prefix = f"{parts.path.strip('/')}/".lstrip("/")
        self._making = Lock()
        if not self.bucket:
            raise ValueError(f"s3:// 之后缺少桶名：{url!r}")

    @cached_property
    def _client(self) -> Any:
        return connect(self.access)

    @property
    def client(self) -> Any:
        """The connection, made when first needed."""
        with self._making:
            return self._client

    def worded(self) -> AbstractContextManager[None]:
        """Around every request: refusals in words."""
        return worded(self.bucket, self.access.endpoint)

    def name(self, key: str) -> str:
        """The object's name in the bucket. Raises BadKey."""
        return self.prefix + checked(key)

    def path_of(self, key: str) -> Path | None:
        """No local file."""
        checked(key)
        return None

    def link(self, key: str, *, content_type: str, disposition: str, max_age: int) -> str | None:
        """An address signed for an hour under which anybody may fetch the object, as a browser is
        to see it. None when browsers cannot reach the service (FENGCAI_S3_PRESIGN=0)."""
        if not self.access.presign:
            return None
        shown = {
            "ResponseContentType": content_type,
            "ResponseCacheControl": f"private, max-age={max_age}" if max_age else "private",
        }
        if disposition:
            shown["ResponseContentDisposition"] = disposition
        with self.worded():
            return str(
                self.client.generate_presigned_url(
                    "get_object",
                    Params={"Bucket": self.bucket, "Key": self.name(key), **shown},
                    ExpiresIn=LINK_LIFE,
                )
            )

    def found(self, key: str) -> Found | None:
        """Size and last change; None when there is no such object."""
        head = self._head(key)
        if head is None:
            return None
        changed: datetime = head["LastModified"]
        return Found(int(head["ContentLength"]), changed.timestamp())

    def size(self, key: str) -> int | None:
        """In bytes; None when there is no such object."""
        head = self._head(key)
        return None if head is None else int(head["ContentLength"])

    def noted_sha256(self, key: str) -> str | None:
        """What was noted when the object was put; None when nothing was."""
        head = self._head(key)
        return None if head is None else head.get("Metadata", {}).get(NOTE)

    def sha256(self, key: str) -> str | None:
        """Of the bytes that are there, all of them read; None when there is no such object."""
        digest = hashlib.sha256()
        try:
            for chunk in self.get(key):
                digest.update(chunk)
        except FileNotFoundError:
            return None
        return digest.hexdigest()

    def get(self, key: str, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `first` up to `end` in chunks of 256 KiB. Raises FileNotFoundError."""
        asked = {}
        if end is not None and end <= first:
            return
        if first or end is not None:
            asked["Range"] = f"bytes={first}-{'' if end is None else end - 1}"
        with self.worded():
            answer = self.client.get_object(Bucket=self.bucket, Key=self.name(key), **asked)
            body, expected = answer["Body"], int(answer["ContentLength"])
            try:
                while chunk := body.read(CHUNK):
                    expected -= len(chunk)
                    yield chunk
            finally:
                body.close()
        if expected:
            raise StorageTrouble(f"{key} 没有读完，还差 {expected} 字节：存储服务中断了", busy=True)

    def keys(self) -> Iterator[tuple[str, int]]:
        """Every key with its size, in order, a thousand at a time."""
        for each in self.listed(self.prefix):
            key = each["Key"].removeprefix(self.prefix)
            if is_key(key):
                yield key, int(each["Size"])

    def listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        """The objects whose names begin with `prefix`, as the service lists them."""
        more: dict[str, str] = {}
        while True:
            with self.worded():
                page = self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, **more)
            yield from page.get("Contents", [])
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def take_in(self, key: str, path: Path, *, size: int, sha256: str) -> None:
        """Send the local file `path`, checked on the way."""
        with path.open("rb") as file:
            self._send(key, file, size, sha256)

    def write(self, key: str, data: bytes, *, sha256: str) -> None:
        """Keep `data` under a fresh key."""
        with self.worded():
            self.client.put_object(
                Bucket=self.bucket, Key=self.name(key), Body=data, Metadata={NOTE: sha256}
            )

    def put(self, key: str, file: BinaryIO, *, size: int, sha256: str) -> bool:
        """Keep what `file` gives under `key`, checked; False when these bytes were there already.

        Nothing can be seen under `key` before all of it was sent and had this SHA-256. Raises
        Damaged (nothing kept) and StorageTrouble.
        """
        head = self._head(key)
        if head is not None and int(head["ContentLength"]) == size:
            noted = head.get("Metadata", {}).get(NOTE)
            if (noted or self.sha256(key)) == sha256:
                return False
        self._send(key, file, size, sha256)
        return True

    def delete(self, key: str) -> None:
        """Remove the object; gone already is no error."""
        with self.worded():
            self.client.delete_object(Bucket=self.bucket, Key=self.name(key))

    def check(self) -> str | None:
        """None when everything works that the product needs, each right by itself; else a line."""
        probe = f"{self.prefix}check-{uuid4().hex}"
        at = {"Bucket": self.bucket, "Key": probe}
        steps: list[tuple[str, Any]] = [
            ("列出文件", lambda: self.client.list_objects_v2(Bucket=self.bucket, MaxKeys=1)),
            ("写入文件", lambda: self.client.put_object(**at, Body=b"fengcai")),
            ("读取文件", lambda: self._read(at)),
            ("分段上传", lambda: self._check_parts(at)),
            ("列出分段上传", lambda: self.client.list_multipart_uploads(
                Bucket=self.bucket, Prefix=probe)),
            ("删除文件", lambda: self.client.delete_object(**at)),
        ]  # fmt: skip
        done = ""
        for what, step in steps:
            try:
                with self.worded():
                    step()
            except OSError as error:
                with suppress(Exception):
                    self.client.delete_object(**at)
                text = error.text if isinstance(error, StorageTrouble) else str(error)
                able = f"（能{done}，但不能{what}）" if done else ""
                return f"{text}{able}"
            done = what
        return None

    def _read(self, at: dict[str, str]) -> bytes:
        content: bytes = self.client.get_object(**at)["Body"].read()
        return content

    def _check_parts(self, at: dict[str, str]) -> None:
        begun = self.client.create_multipart_upload(**at)["UploadId"]
        try:
            self.client.upload_part(**at, UploadId=begun, PartNumber=1, Body=b"fengcai")
            self.client.list_parts(**at, UploadId=begun)
        finally:
            self.client.abort_multipart_upload(**at, UploadId=begun)

    def _head(self, key: str) -> dict[str, Any] | None:
        try:
            with self.worded():
                head: dict[str, Any] = self.client.head_object(
                    Bucket=self.bucket, Key=self.name(key)
                )
                return head
        except FileNotFoundError:
            return None

    def _send(self, key: str, file: BinaryIO, size: int, sha256: str) -> None:
        at = {"Bucket": self.bucket, "Key": self.name(key)}
        wrong = Damaged(f"{key} 的内容与登记的大小或 SHA-256 不符，没有保存")
        if size <= PART:
            data = file.read(PART + 1)
            if len(data) != size or hashlib.sha256(data).hexdigest() != sha256:
                raise wrong
            self.write(key, data, sha256=sha256)
            return
        with self.worded():
            begun = self.client.create_multipart_upload(**at, Metadata={NOTE: sha256})["UploadId"]
            try:
                sent, digest = 0, hashlib.sha256()
                parts: list[dict[str, Any]] = []
                while data := file.read(part_size(size)):
                    sent += len(data)
                    digest.update(data)
                    if sent > size:
                        break
                    number = len(parts) + 1
                    tag = self.client.upload_part(
                        **at, UploadId=begun, PartNumber=number, Body=data
                    )["ETag"]
                    parts.append({"PartNumber": number, "ETag": tag})
                if sent != size or digest.hexdigest() != sha256:
                    raise wrong
                self.client.complete_multipart_upload(
                    **at, UploadId=begun, MultipartUpload={"Parts": parts}
                )
            except BaseException:
                with suppress(Exception):
                    self.client.abort_multipart_upload(**at, UploadId=begun)
                raise
        if self.size(key) != size:
            raise StorageTrouble(f"{key} 传完后在存储服务上的大小不对，请稍后再试", busy=True)
