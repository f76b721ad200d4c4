"""Sentences about panels, votes, rounds, score sheets and who goes on."""

from __future__ import annotations

from collections.abc import Iterator

from fengcai.core.rulebook.checks.look import known
from fengcai.core.rulebook.gaps import Cited, Open
from fengcai.core.rulebook.language import (
    AdvanceText,
    Book,
    ComponentText,
    ConstraintText,
    PanelText,
    RoundText,
    SchemeText,
    VoteText,
)
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.saying import each_known, either, say

from .sentence import Sentence, between, joined, named, referred, scope, share


def sentences(book: Book) -> Iterator[Sentence]:
    """Panels, votes and rounds in the order of the file."""
    for id, panel in known(book.panels).items():
        yield "评审", ("panels", id), panel, _panel(panel)
        for index, seats in each_known(panel.composition):
            text = f"{say(panel.name)}中{say(seats.who)}至少 {say(seats.min)} 人"
            yield "评审", ("panels", id, "composition", index), seats, text
    for id, vote in known(book.votes).items():
        yield "评审", ("votes", id), vote, _vote(book, vote)
        if isinstance(vote.points, Cited):
            points = vote.points
            text = (
                f"按得票名次计分：第一名 {say(points.first)} 分，往后每名少 {say(points.step)} 分"
            )
            if points.floor is not None:
                text += f"，最少 {say(points.floor)} 分"
            yield "评审", ("votes", id, "points"), points, text
    for id, round in known(book.rounds).items():
        yield from _whole_round(book, ("rounds", id), round)


def _whole_round(book: Book, path: Path, round: RoundText) -> Iterator[Sentence]:
    yield "评审", path, round, _round(book, round)
    if isinstance(round.live, Cited):
        live = round.live
        parts = [
            f"{say(round.name)}的出场次序{say(live.order, 'order')}",
            f"每件限时 {say(live.time_limit)}" if live.time_limit is not None else "",
            f"每件至少 {say(live.time_min)}" if live.time_min is not None else "",
            f"提问 {say(live.questions)}" if live.questions is not None else "",
        ]
        yield "评审", (*path, "live"), live, joined(parts)
    if isinstance(round.advance, AdvanceText):
        text = f"{say(round.name)}之后：{_advance(round.advance)}"
        yield "评审", (*path, "advance"), round.advance, text
        for id, each in known(round.advance.constraints).items():
            here: Path = (*path, "advance", "constraints", id)
            yield "评审", here, each, _constraint(book, each)
    if isinstance(round.scheme, SchemeText):
        yield from _whole_scheme(book, (*path, "scheme"), round.scheme)


def _whole_scheme(book: Book, path: Path, scheme: SchemeText) -> Iterator[Sentence]:
    yield "评审", path, scheme, _scheme(book, scheme)
    for name, each in known(scheme.criteria).items():
        about = f"：{say(each.description)}" if each.description is not None else ""
        text = (
            f"{say(each.name)}{about}，{say(each.min)} 至 {say(each.max)} 分，"
            f"每档 {say(each.step)} 分，权重 {say(each.weight)}"
        )
        if each.panel:
            text += f"，由{named(book, 'panel', [each.panel])}打分"
        yield "评审", (*path, "criteria", name), each, text
    for name, part in known(scheme.components).items():
        yield "评审", (*path, "components", name), part, _component(book, part)
    for name, penalty in known(scheme.penalties).items():
        every = f"每 {say(penalty.per)}" if penalty.per is not None else ""
        most = f"，最多扣 {say(penalty.max)} 分" if penalty.max is not None else ""
        by = f"{say(penalty.against, 'against')}的，" if penalty.against is not None else ""
        text = f"{say(penalty.name)}：{by}{every}扣 {say(penalty.points)} 分{most}"
        yield "评审", (*path, "penalties", name), penalty, text


def _panel(panel: PanelText) -> str:
    parts = [
        f"评委组：{say(panel.name)}",
        f"{say(panel.judges)} 人" if panel.judges is not None else "",
        f"每件作品由其中 {say(panel.per_entry)} 人评" if panel.per_entry is not None else "",
        either(panel.blind, "隐去单位和作者", "不隐去单位和作者", "是否隐去单位和作者")
        if panel.blind is not None
        else "",
        f"回避{say(panel.recusal, 'recusal')}" if panel.recusal is not None else "",
        f"同一单位至多 {say(panel.max_per_unit)} 人" if panel.max_per_unit is not None else "",
    ]
    return joined(parts)


def _vote(book: Book, vote: VoteText) -> str:
    how = {
        "share": f"按得票与{'最高票' if vote.share_of == 'top' else '总票数'}之比折算",
        "rank_points": "按得票名次折算",
        "each_vote": f"每票 {say(vote.each)} 分",
    }
    worth = how[vote.transform] if isinstance(vote.transform, str) else say(vote.transform)
    daily = "每天" if vote.per_entry_daily is True else ""
    parts = [
        f"{say(vote.name)}：以{say(vote.identity, 'identity')}识别投票人",
        f"每人每天至多 {say(vote.per_day)} 票" if vote.per_day is not None else "",
        f"对同一作品{daily}至多 {say(vote.per_entry)} 票" if vote.per_entry is not None else "",
        f"每人总共至多 {say(vote.per_voter)} 票" if vote.per_voter is not None else "",
        f"{worth}，满分 {say(vote.full)} 分",
        f"封顶 {say(vote.cap)} 分" if vote.cap is not None else "",
        say(vote.display, "display"),
        say(vote.void) if vote.void is not None else "",
        f"由{say(vote.void_by)}认定" if vote.void_by is not None else "",
    ]
    return joined(parts) + scope(book, vote.tracks)


