"""What the rules of a live round ask: the order of appearance, and what the measured time costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from fengcai.apps.judging.models import Draw, Performance
from fengcai.apps.judging.panel import Panel
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook.rules import Penalty
from fengcai.core.scoring import exact, show

SHOWN = 5


Side = Literal["too_long", "too_short"]


@dataclass(frozen=True)
class Missed:
    """A measured time outside what the rules ask: on which side, of which bound, by how much."""

    side: Side
    bound: timedelta
    by: timedelta

    @property
    def name(self) -> str:
        """As a badge says it."""
        return "超时" if self.side == "too_long" else "不足"

    @property
    def text(self) -> str:
        """限时 8 分钟，超出 31 秒; 至少 6 分钟，不足 20 秒."""
        ask, miss = ("限时", "超出") if self.side == "too_long" else ("至少", "不足")
        return f"{ask} {span_spoken(self.bound)}，{miss} {span_spoken(self.by)}"


def bounds_of(rule: RoundRule) -> dict[Side, timedelta]:
    """The bounds that the rules set for the time on stage."""
    live = rule.live
    found: dict[Side, timedelta] = {}
    if live is not None and live.time_limit is not None:
        found["too_long"] = live.time_limit
    if live is not None and live.time_min is not None:
        found["too_short"] = live.time_min
    return found


def candidates(rule: RoundRule, side: Side) -> list[Penalty]:
    """The penalties that a time on this side of the bounds may cost."""
    if side not in bounds_of(rule):
        return []
    stated = [each for each in rule.scheme.penalties if each.against is not None]
    if stated:
        return [each for each in stated if each.against in (side, "either")]
    by_time = [each for each in rule.scheme.penalties if each.per is not None]
    return by_time if side == "too_long" else []


def measured_penalties(rule: RoundRule) -> dict[Side, Penalty]:
    """The penalties that follow from the measured time. A side with several is left to a person."""
    sides: tuple[Side, ...] = ("too_long", "too_short")
    found = {side: candidates(rule, side) for side in sides}
    return {side: some[0] for side, some in found.items() if len(some) == 1}


def left_to_choose(rule: RoundRule) -> bool:
    """Whether several penalties stand against one side, of which a person has to choose."""
    sides: tuple[Side, ...] = ("too_long", "too_short")
    return any(len(candidates(rule, side)) > 1 for side in sides)


def missed(rule: RoundRule, seconds: Decimal) -> Missed | None:
    """On which side a measured time misses the bounds; None within them: the bounds themselves are
    allowed (民法典 §1259)."""
    bounds = bounds_of(rule)
    measured = timedelta(milliseconds=int(seconds * 1000))
    longest, least = bounds.get("too_long"), bounds.get("too_short")
    if longest is not None and measured > longest:
        return Missed("too_long", longest, measured - longest)
    if least is not None and measured < least:
        return Missed("too_short", least, least - measured)
    return None


def times_of(penalty: Penalty, by: timedelta) -> int:
    """How often a penalty counts: once, or once for every `per` begun."""
    return 1 if penalty.per is None else -(-by // penalty.per)


def reason_of(penalty: Penalty, miss: Missed, seconds: Decimal) -> str:
    """What was measured and how it is counted, as the score's explanation says it."""
    said = f"用时 {spoken(seconds)}，{miss.text}"
    if penalty.per is None:
        return said
    times = times_of(penalty, miss.by)
    return f"{said}，{price_of(penalty)}，计 {times} 次"


def price_of(penalty: Penalty) -> str:
    """每 15 秒扣 0.5 分; 扣 2 分."""
    points = exact(penalty.points)
    assert points is not None
    every = f"每 {span_spoken(penalty.per)}" if penalty.per is not None else ""
    return f"{every}扣 {show(points)} 分"


def spoken(seconds: Decimal) -> str:
    """8 分 31 秒; 8 分钟; 31.5 秒."""
    minutes, rest = divmod(seconds, 60)
    tail = f"{rest.normalize():f} 秒" if rest else ""
    if not minutes:
        return tail or "0 秒"
    return f"{minutes:.0f} 分 {tail}" if tail else f"{minutes:.0f} 分钟"


def refuse_unstaged(panel: Panel) -> None:
    """Refuse to seal a live round whose order was not drawn, or whose times are not all measured."""
    rule = panel.rule
    if rule.live is None:
        return
    if rule.live.order == "draw" and not Draw.objects.filter(round=panel.round).exists():
        raise Refused(f"出场次序还没有抽签（{rule.live.cite}），不能封存。")
    if not measured_penalties(rule):
        return
    timed = set(
        Performance.objects.filter(round=panel.round, replaced_at=None).values_list(
            "entry_id", flat=True
        )
    )
    lost = [f"{row.number} 号《{row.entry}》" for row in panel.works if row.entry_id not in timed]
    if lost:
        unknown = "超时与否" if set(bounds_of(rule)) == {"too_long"} else "超时或不足与否"
        more = f"等 {len(lost)} 件" if len(lost) > SHOWN else ""
        raise Refused(
            f"{'、'.join(lost[:SHOWN])}{more}还没有记录用时，{unknown}无从算起。请在现场页补记，再封存。"
        )


def span_spoken(span: timedelta) -> str:
    """The same of a span."""
    return spoken(Decimal(span // timedelta(milliseconds=1)) / 1000)
