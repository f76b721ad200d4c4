"""Which icon, colour and word a verdict or a state wears, in one place for all pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Badge:
    """`tone` is one of pass, fail, doubt, note, accent or empty (ink)."""

    tone: str
    icon: str
    word: str


VERDICTS: dict[str, Badge] = {
    "pass": Badge("pass", "pass", "符合"),
    "fail": Badge("fail", "fail", "不符合"),
    "undetermined": Badge("doubt", "question", "未能判定"),
    "person": Badge("doubt", "person", "由人判断"),
}
ADVICE = Badge("doubt", "alert", "建议改进")

STATES: dict[str, Badge] = {
    # entries
    "draft": Badge("", "draft", "草稿"),
    "submitted": Badge("note", "clock", "待负责人确认"),
    "gathered": Badge("note", "clock", "待汇总上报"),
    "confirmed": Badge("note", "clock", "待审核"),
    "returned": Badge("fail", "return", "退回修改"),
    "accepted": Badge("pass", "pass", "审核通过"),
    "withdrawn": Badge("", "undo", "已撤回"),
    "late": Badge("fail", "alert", "逾期报送"),
    # files
    "received": Badge("note", "clock", "等待检查"),
    "inspected": Badge("pass", "pass", "已检查"),
    "unreadable": Badge("fail", "fail", "无法读取"),
    # jobs
    "waiting": Badge("", "wait", "排队中"),
    "running": Badge("note", "running", "进行中"),
    "done": Badge("pass", "pass", "已完成"),
    "failed": Badge("fail", "fail", "没有完成"),
    # windows, rounds, units
    "before": Badge("", "clock", "未开始"),
    "open": Badge("accent", "flag", "进行中"),
    "closed": Badge("", "lock", "已截止"),
    "sealed": Badge("pass", "lock", "已封存"),
    "missing": Badge("fail", "alert", "未报送"),
    "exempt": Badge("", "info", "免报送"),
    # results
    "awarded": Badge("accent", "award", "获奖"),
    "published": Badge("pass", "eye", "已公布"),
    "valid": Badge("pass", "shield", "有效"),
    "revoked": Badge("fail", "fail", "已撤销"),
}


def verdict(value: str, severity: str = "must") -> Badge:
    """A finding's badge. What is only advised never looks like a refusal."""
    if value == "fail" and severity != "must":
        return ADVICE
    return VERDICTS[value]


def state(value: str, word: str = "") -> Badge:
    """A state's badge; `word` replaces its word. A state that is not known here needs a word."""
    known = STATES.get(value)
    if known is None:
        return Badge("", "info", word or "其他状态")
    return Badge(known.tone, known.icon, word) if word else known
