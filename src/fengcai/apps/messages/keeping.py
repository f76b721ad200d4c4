"""The bytes of attachments: kept in the storage, told to the engine that looks after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from fengcai.apps.messages.models import Message, MessageFile
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.engines import storage
from fengcai.engines.storage import Owned, register_owner

MOST_BYTES = 15 * 1024 * 1024
"""Of all attachments of one mail: base64 adds a third, and NetEase and QQ take 20 MB and more."""
MOST_FILES = 20


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


def check_files(files: Sequence[Attachment]) -> None:
    """Raises `Refused` for more than a mail can carry."""
    if len(files) > MOST_FILES:
        raise Refused(f"一封邮件最多带 {MOST_FILES} 个附件，没有发送。")
    if sum(len(each.content) for each in files) > MOST_BYTES:
        raise Refused(f"附件合计超过 {MOST_BYTES // 1024 // 1024} MB，没有发送。请改发下载链接。")


def keep_files(message: Message, files: Iterable[Attachment]) -> None:
    """Write the attachments of a message that was just made."""
    for each in files:
        stored = storage.write_bytes(each.content, suffix="")
        MessageFile.objects.create(
            message=message,
            name=storable(each.name)[:255],
            content_type=each.content_type[:160],
            size=stored.size,
            sha256=stored.sha256,
            stored=stored.key,
        )


def read_files(message: Message) -> tuple[Attachment, ...]:
    """The attachments again. 1 SQL. Raises FileNotFoundError, StorageTrouble."""
    found = []
    for row in message.files.all():
        with storage.readable(row.stored, sha256=row.sha256) as path:
            found.append(Attachment(row.name, row.content_type, path.read_bytes()))
    return tuple(found)


def drop_files(message: Message) -> None:
    """Delete the attachments of a message."""
    for row in message.files.all():
        storage.delete(row.stored)
    message.files.all().delete()


def _after(key: str, limit: int) -> Sequence[Owned]:
    rows = MessageFile.objects.filter(stored__gt=key).order_by("stored")
    return [Owned(*pair) for pair in rows.values_list("stored", "sha256")[:limit]]


def _holds(keys: Collection[str]) -> Collection[str]:
    return set(MessageFile.objects.filter(stored__in=keys).values_list("stored", flat=True))


def register() -> None:
    """Tell the storage engine."""
    register_owner("邮件附件", after=_after, holds=_holds)
