"""What the rules of a live round ask: the order of appearance, and what the measured time costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from fengcai.apps.judging.models import Draw, Performance
from fengcai.apps.judging.panel import Panel
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Round as RoundRule
from fengcai.core.rulebook.rules import Penalty
from fengcai.core.scoring import exact, show

SHOWN = 5


def time_penalties(rule: RoundRule) -> list[Penalty]:
    """The penalties that are counted by time."""
    return [each for each in rule.scheme.penalties if each.per is not None]


def time_penalty(rule: RoundRule) -> Penalty | None:
    """The one penalty that follows from the measured time; None where there is none or several, of
    which a person has to choose."""
    found = time_penalties(rule)
    limited = rule.live is not None and rule.live.time_limit is not None
    return found[0] if limited and len(found) == 1 else None


def over_limit(rule: RoundRule, seconds: Decimal) -> timedelta:
    """By how much a measured time passes the limit; nothing at the limit itself (民法典 §1259)."""
    assert rule.live is not None
    assert rule.live.time_limit is not None
    measured = timedelta(milliseconds=int(seconds * 1000))
    return max(timedelta(0), measured - rule.live.time_limit)


def times_over(penalty: Penalty, over: timedelta) -> int:
    """How often a penalty counts: once for every `per` begun."""
    assert penalty.per is not None
    return -(-over // penalty.per)


def reason_of(rule: RoundRule, penalty: Penalty, seconds: Decimal) -> str:
    """What was measured and how it is counted, as the score's explanation says it."""
    assert rule.live is not None
    assert rule.live.time_limit is not None
    assert penalty.per is not None
    over = over_limit(rule, seconds)
    points = exact(penalty.points)
    assert points is not None
    return (
        f"用时 {spoken(seconds)}，限时 {spoken(_seconds(rule.live.time_limit))}，"
        f"超出 {spoken(_seconds(over))}，每 {spoken(_seconds(penalty.per))}扣 {show(points)} 分，"
        f"计 {times_over(penalty, over)} 次"
    )


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
    if time_penalty(rule) is None:
        return
    timed = set(
        Performance.objects.filter(round=panel.round, replaced_at=None).values_list(
            "entry_id", flat=True
        )
    )
    lost = [f"{row.number} 号《{row.entry}》" for row in panel.works if row.entry_id not in timed]
    if lost:
        more = f"等 {len(lost)} 件" if len(lost) > SHOWN else ""
        raise Refused(
            f"{'、'.join(lost[:SHOWN])}{more}还没有记录用时，超时与否无从算起。请在现场页补记，再封存。"
        )


def _seconds(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(milliseconds=1)) / 1000
