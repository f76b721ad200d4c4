"""Awards and money: one way to say how many, numbers that can be met, sums that add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from fengcai.core.rulebook.gaps import Open
from fengcai.core.rulebook.language import (
    AdvanceText,
    AwardText,
    CapacityText,
    FormulaText,
    ObjectionsText,
    RatioText,
    RecommendationText,
    RoundText,
    SchemeText,
    ThresholdText,
)
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.saying import plain

from .look import Faults, Look, known, said

WAYS = ("count", "at_most", "ratio", "threshold", "discretionary")


def faults(look: Look) -> Faults:
    """Everything wrong with what comes of the contest."""
    awards = known(look.book.awards)
    for id, award in awards.items():
        yield from _award(look, ("awards", id), award)
    yield from _places(look, awards)
    total = look.book.prizes.total
    whole = not isinstance(look.book.awards, Open) and len(awards) == len(look.book.awards)
    if isinstance(total, Decimal) and whole:
        yield from _money(look, total, awards.values())
    if isinstance(look.book.recommendation, RecommendationText):
        path: Path = ("recommendation", "awards")
        yield from look.names(path, look.book.recommendation.awards, awards, "奖项")
    if isinstance(look.book.objections, ObjectionsText):
        path = ("objections", "window")
        yield from look.names(path, look.book.objections.window, look.book.windows, "时间窗")


def _award(look: Look, path: Path, award: AwardText) -> Faults:
    yield from look.scope(
        path, tracks=award.tracks, divisions=award.divisions, regions=award.regions
    )
    yield from look.names((*path, "round"), award.round, look.book.rounds, "轮次")
    yield from look.names((*path, "vote"), award.vote, look.book.votes, "投票")
    ways = [key for key in WAYS if getattr(award, key) is not None]
    if len(ways) != 1:
        how = f"，这里写了 {'、'.join(ways)}" if ways else ""
        yield look.fault(
            path,
            f"“{award.name}”评几名要写明，且只能用一种写法{how}",
            "请用 count（几名）、at_most（不超过几名）、ratio（按比例）、threshold（达到分数）、"
            "discretionary（酌情）之一。",
        )
    for decided, key in (("vote", "vote"), ("formula", "formula")):
        if award.decided_by == decided and getattr(award, key) is None:
            yield look.fault(path, f"“{award.name}”缺少“{key}”", f"请补上“{key}: …”。")
    if award.per and to_units(award):
        yield look.fault(
            (*path, "per"),
            f"“{award.name}”发给单位，单位不分类别、组别、赛区，不能分别评",
            "请删去 per，或另写一个奖项。",
        )
    round = _round(look, award)
    scheme = round.scheme if round and isinstance(round.scheme, SchemeText) else None
    if scheme and not isinstance(scheme.criteria, Open):
        yield from look.names((*path, "criterion"), award.criterion, scheme.criteria, "评分项")
    if scheme and not isinstance(scheme.components, Open):
        parts = scheme.components
        yield from look.names((*path, "component"), award.component, parts, "成绩组成")
    if isinstance(award.ratio, RatioText):
        yield from _ratio(look, (*path, "ratio"), award.ratio)
    if isinstance(award.threshold, ThresholdText):
        yield from _threshold(look, (*path, "threshold"), award.threshold, scheme)
    if isinstance(award.formula, FormulaText):
        for id, part in known(award.formula.parts).items():
            here: Path = (*path, "formula", "parts", id, "awards")
            yield from look.names(here, part.awards, known(look.book.awards), "奖项")


def to_units(award: AwardText) -> bool:
    """Whether units get it and not works."""
    by_committee = award.decided_by == "committee" and award.kind == "organisation"
    return award.decided_by == "formula" or by_committee


def _round(look: Look, award: AwardText) -> RoundText | None:
    if award.round:
        return known(look.book.rounds).get(award.round)
    return look.last_round(award.tracks)


def _ratio(look: Look, path: Path, ratio: RatioText) -> Faults:
    yield from look.share((*path, "share"), ratio.share)
    yield from look.order(path, ratio.min, ratio.max, "名额")
    capacity, share = look.book.units.capacity, said(ratio.share)
    top = said(capacity.max) if isinstance(capacity, CapacityText) else None
    floored = ratio.rounding == "down" and not ratio.min
    if top is not None and share is not None and floored and int(share * top) < 1:
        yield look.fault(
            (*path, "share"),
            f"全部 {top} 件作品的 {plain(share * 100)}% 也不到 1 名",
            "请把比例改大，或写明至少几名（min）。",
        )


def _threshold(
    look: Look, path: Path, threshold: ThresholdText, scheme: SchemeText | None
) -> Faults:
    score, below = said(threshold.score), said(threshold.below)
    total = said(scheme.total) if scheme else None
    if score is not None and total is not None and score > total:
        yield look.fault(
            (*path, "score"),
            f"{plain(score)} 分高过总分 {plain(total)}，没有作品能得",
            "请核对分数线。",
        )
    yield from look.order(path, score, below, "分数", "score")


def _places(look: Look, awards: dict[str, AwardText]) -> Faults:
    """Awards of one group by ranking may not be more than the works that come to be ranked."""
    places: dict[tuple[object, ...], int] = defaultdict(int)
    first: dict[tuple[object, ...], tuple[str, int | None]] = {}
    for id, award in awards.items():
        plainly = (
            award.decided_by == "ranking"
            and not award.per
            and not (award.criterion or award.component)
        )
        if not plainly or not isinstance(award.count, int):
            continue
        round = _round(look, award)
        key = (award.group, *(award.tracks or ()), *(award.divisions or ()), *(award.regions or ()))
        places[key] += award.count
        first.setdefault(key, (id, _coming(look, round)))
    for key, (id, coming) in first.items():
        if coming is not None and places[key] > coming:
            yield look.fault(
                ("awards", id),
                f"{key[0]}共 {places[key]} 名，进入这一轮的只有 {coming} 件作品",
                "请核对名额和上一轮取的件数。",
            )


def _coming(look: Look, round: RoundText | None) -> int | None:
    """How many works the round before lets through, None while that is not a plain number."""
    before = known(look.book.rounds).get(round.input) if round else None
    advance = before.advance if before else None
    if not isinstance(advance, AdvanceText) or advance.by != "top":
        return None
    number = said(advance.number)
    alone = advance.base in {None, "total"} or (
        advance.base == "track" and len(look.tracks_of(round.tracks if round else None)) == 1
    )
    return int(number) if number is not None and alone else None


def _money(look: Look, total: Decimal, awards: Iterable[AwardText]) -> Faults:
    """Fixed numbers must make the total; where a number is an upper bound the total is one too."""
    terms: list[str] = []
    paid = Decimal(0)
    for each in awards:
        money, pool = each.money_each, each.money_pool
        if isinstance(money, Open) or isinstance(pool, Open):
            return
        if pool is not None:
            terms.append(plain(pool))
            paid += pool
        count = _most(each)
        if count is None and money:
            return
        sets = _sets(look, each)
        number = (count or 0) * sets
        if pool is None:
            terms.append(f"{f'{sets}×' if sets > 1 else ''}{count or 0}×{money or 0}")
            paid += number * (money or 0)
    if paid != total:
        yield look.fault(
            ("prizes", "total"),
            f"奖金合计 {' + '.join(terms)} = {paid} 元，与所写的 {total} 元不符",
            "请核对各奖项的名额、金额和总额。",
        )


def _most(award: AwardText) -> int | None:
    """The number of an award, or its upper bound; None where there is none."""
    quotas = [award.ratio, award.threshold]
    within = [each.max for each in quotas if isinstance(each, (RatioText, ThresholdText))]
    bounds = [award.count, award.at_most, *within]
    return next((each for each in bounds if isinstance(each, int)), None)


def _sets(look: Look, award: AwardText) -> int:
    """How often the number is given: once, or for each track, division, region of its scope."""
    sizes = {
        "track": len(look.tracks_of(award.tracks)),
        "division": len(award.divisions or look.book.divisions or ()),
        "region": len(award.regions or look.book.regions or ()),
    }
    found = 1
    for each in said(award.per) or ():
        found *= max(sizes[each], 1)
    return found
