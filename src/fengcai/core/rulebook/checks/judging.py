"""Rounds without a ring, sheets and parts that add up, selections and votes that can be carried out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from fengcai.core.rulebook.gaps import Open
from fengcai.core.rulebook.language import (
    AdvanceText,
    ComponentText,
    PanelText,
    RankPointsText,
    RoundText,
    SchemeText,
    VoteText,
)
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.saying import plain

from .look import Faults, Look, closing, known, listed, percent, said


def faults(look: Look) -> Faults:
    """Everything wrong with how works are judged."""
    for id, panel in known(look.book.panels).items():
        yield from _panel(look, ("panels", id), panel)
    for id, vote in known(look.book.votes).items():
        yield from _vote(look, ("votes", id), vote)
    rounds = known(look.book.rounds)
    before = {id: each.input for id, each in rounds.items()}
    for id, round in rounds.items():
        yield from look.ring(("rounds", id, "input"), id, before, "轮次")
        yield from _round(look, ("rounds", id), round)


def _timed(look: Look, path: Path, round: RoundText) -> Faults:
    """Bounds of the time on stage that cross, and penalties for a bound that nobody set."""
    live = round.live
    if isinstance(live, Open):
        return
    longest, least = (live.time_limit, live.time_min) if live else (None, None)
    most_said, least_said = said(longest), said(least)
    if most_said is not None and least_said is not None and least_said > most_said:
        yield look.fault(
            (*path, "live", "time_min"), "最短用时长于时限", "请核对 time_min 和 time_limit。"
        )
    scheme = round.scheme if isinstance(round.scheme, SchemeText) else None
    for id, penalty in known(scheme.penalties if scheme else None).items():
        against = said(penalty.against)
        for side, bound, key, name in (
            ("too_long", longest, "time_limit", "时限"),
            ("too_short", least, "time_min", "最短用时"),
        ):
            if against in (side, "either") and bound is None:
                yield look.fault(
                    (*path, "scheme", "penalties", id, "against"),
                    f"这一项按用时扣分，这一轮却没有写{name}",
                    f"请在 live 里补上“{key}: …”，或改 against。",
                )


def _panel(look: Look, path: Path, panel: PanelText) -> Faults:
    seats = sum(said(each.min) or 0 for _, each in listed(panel.composition))
    judges = said(panel.judges)
    if judges is not None and seats > judges:
        yield look.fault(
            (*path, "composition"),
            f"各类评委至少 {seats} 人，评委组只有 {judges} 人",
            "请核对 composition 和 judges。",
        )
    yield from look.order(path, panel.per_entry, panel.judges, "评委人数", "per_entry")


def _round(look: Look, path: Path, round: RoundText) -> Faults:
    rounds = look.book.rounds
    yield from look.names((*path, "input"), round.input, ["submission", *rounds], "轮次")
    yield from look.names((*path, "window"), round.window, look.book.windows, "时间窗")
    yield from look.names((*path, "vote"), round.vote, look.book.votes, "投票")
    yield from look.scope(
        path, tracks=round.tracks, divisions=round.divisions, regions=round.regions
    )
    yield from _after(look, round)
    yield from _fed(look, path, round)
    yield from _timed(look, path, round)
    if round.kind == "vote" and round.vote is None:
        yield look.fault(path, "投票的轮次没有写是哪一个投票", "请补上 vote: 投票的编号。")
    if round.kind not in {"vote", "screening"} or round.scheme is not None:
        for key in ("panel", "min_judges", "recuse_own_unit", "scheme"):
            if getattr(round, key) is None:
                yield look.fault(
                    path,
                    f"“{round.name}”要打分，却缺少“{key}”",
                    f"请补上“{key}: …”；通知没有说的，写“待明确 问题编号”。",
                )
    if round.min_judges == 0:
        yield look.fault((*path, "min_judges"), "评委至少要 1 人", "请写 1 或更大的数。")
    panel = known(look.book.panels).get(str(said(round.panel)))
    most = said(panel.per_entry) or said(panel.judges) if panel else None
    least = said(round.min_judges)
    if most is not None and least is not None and least > most:
        yield look.fault(
            (*path, "min_judges"),
            f"每件作品至少 {least} 位评委，评委组最多给 {most} 位",
            "请核对 min_judges 和评委组的 judges、per_entry。",
        )
    scheme = round.scheme if isinstance(round.scheme, SchemeText) else None
    if scheme:
        yield from _scheme(look, (*path, "scheme"), scheme)
        yield from _components(look, (*path, "scheme"), scheme, round)
    if isinstance(round.advance, AdvanceText):
        yield from _advance(look, (*path, "advance"), round.advance, scheme)


def _fed(look: Look, path: Path, round: RoundText) -> Faults:
    """A round may not hold tracks that the round before it does not have."""
    before = look.book.rounds.get(round.input)
    if isinstance(before, RoundText) and set(before.tracks or ()) <= set(look.book.tracks):
        have = look.tracks_of(before.tracks)
        for track in look.tracks_of(round.tracks):
            if track not in have:
                yield look.fault(
                    (*path, "input"),
                    f"“{before.name}”不评“{look.book.tracks[track].name}”，“{round.name}”没有作品可评",
                    "请核对两个轮次的 tracks。",
                )


def _after(look: Look, round: RoundText) -> Faults:
    """A round's window may not open before the window of what feeds it has closed."""
    before = look.book.rounds.get(round.input)
    source = before.window if isinstance(before, RoundText) else round.input
    mine, closes = look.window(round.window), look.closes(source)
    opens = said(mine.opens) if mine else None
    if opens and closes and opens < closes:
        yield look.fault(
            ("windows", str(round.window), "opens"),
            f"“{round.name}”开始于 {opens:%Y-%m-%d %H:%M}，早于上一步截止（{closing(closes)}）",
            "请核对两个时间窗。",
        )


