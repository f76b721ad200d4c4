"""People on screen of the demo edition that is collecting: one who has yet to sign, one who has signed, one
who took it back, a child with a guardian. Each step by the public action; nobody here is a real person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fengcai.apps.releases import links
from fengcai.apps.releases.actions import add_person, sign, withdraw
from fengcai.core.consent import PURPOSES

if TYPE_CHECKING:
    from fengcai.apps.people.models import User

HAND = "M120 260L180 120L240 260M300 140L300 280M280 180L380 180M460 120L430 200L520 200M480 160L480 300"
"""A drawn name, on the page's field of 1000 × 400."""
CHEERFUL = (
    ("患者甲（演示）", "patient", "adult", "", "0:08 讲述就诊经过", "signed"),
    ("家属乙（演示）", "family", "adult", "", "0:21 陪同", "asked"),
    ("患儿丙（演示）", "patient", "child", "监护人丁（演示）", "0:30 病房游戏", "asked"),
)
TAKEN_BACK = (
    ("护士戊（演示）", "staff", "adult", "", "0:05 示范操作", "signed"),
    ("患者己（演示）", "patient", "adult", "", "0:17 采访", "withdrawn"),
)
"""Name, part, age, guardian, where in the film, what became of it."""


def register(entry_id: Any, people: tuple[tuple[str, ...], ...], *, by: User, at: datetime) -> None:
    """Put these people on a work's register and have them answer an hour later."""
    for name, role, age, guardian, where, state in people:
        person = add_person(
            entry_id=entry_id, name=name, role=role, age=age, guardian=guardian, where=where,
            by=by, at=at,
        )  # fmt: skip
        if state == "asked":
            continue
        for paper in person.releases.all():
            token = links.token(paper.pk, paper.nonce)
            sign(
                token=token, text_hash=paper.text_hash,
                purposes=[use for use in PURPOSES if use in paper.offered], name="", drawing=HAND,
                at=at + timedelta(hours=1),
            )  # fmt: skip
            if state == "withdrawn":
                reason = "不想再公开出镜（演示）"
                withdraw(token=token, reason=reason, at=at + timedelta(hours=2))
