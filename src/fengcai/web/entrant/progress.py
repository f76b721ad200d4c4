"""How far a work is: the one thing to do next, the steps, what has happened so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fengcai.apps.entries.governing import collector_over
from fengcai.apps.entries.queries import Page
from fengcai.apps.entries.states import WRITABLE, State
from fengcai.apps.exchange.origins import Brought
from fengcai.core.timetable import AFTER_UPLOAD, basis_in_words

if TYPE_CHECKING:
    from fengcai.apps.intake.models import Review

BEGUN = (
    "截止前已经开始上传的文件会继续收；传完之后 "
    f"{AFTER_UPLOAD.seconds // 60} 分钟之内仍可提交，请刷新本页。"
)


@dataclass(frozen=True)
class Line:
    """One line of a work's history."""

    text: str
    at: datetime


def next_step(page: Page, *, head: bool, in_time: bool, mine: bool) -> dict[str, Any]:
    """The one thing that this person should do now with this work."""
    entry, window = page.entry, page.window
    if entry.state in WRITABLE and not in_time:
        return {
            "tone": "late",
            "title": "报送已经截止",
            "text": "这份草稿没有提交，内容和文件都保留着。如有特殊情况，请联系组织者。"
            + (BEGUN if window.begun_counts else ""),
            "cite": window.cite,
        }
    if entry.state in WRITABLE and mine:
        owed = page.owed
        missing = "；".join(each.message for each in owed)
        return {
            "title": "补齐后提交" if owed else "可以提交了",
            "text": f"还差 {len(owed)} 项：{missing}。"
            if owed
            else "内容和文件都齐了。勾选承诺、签上姓名，就可以提交。",
            "deadline": page.deadline,
            "clock": True,
            "basis": basis_in_words(window),
            "cite": window.cite,
            "url": f"#{owed[0].field}" if owed else "#promises",
            "action": "去补齐" if owed else "去提交",
        }
    if head:
        return {
            "title": "请您确认这件作品",
            "text": "看过影片和检查结果后，在页面下方确认；确认后进入审核。",
            "url": "#confirm",
            "action": "去确认",
        }
    return {
        State.SUBMITTED: {
            "tone": "wait",
            "title": "等待负责人确认",
            "text": "负责人登录后在“我的作品”里确认，作品才会送审。截止前可以取回修改。",
        },
        State.GATHERED: {
            "tone": "wait",
            "title": f"等待{entry.gathered_by or '汇总单位'}汇总上报",
            "text": "作品已交到汇总单位，由它在自己的期限内择优上报。截止前可以取回修改。",
        },
        State.CONFIRMED: {
            "tone": "wait",
            "title": "等待审核",
            "text": "审核员会核对文件和承诺；通过或退回，都会显示在这里。",
        },
        State.ACCEPTED: {
            "tone": "done",
            "title": f"审核通过，编号 {entry.number}",
            "text": "作品将参加评审，结果公布后可在这里下载证书。",
        },
        State.WITHDRAWN: {
            "tone": "wait",
            "title": "作品已撤回",
            "text": "不再参加本次活动；记录仍然保留。",
        },
    }.get(
        State(entry.state),
        {"tone": "wait", "title": entry.get_state_display(), "text": "由联络员填写和提交。"},
    )


def steps(page: Page) -> list[dict[str, str]]:
    """How far the work is on its way, step by step: those that its rules have."""
    entry, rules = page.entry, page.rules
    way: list[tuple[str, State | None]] = [("填写与上传", State.DRAFT), ("提交", None)]
    if rules.head_confirmation:
        way.append(("负责人确认", State.SUBMITTED))
    if collector_over(rules, entry.unit) is not None:
        way.append(("汇总上报", State.GATHERED))
    way += [("审核", State.CONFIRMED), ("参加评审", None)]
    states = [state for _, state in way]
    here = len(way) if entry.state == State.ACCEPTED else 0
    if entry.state in states:
        here = states.index(State(entry.state))
    return [
        {"name": name, "state": "done" if n < here else "now" if n == here else "next"}
        for n, (name, _) in enumerate(way)
    ]


def history(page: Page, reviews: Sequence[Review], brought: Brought | None = None) -> list[Line]:
    """What has happened to the work, oldest first. `brought`: where it was imported from. No SQL."""
    entry = page.entry
    names = {slot.id: slot.name for slot in page.track.slots}
    lines = [Line(brought.text, brought.at) if brought else Line("建立草稿", entry.created_at)]
    lines += [
        Line(
            f"{'导入' if brought and v.by == brought.by else '上传'}"
            f"{names.get(slot, '文件')}第 {v.number} 版（{v.by}）",
            v.at,
        )
        for slot, versions in page.versions.items()
        for v in versions
    ]
    if entry.submitted_at:
        lines.append(Line(_handed_in(page, entry.submitted_at, brought), entry.submitted_at))
    if entry.confirmed_at:
        lines.append(Line(f"负责人确认（{entry.confirmed_by}）", entry.confirmed_at))
    words = {"accept": "审核通过", "return": "退回修改"}
    lines += [Line(words[review.decision], review.at) for review in reviews]
    return sorted(lines, key=lambda line: line.at)


def _handed_in(page: Page, at: datetime, brought: Brought | None) -> str:
    """The line of the submission: by the unit, or with the import by whoever signed over there."""
    second = f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
    counted = "逾期" if page.entry.late else "按时"
    signed = [
        d.signed_name for d in page.declarations if brought and d.signed_by_id == brought.by_id
    ]
    if brought is None or not signed:
        return f"提交作品：{second} 收到，{counted}（{basis_in_words(page.window)}）"
    basis = basis_in_words(page.window)
    if brought.submitted_there == at:
        basis = f"以“{brought.source}”记下的提交时间为准"
    return f"随导入提交：{second}，{counted}（{basis}；“{brought.source}”里由{signed[0]}签署）"