def _advance(look: Look, path: Path, advance: AdvanceText, scheme: SchemeText | None) -> Faults:
    number = said(advance.number)
    if advance.by in {"top", "ratio", "threshold"} and advance.number is None:
        yield look.fault(path, "没有写明取几件或多大的比例", "请补上 number，例如 10 或 0.3。")
    if advance.by == "ratio":
        yield from look.share((*path, "number"), number)
    if advance.by == "top" and number is not None and (number < 1 or number != int(number)):
        yield look.fault((*path, "number"), f"不能取 {plain(number)} 件", "请写不小于 1 的整数。")
    total = said(scheme.total) if scheme else None
    if advance.by == "threshold" and number is not None and total is not None and number > total:
        yield look.fault(
            (*path, "number"),
            f"{plain(number)} 分高过总分 {plain(total)}，没有作品能进",
            "请核对分数线。",
        )
    yield from look.order(path, advance.min, advance.max, "件数")
    shares: dict[str, Decimal] = defaultdict(Decimal)
    least: dict[str, int] = defaultdict(int)
    for id, each in known(advance.constraints).items():
        here: Path = (*path, "constraints", id)
        yield from look.ref(here, each.of)
        yield from look.share((*here, "min_share"), each.min_share)
        yield from look.share((*here, "max_share"), each.max_share)
        yield from look.order(here, each.min, each.max, "件数")
        yield from look.order(here, each.min_share, each.max_share, "比例", "min_share")
        shares[each.of.partition(" ")[0]] += said(each.min_share) or 0
        least[each.of.partition(" ")[0]] += said(each.min) or 0
    for kind, share in shares.items():
        if share > 1:
            yield look.fault(
                (*path, "constraints"),
                f"各项至少要占的比例合计 {percent(share)}",
                "合计不能超过 100%。",
            )
        if advance.by == "top" and number is not None and least[kind] > number:
            yield look.fault(
                (*path, "constraints"),
                f"各项至少要有的件数合计 {least[kind]}，总共只取 {plain(number)} 件",
                "请核对 constraints 里的 min。",
            )


def _scheme(look: Look, path: Path, scheme: SchemeText) -> Faults:
    for id, each in known(scheme.criteria).items():
        yield from look.names(
            (*path, "criteria", id, "panel"), each.panel, look.book.panels, "评委组"
        )
        if not isinstance(each.min, Decimal) or not isinstance(each.max, Decimal):
            continue
        if each.min >= each.max:
            yield look.fault(
                (*path, "criteria", id, "min"),
                f"“{each.name}”的最低分 {each.min} 不小于最高分 {each.max}",
                "请核对两个数。",
            )
        elif isinstance(each.step, Decimal) and (
            each.step == 0 or (each.max - each.min) % each.step != 0
        ):
            yield look.fault(
                (*path, "criteria", id, "step"),
                f"“{each.name}”从 {each.min} 到 {each.max} 分不能按 {each.step} 分一档",
                "请换一个能整除的档距，例如 0.5。",
            )
    yield from _totals(look, path, scheme)
    yield from _trimming(look, path, scheme)
    if isinstance(scheme.tie_break, Open):
        return
    tables: dict[str, tuple[Mapping[str, object] | Open | None, str]] = {
        "criterion": (scheme.criteria, "评分项"),
        "component": (scheme.components, "成绩组成"),
        "round": (look.book.rounds, "轮次"),
    }
    for each_step in scheme.tie_break:
        kind, _, name = each_step.partition(" ")
        if name and not isinstance(tables[kind][0], Open):
            table, what = tables[kind]
            yield from look.names((*path, "tie_break"), name, said(table), what)
    if len(set(scheme.tie_break)) < len(scheme.tie_break):
        yield look.fault((*path, "tie_break"), "并列规则里有重复的一步", "请删去重复的。")


