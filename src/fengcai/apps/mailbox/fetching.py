"""Fetching one linked file that an officer asked for, from a host that the installation allows.

The guarded engine asks no private address and obeys limits; what comes is a file of the letter like any
other. A page instead of a file (most providers ask for a click or a code) is no file.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fengcai.apps.mailbox.actions.asking import fetch_hosts, may_fetch
from fengcai.apps.mailbox.actions.notes import locked_case, tell
from fengcai.apps.mailbox.actions.sending import add_file
from fengcai.apps.mailbox.letters import scratch
from fengcai.apps.mailbox.models import PendingFile
from fengcai.apps.mailbox.states import Origin, PendingState, State
from fengcai.apps.people.models import User
from fengcai.engines import storage
from fengcai.engines.fetching import NotFetched, fetch, inside_of

LARGEST = 4 * 1024**3
SECONDS = 1800.0
TYPES = ("video/", "audio/", "image/", "application/pdf", "application/zip", "application/msword",
         "application/octet-stream", "application/x-zip-compressed",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "application/vnd.openxmlformats-officedocument.presentationml.presentation")  # fmt: skip


def fetch_pending(pending: int, *, by: int, began: datetime) -> str:
    """Fetch it and make it a file of its letter; says in a sentence what became of it. Where nothing
    comes, the letter's page and history say why, and the link stays awaited."""
    row = PendingFile.objects.select_related("case").filter(pk=pending).first()
    if row is None or row.state != PendingState.WAITING or row.case.state == State.ASIDE:
        return "不用再取。"
    officer = User.objects.filter(pk=by).first()
    path = scratch()
    try:
        if may_fetch(row.url):
            came = fetch(
                row.url,
                allow_hosts=fetch_hosts(),
                max_bytes=LARGEST,
                types=TYPES,
                into=path,
                seconds=SECONDS,
                inside=inside_of(settings.FENGCAI_FETCH_INSIDE),
            )
        else:
            came = NotFetched("这个网站不在允许取文件之列。")
        with storage.provisional(), transaction.atomic():
            at = timezone.now()
            case = locked_case(row.case_id)
            row = PendingFile.objects.get(pk=pending)
            if row.state != PendingState.WAITING:
                return "不用再取。"
            if isinstance(came, NotFetched):
                row.why = came.reason[:400]
                row.save(update_fields=["why"])
                tell(case, f"没有取到“{row.name[:120]}”：{came.reason}", at=at, by=officer)
                return came.reason
            ending = "." + row.name.rsplit(".", 1)[-1].lower()
            fit = ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 10
            kept = storage.adopt(path, suffix=ending if fit else "", sha256=came.sha256)
            add_file(
                case, Origin.FETCHED, name=row.name, size=came.size, sha256=came.sha256,
                key=kept.key, began_at=began, arrived_at=at, pending=row.pk,
            )  # fmt: skip
            return "已取回。"
    finally:
        path.unlink(missing_ok=True)
