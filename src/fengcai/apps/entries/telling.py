"""What a unit is told about its work: that it came in, that it was returned with reasons, accepted."""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.contests.addressing import acting_for
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.messages.actions import post, register_template
from fengcai.apps.messages.ways import where_to

SUBMITTED, RETURNED, ACCEPTED = "entries.submitted", "entries.returned", "entries.accepted"
EVENTS = {"submitted": SUBMITTED, "returned": RETURNED, "accepted": ACCEPTED}
_NEXT = {
    State.SUBMITTED: "下一步：请本单位负责人登录并确认，确认后才算报送。",
    State.GATHERED: "下一步：由汇总单位上报，您不需要再做什么。",
    State.CONFIRMED: "下一步：等待主办方审核，您不需要再做什么。",
}

register_template(
    SUBMITTED,
    title="作品已提交",
    subject="{活动}：已收到《{题名}》",
    body=(
        "{姓名}：\n\n{单位}的作品《{题名}》已于 {时间} 提交，内容和文件已全部收到。{逾期}\n\n"
        "{下一步}{去处}"
    ),
    repeatable=True,
)
register_template(
    RETURNED,
    title="作品退回修改",
    subject="{活动}：《{题名}》需要修改",
    body=(
        "{姓名}：\n\n{单位}的作品《{题名}》经审核需要修改，请在 {期限} 之前改好并重新提交。"
        "已填内容和文件都还在。\n\n退回原因：\n{原因}\n{去处}"
    ),
    repeatable=True,
)
register_template(
    ACCEPTED,
    title="作品审核通过",
    subject="{活动}：《{题名}》审核通过",
    body=(
        "{姓名}：\n\n{单位}的作品《{题名}》已审核通过，编号 {编号}。\n\n"
        "接下来进入评审，您不需要再做什么。{去处}"
    ),
    repeatable=True,
)


def tell(
    entry: Entry, event: str, *, stamp: str, reasons: str, until: datetime | None, at: datetime
) -> int:
    """Post an event (`EVENTS`) of a work to its unit's contacts and head; returns to how many.

    `stamp` tells one submission or review from the next; the same one is told once.
    """
    path = f"/works/{entry.pk}/"
    people = acting_for([entry.unit_id])
    for each in people:
        post(
            template=EVENTS[event],
            to=each,
            context={
                "姓名": each.name,
                "活动": entry.contest.title,
                "单位": entry.unit.name,
                "题名": str(entry),
                "时间": entry.submitted_at,
                "逾期": "这次提交晚于截止时间，已如实注明。" if entry.late else "",
                "下一步": _NEXT.get(State(entry.state), ""),
                "期限": until,
                "原因": reasons,
                "编号": entry.number,
                "去处": where_to(path, "作品"),
            },
            key=f"entry:{entry.pk}:{event}:{stamp}:user:{each.user_id}",
            contest=entry.contest_id,
            link=path,
            at=at,
        )
    return len(people)