def _totals(look: Look, path: Path, scheme: SchemeText) -> Faults:
    """Full marks × weights make the total, for each panel that has lines of its own."""
    criteria = known(scheme.criteria)
    total = said(scheme.total)
    if total is None or isinstance(scheme.criteria, Open) or len(criteria) < len(scheme.criteria):
        return
    for panel in dict.fromkeys(each.panel for each in criteria.values() if each.panel) or [None]:
        parts: list[Decimal] = []
        for each in criteria.values():
            top, weight = said(each.max), said(each.weight)
            if each.panel not in {None, panel}:
                continue
            if top is None or weight is None:
                return
            parts.append(top * weight)
        if parts and sum(parts) != total:
            terms = " + ".join(str(each) for each in parts)
            yield look.fault(
                (*path, "total"),
                f"各项满分合计 {terms} = {sum(parts)}，与总分 {total} 不符",
                "请改各项的满分、权重，或改总分。",
            )


def _trimming(look: Look, path: Path, scheme: SchemeText) -> Faults:
    if not isinstance(scheme.drop_high, int) or not isinstance(scheme.drop_low, int):
        return
    drops = scheme.drop_high + scheme.drop_low
    trims = scheme.aggregate == "trimmed_mean"
    if trims != (drops > 0) and isinstance(scheme.aggregate, str):
        yield look.fault(
            (*path, "aggregate"),
            "合分方法与去掉的最高、最低分个数不一致",
            "去高低分请写 trimmed_mean，且至少去掉一个；否则个数都写 0。",
        )


def _components(look: Look, path: Path, scheme: SchemeText, round: RoundText) -> Faults:
    components = known(scheme.components)
    for id, each in components.items():
        here: Path = (*path, "components", id)
        yield from _component(look, here, each, round)
        yield from look.share((*here, "weight"), each.weight)
    marked = not components or any(
        each.of.partition(" ")[0] in {"marks", "panel"} for each in components.values()
    )
    stated = scheme.criteria if not isinstance(scheme.criteria, Open) else None
    if stated is not None and not stated and marked:
        yield look.fault((*path, "criteria"), "评分表里一个评分项也没有", "请补上 criteria。")
    weights = [said(each.weight) for each in components.values()]
    known_weights = [each for each in weights if each is not None]
    if components and len(known_weights) == len(weights) and sum(known_weights) != 1:
        terms = " + ".join(percent(each) for each in known_weights)
        yield look.fault(
            (*path, "components"),
            f"各部分所占的比重 {terms} = {percent(sum(known_weights, Decimal(0)))}，不是 100%",
            "请核对各部分的 weight。",
        )


def _component(look: Look, path: Path, each: ComponentText, round: RoundText) -> Faults:
    kind, _, name = each.of.partition(" ")
    if kind != "marks":
        yield from look.ref(path, each.of)
    if kind == "field" and each.full is None:
        yield look.fault(path, "用填报的数计分，却没有写满值是多少", "请补上 full。")
    if kind == "round" and name in look.book.rounds:
        rounds = known(look.book.rounds)
        earlier: list[str] = []
        at = round.input
        while at in rounds and at not in earlier:
            earlier.append(at)
            at = rounds[at].input
        if name not in earlier:
            yield look.fault(
                (*path, "of"),
                f"“{name}”不在“{round.name}”之前，没有成绩可用",
                "请写之前某一轮的编号。",
            )


def _vote(look: Look, path: Path, vote: VoteText) -> Faults:
    yield from look.names((*path, "window"), vote.window, look.book.windows, "时间窗")
    yield from look.names((*path, "input"), vote.input, ["submission", *look.book.rounds], "轮次")
    yield from look.names((*path, "tracks"), vote.tracks, look.book.tracks, "类别")
    needs = {"share": "share_of", "rank_points": "points", "each_vote": "each"}
    if isinstance(vote.transform, str) and getattr(vote, needs[vote.transform]) is None:
        key = needs[vote.transform]
        yield look.fault(path, f"没有写明票数怎样折成分（{key}）", f"请补上“{key}: …”。")
    full, cap = said(vote.full), said(vote.cap)
    if full is not None and cap is not None and cap > full:
        yield look.fault(
            (*path, "cap"), f"封顶 {plain(cap)} 分高过满分 {plain(full)} 分", "请核对两个数。"
        )
    if isinstance(vote.points, RankPointsText):
        first = said(vote.points.first)
        if full is not None and first is not None and first > full:
            yield look.fault(
                (*path, "points", "first"),
                f"第一名得 {plain(first)} 分，高过满分 {plain(full)} 分",
                "请核对两个数。",
            )
    yield from look.order(path, vote.per_entry, vote.per_voter, "每人票数", "per_entry")
