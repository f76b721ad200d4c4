"""An expert's opinion on a work (专家审核意见), given by a link that its unit sends: no account, one use.

The link opens one work to look at and one form to fill in. What an expert sees and who may ask again
stands here; whether an opinion is wanted stands in the rules (a slot of role opinion).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.actions.desk import note, own
from fengcai.apps.entries.models import Entry, Opinion
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.entries.states import FILE_WRITABLE
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound, Refused
from fengcai.apps.texts import storable

LIFE = timedelta(days=14)
MOST_OPEN = 10
LONGEST = {"name": 60, "post": 100, "unit": 100, "science": 1000, "appeal": 1000, "harm": 1000}
ASKED = {
    "science": "请写明对科学性的意见",
    "appeal": "请写明对趣味性、通俗性的意见",
    "harm": "请写明有没有不良因素，没有的写“无”",
    "name": "请签上您的姓名",
    "unit": "请填写您的工作单位",
}
GONE = "这个审核链接无效、已过期或已被收回。请联系发给您链接的单位。"


@transaction.atomic
def ask_expert(
    *, entry_id: UUID, name: str, post: str, unit: str, by: User, at: datetime
) -> tuple[Opinion, str]:
    """Invite an expert to look at a work. Returns the row and the token, which is shown this once."""
    entry = own(entry_id, by)
    if not any(slot.role == "opinion" for slot in scope_of(entry, rules_of(entry.contest)).slots):
        raise NotFound("规则没有要求专家审核意见。")
    if entry.state not in FILE_WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，不能再请专家审核。")
    said = _said({"name": name, "post": post, "unit": unit})
    if not said["name"]:
        raise Refused("请填写专家姓名，没有生成链接。", fields={"expert_name": "请填写专家姓名"})
    waiting = entry.opinions.filter(given_at=None, void_at=None, expires_at__gt=at).count()
    if waiting >= MOST_OPEN:
        raise Refused(f"已有 {waiting} 个审核链接在等意见，请先收回不用的。")
    token = secrets.token_urlsafe(24)
    row = Opinion.objects.create(
        entry=entry, digest=_digest(token), asked_by=by, asked_at=at, expires_at=at + LIFE, **said
    )
    note(entry, by, "entries.expert_asked", {"opinion": row.pk}, at)
    return row, token


@transaction.atomic
def void_opinion(*, entry_id: UUID, opinion: int, by: User, at: datetime) -> None:
    """Take an invitation back, or set aside an opinion that was given; it stays on record."""
    entry = own(entry_id, by)
    if entry.state not in FILE_WRITABLE:
        raise Refused(f"作品现在是“{entry.get_state_display()}”，意见不能再撤。")
    if not entry.opinions.filter(pk=opinion, void_at=None).update(void_at=at):
        raise NotFound("没有这条审核意见，或它已经收回。")
    note(entry, by, "entries.expert_void", {"opinion": opinion}, at)


@transaction.atomic
def give_opinion(
    *,
    token: str,
    verdict: str,
    science: str,
    appeal: str,
    harm: str,
    name: str,
    post: str,
    unit: str,
    at: datetime,
) -> Opinion:
    """Keep what an expert says of a work, signed with the own name. Once; then the link is spent.

    Raises `NotFound` for a link that is none any more, `Refused` with `fields` for what is missing.
    """
    row = Opinion.objects.select_for_update(of=("self",), no_key=True).filter(digest=_digest(token))
    found = row.select_related("entry__contest", "asked_by").first()
    if found is None or not alive(found, at):
        raise NotFound(GONE)
    said = _said({"name": name, "post": post, "unit": unit, "science": science, "appeal": appeal,
                  "harm": harm})  # fmt: skip
    wrong = {part: ask for part, ask in ASKED.items() if not said[part]}
    if verdict not in Opinion.Verdict.values:
        wrong["verdict"] = "请选择审核结论"
    if wrong:
        raise Refused(f"还差 {len(wrong)} 项，没有提交；已填的都在页面上。", fields=wrong)
    for part, text in said.items():
        setattr(found, part, text)
    found.verdict, found.given_at = verdict, at
    found.seen = [str(each) for each in standing_files(found.entry)]
    found.save()
    note(
        found.entry, found.asked_by, "entries.expert_said", {"opinion": found.pk, "verdict": verdict}, at
    )  # fmt: skip
    return found


def alive(row: Opinion, at: datetime) -> bool:
    """Whether the link still asks for an opinion."""
    open_ = row.given_at is None and row.void_at is None and at < row.expires_at
    return open_ and row.entry.state in FILE_WRITABLE


def standing_files(entry: Entry) -> list[UUID]:
    """The current files of a work, in the order of their numbers. 1 SQL."""
    return sorted(entry.files.filter(current=True).values_list("asset", flat=True))


def by_token(token: str) -> Opinion | None:
    """The opinion that a link belongs to, alive or not."""
    rows = Opinion.objects.select_related("entry__contest__version", "entry__unit", "asked_by")
    return rows.filter(digest=_digest(token)).first()


def _said(texts: dict[str, str]) -> dict[str, str]:
    said = {}
    for part, text in texts.items():
        kept = storable(text).strip()
        if len(kept) > LONGEST[part]:
            raise Refused(f"最多 {LONGEST[part]} 字，没有保存。", fields={part: "太长"})
        said[part] = kept
    return said


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
