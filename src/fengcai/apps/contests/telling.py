"""What a contest tells all who enter: that its rules were amended, that results are public.

Each person is told once of each occasion: by mail, or on the site where there is no address.
"""

from __future__ import annotations

from datetime import datetime

from fengcai.apps.contests.addressing import entrants_of
from fengcai.apps.contests.models import Amendment, Contest
from fengcai.apps.messages.actions import post, register_template
from fengcai.apps.messages.ways import where_to

AMENDED, RESULTS = "contests.amended", "contests.results"
_MOST_CHANGES = 20

register_template(
    AMENDED,
    title="补充通知",
    subject="{活动}：补充通知 {文号}",
    body=(
        "{姓名}：\n\n{活动}的规则有补充，即日起按补充后的规则办理。\n\n"
        "文号：{文号}\n理由：{理由}\n\n改动：\n{改动}\n\n"
        "已经提交的作品仍按提交时的规则办理。{去处}"
    ),
    repeatable=True,
)
register_template(
    RESULTS,
    title="结果公布",
    subject="{活动}：评选结果已公布",
    body="{姓名}：\n\n{活动}的评选结果已经公布。{去处}",
    repeatable=True,
)


def tell_amendment(amendment: Amendment, *, at: datetime) -> int:
    """Post an amendment to every contact and head; returns to how many."""
    contest = amendment.contest
    lines = [_in_a_line(each) for each in amendment.changes[:_MOST_CHANGES]]
    if (more := len(amendment.changes) - len(lines)) > 0:
        lines.append(f"另有 {more} 处，见规则页")
    path = f"/c/{contest.slug}/rules/"
    people = entrants_of(contest.pk)
    for each in people:
        post(
            template=AMENDED,
            to=each,
            context={
                "姓名": each.name,
                "活动": contest.title,
                "文号": amendment.notice_number,
                "理由": amendment.reason,
                "改动": lines,
                "去处": where_to(path, "规则全文"),
            },
            key=f"amendment:{amendment.pk}:user:{each.user_id}",
            contest=contest.pk,
            link=path,
            at=at,
        )
    return len(people)


def tell_results(contest: Contest, *, at: datetime) -> int:
    """Post that results are public to every contact and head; returns to how many."""
    path = f"/c/{contest.slug}/results/"
    people = entrants_of(contest.pk)
    for each in people:
        post(
            template=RESULTS,
            to=each,
            context={
                "姓名": each.name,
                "活动": contest.title,
                "去处": where_to(path, "结果"),
            },
            key=f"results:{contest.pk}:user:{each.user_id}",
            contest=contest.pk,
            link=path,
            at=at,
        )
    return len(people)


def _in_a_line(change: dict[str, str]) -> str:
    before, after = change.get("before") or "", change.get("after") or ""
    if before and after:
        return f"{change['what']}：由“{before}”改为“{after}”"
    return f"{change['what']}：{'新增' if after else '取消'}“{after or before}”"