def _round(book: Book, round: RoundText) -> str:
    before = book.rounds.get(round.input)
    source = f"{say(before.name)}入围的作品" if isinstance(before, RoundText) else "报送的作品"
    text = f"{say(round.name)}："
    if round.kind == "vote":
        text += f"{source}参加{referred(book, f'vote {round.vote}')}"
    else:
        panel = round.panel
        if isinstance(panel, str):
            panel = named(book, "panel", [panel])
        text += f"由{say(panel) if panel is not None else '主办方'}评审{source}"
    if round.min_judges is not None:
        text += f"，每件至少 {say(round.min_judges)} 位评委"
    said = ("，评委回避本单位作品", "，评委不因本单位作品回避", "，评委是否回避本单位作品")
    if round.recuse_own_unit is not None:
        text += either(round.recuse_own_unit, *said)
    for name, gap in (
        ("评分办法", round.scheme),
        ("入围办法", round.advance),
        ("现场规则", round.live),
    ):
        if isinstance(gap, Open):
            text += f"，{name}{say(gap)}"
    return text + scope(book, None, round.divisions, round.regions)


def _advance(advance: AdvanceText) -> str:
    number = say(advance.number) if advance.number is not None else ""
    base = f"（以{say(advance.base, 'base')}为基数）" if advance.base is not None else ""
    if advance.by == "top":
        text = f"前 {number} 件进入下一轮{base}"
    elif advance.by == "ratio":
        text = f"按 {number} 的比例进入下一轮{base}"
    elif advance.by == "threshold":
        text = f"{number} 分及以上的进入下一轮{base}"
    else:
        text = f"{say(advance.by, 'advance')}{base}"
    of = f"按{say(advance.of, 'of')}计算" if advance.of is not None else ""
    unit, person, spare = advance.max_per_unit, advance.max_per_person, advance.reserve
    parts = [
        text,
        of,
        say(advance.rounding, "rounding") if advance.rounding is not None else "",
        between(advance.min, advance.max, "件"),
        f"每个单位至多 {say(unit)} 件" if unit is not None else "",
        f"每人至多 {say(person)} 件" if person is not None else "",
        f"另取 {say(spare)} 件替补" if spare is not None else "",
    ]
    return joined(parts)


def _constraint(book: Book, each: ConstraintText) -> str:
    kind = say(each.of.partition(" ")[0], "kind")
    least = f"占 {share(each.min_share)} 以上" if each.min_share is not None else ""
    most = f"不超过 {share(each.max_share)}" if each.max_share is not None else ""
    bounds = joined([between(each.min, each.max, "件"), least, most])
    return f"进入下一轮的作品中，{kind}{referred(book, each.of)}的{bounds}"


def _component(book: Book, part: ComponentText) -> str:
    kind, _, id = part.of.partition(" ")
    whose = {
        "marks": "本轮评分",
        "panel": f"{named(book, 'panel', [id])}的评分",
        "round": f"{named(book, 'round', [id])}的成绩",
        "vote": f"{named(book, 'vote', [id])}的得分",
        "field": f"填报的“{named(book, 'field', [id])}”",
    }
    full = f"，以 {say(part.full)} 为满值" if part.full is not None else ""
    how = f"，{say(part.aggregate, 'aggregate')}" if part.aggregate is not None else ""
    drops = f"，去掉 {say(part.drop_high)} 个最高分" if part.drop_high else ""
    drops += f"，去掉 {say(part.drop_low)} 个最低分" if part.drop_low else ""
    return f"{say(part.name)}占 {share(part.weight)}：{whose[kind]}{how}{drops}{full}"


def _scheme(book: Book, scheme: SchemeText) -> str:
    text = f"满分 {say(scheme.total)} 分，{say(scheme.aggregate, 'aggregate')}"
    if scheme.aggregate == "trimmed_mean":
        text += (
            f"：有效评分不少于 {say(scheme.drop_only_if_at_least)} 份时去掉 {say(scheme.drop_high)} 个最高分、"
            f"{say(scheme.drop_low)} 个最低分"
        )
    text += f"，最后保留 {say(scheme.rounding_places)} 位小数（{say(scheme.rounding_mode, 'rounding_mode')}）"
    if scheme.missing is not None:
        text += f"；有评委缺分时{say(scheme.missing, 'missing')}"
    if scheme.normalise is not None:
        text += f"；{say(scheme.normalise, 'normalise')}"
    if isinstance(scheme.tie_break, Open):
        return f"{text}；并列时的办法{say(scheme.tie_break)}"
    names = {f"criterion {id}": say(each.name) for id, each in known(scheme.criteria).items()}
    names |= {f"component {id}": say(each.name) for id, each in known(scheme.components).items()}
    names |= {f"round {id}": say(each.name) for id, each in known(book.rounds).items()}
    steps = [say(names.get(step, step), "tie_break") for step in scheme.tie_break]
    return f"{text}；并列时依次看：{'、'.join(steps)}" if steps else text
