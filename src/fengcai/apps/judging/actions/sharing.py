"""The works shared out among the judges of a panel: fixed as the officer saw it, and mended."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction

from fengcai.apps.audit.actions import record
from fengcai.apps.judging.models import Assignment, HandIn, Round
from fengcai.apps.judging.panel import panel_of
from fengcai.apps.judging.rules import held_open
from fengcai.apps.judging.sharing import plan_hash, plans_of, shares_by_work
from fengcai.apps.people.models import User
from fengcai.apps.refusals import Refused


@transaction.atomic
def fix_assignment(
    *, round: Round, plan: str, reason: str = "", by: User, at: datetime
) -> list[Assignment]:
    """Fix who marks what, as the page showed it (`plan` is its hash); afterwards only what is missing
    is given out anew, with the reason, and what stands stays.

    Refused when judges or recusals changed since the page was drawn, when there is nothing to give
    out, when a judge would get works after handing in, and when marks could not be brought to one
    scale although the rules want it.
    """
    round = held_open(round, by)
    panel = panel_of(round)
    plans = plans_of(panel)
    new = {pair for each in plans for pair in each.new}
    if not new:
        raise Refused("没有要分的作品：每件作品的评委都够了。")
    if plan_hash(plans) != plan:
        raise Refused("评委或回避情况刚刚有变，分工已重新计算。请看过新的分工再确定。")
    before = Assignment.objects.filter(round=round).exists()
    if before and not reason.strip():
        raise Refused("请写明为什么补分。", fields={"reason": "请填写"})
    seats = {seat.label: seat for seat in panel.seats}
    _refuse_finished(round, {str(seats[label].judge): seats[label].judge_id for label, _ in new})
    apart = [each.name for each in plans if not each.sharing.joined]
    if apart and panel.scheme.normalise != "none":
        raise Refused(
            f"{'、'.join(apart)}的评委分成了没有共同作品的几组，各人的分数不能按规则换算到同一把尺上。"
            "请增聘或调整评委。"
        )
    works = {str(row.entry_id): row.entry_id for row in panel.works}
    told = shares_by_work(plans)
    made = Assignment.objects.bulk_create(
        Assignment(
            round=round,
            judge=seats[label].judge,
            entry_id=works[work],
            why=next(one.text for one in told[work] if label in one.new)[:200],
            by=by,
            at=at,
        )
        for label, work in sorted(new)
    )
    record(
        round.contest.chain,
        actor=f"user:{by.pk}",
        action="judging.assign",
        subject=f"round:{round.pk}",
        details={
            "pairs": plan,
            "new": len(made),
            "seeds": {each.panel: each.seed for each in plans},
            "per_entry": {each.panel: each.many for each in plans},
            "loads": {label: many for each in plans for label, many in each.sharing.loads},
            "given": dict(sorted(Counter(label for label, _ in new).items())),
        },
        personal={"reason": reason.strip()} if reason.strip() else {},
        at=at,
    )
    return made


def _refuse_finished(round: Round, judges: dict[str, int]) -> None:
    signed = set(
        HandIn.objects.filter(round=round, reopened_at=None).values_list("judge_id", flat=True)
    )
    names = sorted(name for name, judge in judges.items() if judge in signed)
    if names:
        raise Refused(
            f"补分的作品只能给{'、'.join(names)}评，而评分已签名提交。请先把评分退回，或增聘一位评委。"
        )
