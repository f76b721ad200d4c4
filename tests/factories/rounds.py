"""A contest of two tracks and two rounds: everybody is marked, three tenths go on, a vote is held,
and each track has its own final, made up of two rounds and the vote.

The rules are those of the Jiangxi example with other rounds and awards; works are written as rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from fengcai.apps.contests.models import Unit
from fengcai.apps.entries.models import Entry
from fengcai.apps.judging.models import Round, ScoreSheet
from fengcai.core.rulebook import Rules
from fengcai.core.rulebook.rules import (
    Advance,
    Award,
    AwardQuota,
    Component,
    Formula,
    FormulaPart,
    Vote,
)
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage, marks

VOTE = "netizens"


def two_tracks(rules: Rules) -> Rules:
    """Round `pre` over both tracks, then `final_video` and `final_photo` side by side."""
    video, base = rules.tracks[0], rules.rounds[0]
    cite = base.cite
    photo = video.model_copy(update={"id": "photo", "name": "摄影类", "parent": None})
    pre = base.model_copy(
        update={
            "id": "pre",
            "name": "初评",
            "kind": "preliminary",
            "advance": Advance(
                cite=cite, by="ratio", number=Decimal("0.3"), base="track", of="accepted",
                rounding="half_up", max_per_unit=2, reserve=1,
            ),
        }
    )  # fmt: skip
    composed = base.scheme.model_copy(
        update={
            "components": (
                Component(id="before", name="初评", of="round", ref="pre", weight=Decimal("0.24"), cite=cite),
                Component(id="now", name="终评", of="marks", weight=Decimal("0.56"), cite=cite),
                Component(id="votes", name="网络投票", of="vote", ref=VOTE, weight=Decimal("0.2"), cite=cite),
            )
        }
    )  # fmt: skip
    finals = tuple(
        base.model_copy(
            update={
                "id": f"final_{track}",
                "name": f"{name}终评",
                "kind": "final",
                "input": "pre",
                "tracks": (track,),
                "scheme": composed,
            }
        )
        for track, name in (("video", "微视频"), ("photo", "摄影"))
    )
    vote = Vote(
        id=VOTE, name="网络投票", window=next(iter(rules.windows)), input="pre", identity="wechat",
        transform="share", share_of="top", full=Decimal(20), display="hidden", void="刷票作废", cite=cite,
    )  # fmt: skip
    return rules.model_copy(
        update={
            "language": "2",
            "tracks": (video, photo),
            "rounds": (pre, *finals),
            "votes": (vote,),
            "awards": awards(cite),
            "stacking": "stack",
            "money_total": None,
            "money_recipient": "unit",
        }
    )


def awards(cite: Any) -> tuple[Award, ...]:
    """First by ratio in each track and may stay vacant, second one each, a vote's, a pool, units'."""
    each: dict[str, Any] = {"group": "等次奖", "cite": cite, "per": ("track",)}
    return (
        Award(
            id="first", name="一等奖", decided_by="ranking", money_each=Decimal(500), vacancy=True,
            quota=AwardQuota(
                kind="ratio", share=Decimal("0.1"), of="accepted", rounding="down", cite=cite
            ),
            **each,
        ),
        Award(id="second", name="二等奖", decided_by="ranking", count=2, money_each=Decimal(300), **each),
        Award(
            id="popular", name="人气奖", group="人气奖", decided_by="vote", vote=VOTE, count=1,
            kind="popularity", cite=cite,
        ),
        Award(
            id="organised", name="优秀组织奖", group="组织奖", decided_by="formula", count=1,
            kind="organisation", money_pool=Decimal(100), cite=cite,
            formula=Formula(
                parts=(
                    FormulaPart(id="in", of="accepted", points=Decimal(1), max=Decimal(3), cite=cite),
                    FormulaPart(id="won", of="awarded", points=Decimal(5), cite=cite),
                ),
                min_entries=1,
                cite=cite,
            ),
        ),
    )  # fmt: skip


def contest(*, video: Sequence[int], photo: Sequence[int], judges: int = 3) -> Stage:
    """A contest of these rules; `video` and `photo` give the unit (by number) of each work."""
    stage = make.contest(works=0, judges=judges, change=two_tracks)
    units: dict[int, Unit] = {}
    for number in sorted({*video, *photo}):
        units[number] = Unit.objects.create(
            contest=stage.contest, name=f"第{number}院区", unit_class="clinical", order=number
        )
    for track, homes in (("video", video), ("photo", photo)):
        for home in homes:
            entry = make.accepted(stage, units[home], len(stage.entries) + 1)
            Entry.objects.filter(pk=entry.pk).update(track=track)
            entry.refresh_from_db()
            stage.entries.append(entry)
    stage.units = list(units.values())
    return stage


def of_track(stage: Stage, track: str) -> list[Entry]:
    """The works of a track in the order of their numbers."""
    return [entry for entry in stage.entries if entry.track == track]


def judged(stage: Stage, round: Round, totals: dict[Any, int]) -> Round:
    """Every judge gives every work of an open round the total of its id, and hands in."""
    for judge in stage.judges:
        make.sign_commitment(round=round, signed_name=str(judge), by=judge, at=NOON)
        ScoreSheet.objects.bulk_create(
            ScoreSheet(
                round=round, judge=judge, entry_id=row.entry_id, values=marks(totals[row.entry_id]),
                saved_at=NOON,
            )
            for row in round.entries.all()
        )  # fmt: skip
        make.hand_in(round=round, signed_name=str(judge), by=judge, at=NOON)
    return Round.objects.select_related("contest__version", "rulebook").get(pk=round.pk)
