"""What the organiser has to do today: the one next step, and how far the contest is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from fengcai.apps.awards.queries import ResultPage, certificates_in, result_page
from fengcai.apps.contests.queries import questions, rules_of
from fengcai.apps.entries.coverage import OWED, Tally, tallies
from fengcai.apps.entries.listing import counts
from fengcai.apps.entries.states import State as Standing
from fengcai.apps.judging.queries import Judging, UnderWay, judging_of
from fengcai.apps.publishing.queries import results_published
from fengcai.core.rulebook import Rules
from fengcai.core.timetable import standing
from fengcai.web.organiser.pages.coverage import Asked, board, units_in_all
from fengcai.web.shared.cards import numbered

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest
    from fengcai.apps.people.models import User

STEPS = ("明确规则", "单位名单", "征集作品", "审核", "评审", "评奖", "证书", "公布结果")


@dataclass(frozen=True)
class State:
    """Everything that the next step depends on. `step` counts `STEPS` from 0."""

    contest: Contest
    rules: Rules
    units: list[Tally]
    counts: Mapping[str, int]
    judging: Judging
    result: ResultPage | None
    certificates: int
    published: bool
    at: datetime

    def many(self, *states: str) -> int:
        """How many works stand in these states."""
        return sum(self.counts.get(state, 0) for state in states)


def office_page(
    contest: Contest, *, user: User, at: datetime, asked: Asked, page: str | None = None
) -> dict[str, Any]:
    """The page's context; `asked` is what of the coverage board is looked at, `page` of its pages."""
    if not contest.is_open:
        waiting = [row for row in questions(contest) if row.answer is None]
        return {"step": _drafting(contest, len(waiting)), "steps": _steps(0), "open": False}
    judging = judging_of(contest)
    result = result_page(contest=contest, user=user) if judging.sealed else None
    issued = certificates_in(contest=contest, user=user) if result and result.approved else []
    state = State(
        contest=contest,
        rules=rules_of(contest),
        units=tallies(contest),
        counts=counts(contest),
        judging=judging,
        result=result,
        certificates=len([row for row in issued if row.revoked_at is None]),
        published=results_published(contest),
        at=at,
    )
    place, step = _next(state)
    return {
        "open": True,
        "step": step,
        "steps": _steps(place),
        "stats": _stats(state),
        **board(
            contest,
            state.units,
            asked=asked,
            page=page,
            unit_url=numbered("office-unit", contest.slug),
        ),
    }


def _steps(place: int) -> list[dict[str, str]]:
    return [
        {"name": name, "state": "done" if i < place else "now" if i == place else ""}
        for i, name in enumerate(STEPS)
    ]


def _still_short(owed: int, must: int) -> str:
    """What to say of those who must enter; a roster of nobody is not a complete one."""
    if not must:
        return "名单里没有必报单位"
    return f"还差 {owed} 个" if owed else "全了"


def _stats(state: State) -> list[dict[str, Any]]:
    must = sum(each.units for each in state.units if each.must_enter)
    owed = units_in_all(state.units, OWED)
    review = reverse("review-desk", args=[state.contest.slug])
    board = reverse("office", args=[state.contest.slug])
    return [
        {
            "label": "必报单位已报送",
            "value": must - owed,
            "unit": f"/ {must} 个",
            "note": _still_short(owed, must),
            "url": board + f"?show={OWED}#units" if owed else "",
        },
        {
            "label": "待负责人确认、填写中",
            "value": state.many(Standing.SUBMITTED, Standing.DRAFT),
            "unit": "件",
            "note": f"退回修改 {state.many(Standing.RETURNED)} 件",
        },
        {
            "label": "待审核",
            "value": state.many(Standing.CONFIRMED),
            "unit": "件",
            "url": review,
        },
        {
            "label": "审核通过",
            "value": state.many(Standing.ACCEPTED),
            "unit": "件",
            "url": f"{review}?state={Standing.ACCEPTED}",
        },
    ]


def _drafting(contest: Contest, waiting: int) -> dict[str, Any]:
    url = reverse("office-questions", args=[contest.slug])
    if waiting:
        return {
            "title": f"通知有 {waiting} 处没有写明，请逐项答复",
            "text": "每一处都列出可选的做法。全部答复后才能启动活动，规则随即冻结。",
            "url": url,
            "action": "去答复",
        }
    return {
        "title": "规则已经明确，可以启动活动",
        "text": "启动后规则冻结并留下校验值，单位即可按规则报送。",
        "url": url,
        "action": "去启动",
    }


