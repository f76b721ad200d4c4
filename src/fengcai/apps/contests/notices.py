"""The notice beside its rulebook: its text kept by paragraphs, a draft made from it.

The file itself is not kept: its fingerprint says which one it was. What a notice says is
`core.notice`'s to find; a person accepts each proposal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.contests.actions import create_contest, locked
from fengcai.apps.contests.models import Contest, NoticeFile, NoticeText
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused
from fengcai.apps.texts import storable
from fengcai.core import notice as notices
from fengcai.core.notice import Draft
from fengcai.media.documents import Document, DocumentLimits, DocumentRefused
from fengcai.media.walled import read_walled

LARGEST = DocumentLimits().file_bytes
"""Bytes of a notice; what is larger is refused before it is read."""


@dataclass(frozen=True)
class Brought:
    """A notice that was read, with the fingerprint of its file."""

    document: Document
    sha256: str
    size: int


def read_notice(data: bytes, name: str) -> Brought:
    """Read a notice in a process of its own. Raises `Refused` with what is wrong with the file."""
    if len(data) > LARGEST:
        raise Refused(
            f"“{name}”超过 {LARGEST // 1024**2} MB，没有读取。请删去图片，另存后再上传。",
            fields={"file": "文件太大"},
        )
    try:
        document = read_walled(data, storable(name)[:200])
    except DocumentRefused as refusal:
        raise Refused(str(refusal), fields={"file": "请换一个文件"}) from None
    return Brought(document, hashlib.sha256(data).hexdigest(), len(data))


def draft_of(brought: Brought, *, id: str) -> Draft:
    """What the notice says for a rulebook."""
    return notices.draft(brought.document.paragraphs, id=id)


@transaction.atomic
def create_from_notice(
    *, brought: Brought, slug: str, by: User, at: datetime
) -> tuple[Contest, Draft]:
    """Lay a contest down from a notice: its rulebook drafted, its text kept beside it."""
    draft = draft_of(brought, id=slug if slug[:1].isalpha() else f"c-{slug}")
    contest = create_contest(
        slug=slug,
        rulebook_text=draft.yaml_text,
        organiser=by,
        by=by,
        note=f"由通知“{brought.document.name}”草拟",
        at=at,
    )
    keep_notice(contest=contest, brought=brought, by=by, at=at)
    return contest, draft


@transaction.atomic
def keep_notice(*, contest: Contest, brought: Brought, by: User, at: datetime) -> NoticeFile:
    """Keep the notice's text beside the rulebook; an earlier one stays on record."""
    contest = locked(contest)
    require_role(by, contest, Role.ORGANISER)
    contest.notices.filter(replaced_at=None).update(replaced_at=at)
    kept = NoticeFile.objects.create(
        contest=contest,
        name=brought.document.name[:200],
        sha256=brought.sha256,
        size=brought.size,
        by=by,
        at=at,
    )
    found = notices.sentences(brought.document.paragraphs)
    sections = {each.paragraph: (each.section, each.heading) for each in reversed(found)}
    NoticeText.objects.bulk_create(
        NoticeText(
            notice=kept,
            number=each.number,
            text=storable(each.text),
            section=sections.get(each.number, ("", False))[0][:200],
            heading=sections.get(each.number, ("", False))[1],
        )
        for each in brought.document.paragraphs
    )
    record(
        contest.chain,
        actor=f"user:{by.pk}",
        action="contests.keep_notice",
        subject=f"contest:{contest.slug}",
        details={"sha256": brought.sha256, "paragraphs": len(brought.document.paragraphs)},
        at=at,
    )
    return kept


def notice_of(contest: Contest) -> tuple[NoticeFile | None, Sequence[NoticeText]]:
    """The notice beside the rulebook with its paragraphs. 1 SQL, 2 where there is one."""
    kept = contest.notices.filter(replaced_at=None).select_related("by").first()
    return kept, list(kept.paragraphs.all()) if kept else []
