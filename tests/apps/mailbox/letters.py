"""Letters as people send them, put into a contest's cases without a mail server."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from fengcai.apps.mailbox.actions import keep_letter
from fengcai.apps.mailbox.models import Case
from fengcai.engines.jobs import JobRetry, claims, registry
from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.execution import execute
from fengcai.engines.jobs.models import Job
from tests.factories.collecting import DAY, Collecting, collecting

HEART, NEEDLE, LEFT, RIGHT = "心血管内科", "针灸科", "检验科（东院）", "检验科（西院）"
UNITS = (HEART, NEEDLE, LEFT, RIGHT)
FILM = b"a film, more or less" * 500
NAME = "{}+一科一风采视频大赛"


def zipped(**members: bytes) -> bytes:
    """A zip of these files; `__` in a name stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def letter(
    subject: str = NAME.format(HEART),
    files: dict[str, bytes] | None = None,
    *,
    sender: str = "李护士 <li@example.cn>",
    text: str = "附件请查收。",
    date: datetime = DAY,
    id: str = "<one@example.cn>",
    headers: dict[str, str] | None = None,
) -> bytes:
    """The bytes of a letter."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "bao@hospital.example", subject[:900]
    mail["Date"], mail["Message-ID"] = format_datetime(date), id
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    for name, data in (files or {}).items():
        main, sub = ("video", "mp4") if name.endswith("mp4") else ("application", "octet-stream")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


@dataclass
class Office:
    """A contest that gets letters."""

    made: Collecting
    folder: Path
    uid: int = 0
    kinds: list[str] = field(default_factory=list)

    def keep(self, raw: bytes, *, received: datetime = DAY, at: datetime = DAY) -> Case | None:
        """Hand a letter over as the mailbox does."""
        self.uid += 1
        path = self.folder / f"{self.uid}.eml"
        path.write_bytes(raw)
        return keep_letter(
            contest=self.made.contest, raw=path, uidvalidity=7, uid=self.uid,
            received_at=received, at=at,
        )  # fmt: skip

    def come(self, raw: bytes, **when: Any) -> Case:
        """The same, and everything that follows from it."""
        case = self.keep(raw, **when)
        assert case is not None
        work()
        return Case.objects.get(pk=case.pk)


def work(limit: int = 60) -> None:
    """Run the mailbox's own jobs until none waits. Films are no films here, so none is inspected."""
    kinds = [kind for kind in registry.kinds() if kind.startswith("mailbox.")]
    for _ in range(limit):
        held = claims.claim("test", kinds)
        if held is None:
            return
        with suppress(JobRetry):
            execute(held, JobContext(held), reraise=True)


def hurry() -> None:
    """Make what waits for its time due."""
    Job.objects.filter(kind__startswith="mailbox.").update(
        run_at=datetime(2020, 1, 1, tzinfo=DAY.tzinfo)
    )


def an_office(folder: Path) -> Office:
    """The Jiangxi contest with departments, their contacts and heads."""
    return Office(collecting(UNITS), folder)