def _next(state: State) -> tuple[int, dict[str, Any]]:
    """Where the contest stands among `STEPS`, and the one thing to do next."""
    slug = state.contest.slug
    if state.published:
        return len(STEPS), {
            "tone": "done",
            "title": "结果已经公布",
            "text": "获奖名单、证书与展播都可以公开核对。还可以增减展播的作品。",
            "url": reverse("office-publication", args=[slug]),
            "action": "管理展播",
        }
    if state.judging.sealed:
        return _awarding(state)
    if state.judging.now is not None:
        return 4, _judging(state, state.judging.now)
    if not state.units:
        return 1, {
            "title": "请导入单位名单",
            "text": "有了名单，才知道谁该报送、谁还没有报送。支持 Excel 和 CSV，导入前先预览。",
            "url": reverse("office-units", args=[slug]),
            "action": "导入名单",
        }
    window = state.rules.window
    now = standing(window, state.at)
    if now == "before":
        return 1, {
            "tone": "wait",
            "title": "报送还没有开始",
            "text": f"报送时间：{window.original}。现在可以把个人链接发给各联络员。",
            "deadline": window.opens,
            "cite": window.cite,
            "url": reverse("office-people", args=[slug]),
            "action": "发个人链接",
        }
    return _collecting(state, closed=now == "closed")


def _collecting(state: State, *, closed: bool) -> tuple[int, dict[str, Any]]:
    slug, window = state.contest.slug, state.rules.window
    missing = units_in_all(state.units, OWED)
    if not closed and missing:
        return 2, {
            "title": f"还有 {missing} 个必报单位没有报送，请联系",
            "text": "其中有的还在填写。催报名单写明联络员、电话和上次催报的时间，可以一起提醒。",
            "deadline": window.closes,
            "cite": window.cite,
            "url": reverse("office-owed", args=[slug]),
            "action": "看催报名单",
        }
    if waiting := state.many(Standing.CONFIRMED):
        return 3, {
            "title": f"有 {waiting} 件作品等待审核",
            "text": "对照检查结果逐件判断，通过或退回。",
            "url": reverse("review-desk", args=[slug]),
            "action": "去审核台",
        }
    if not closed:
        return 2, {
            "tone": "wait",
            "title": "必报单位都已报送，等待截止",
            "text": "截止前单位还可以替换影片或再报。",
            "deadline": window.closes,
            "cite": window.cite,
        }
    accepted, heads = state.many(Standing.ACCEPTED), state.many(Standing.SUBMITTED)
    if not accepted:
        return 3, {
            "tone": "late",
            "title": "报送已截止，还没有审核通过的作品",
            "text": "没有作品就不能启动评审。退回修改的作品在修改期限内还可以再交。",
            "cite": window.cite,
            "url": reverse("review-desk", args=[slug]),
            "action": "去审核台",
        }
    text = f"审核通过 {accepted} 件，评委独立打分，全部提交后封存。"
    if heads:
        text = f"另有 {heads} 件等待负责人确认，启动前请先联系。" + text
    return 4, {
        "title": "报送已截止，可以启动评审",
        "text": text,
        "url": reverse("office-round", args=[slug]),
        "action": "去启动评审",
    }


def _judging(state: State, round: UnderWay) -> dict[str, Any]:
    url = reverse("office-round", args=[state.contest.slug])
    if round.sealable:
        return {
            "title": "评委都已提交，可以封存",
            "text": "封存后评分不能再改，随即按规则排出名次。",
            "url": url,
            "action": "去封存",
        }
    return {
        "tone": "wait",
        "title": f"评审进行中，已评 {round.done} / {round.due} 份",
        "text": f"还没有提交：{'、'.join(round.waiting)}。"
        if round.waiting
        else "".join(round.shortages),
        "url": url,
        "action": "看评审进度",
    }


def _awarding(state: State) -> tuple[int, dict[str, Any]]:
    url = reverse("office-awards", args=[state.contest.slug])
    result = state.result
    if result is None or result.stale:
        return 5, {
            "title": "评审已封存，请计算评奖结果",
            "text": "按规则排名、分配奖项；需要评审委员会决定的会逐项列出。",
            "url": url,
            "action": "去计算",
        }
    if result.flags:
        return 5, {
            "title": f"还有 {len(result.flags)} 处须由评审委员会决定",
            "text": result.flags[0],
            "url": url,
            "action": "去决定",
        }
    if not result.approved:
        return 5, {
            "title": "请核对并核定评奖结果",
            "text": "核定之后，评定和名次不能再改。",
            "url": url,
            "action": "去核定",
        }
    if state.certificates < len(result.winners):
        return 6, {
            "title": f"请制作 {len(result.winners) - state.certificates} 张证书",
            "text": "每张证书有编号和二维码，可以在网上核验。",
            "url": url + "#certificates",
            "action": "去制作",
        }
    return 7, {
        "title": "请公布评选结果",
        "text": "结果已核定，证书已制作。公布后任何人都可以查看。",
        "url": reverse("office-publication", args=[state.contest.slug]),
        "action": "去公布",
    }
