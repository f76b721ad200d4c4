"""The rows of the record's page: who did what when, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fengcai.apps.audit.queries import RecordRow, records, verify_chain
from fengcai.apps.contests.queries import people_in

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

PER_PAGE = 50

ACTS = {
    "contests.create": "建立活动",
    "contests.answer": "答复通知的问题",
    "contests.open": "启动活动，冻结规则",
    "contests.import_units": "导入单位名单",
    "likeness.compare": "重新比对全部作品",
    "likeness.decide": "判断相似作品",
    "compliance.decide": "判断宣传用语",
    "compliance.read": "重新检查全部作品的用语",
    "likeness.import_priors": "导入往届获奖作品",
    "likeness.add_prior_film": "登记往届作品的影片",
    "likeness.remove_prior": "删去一件往届作品",
    "contests.appoint": "聘任",
    "contests.dismiss": "撤去身份",
    "people.issue_links": "签发个人链接",
    "assets.receive": "收到文件",
    "assets.inspect": "检查文件",
    "assets.judge": "重新判断文件的检测结果",
    "assets.look_closer": "安排仔细检测文件",
    "assets.closer_failed": "仔细检测没有做成",
    "assets.tune": "设定一项检查",
    "entries.start": "新建作品",
    "entries.file": "交上文件",
    "entries.submit": "提交作品",
    "entries.confirm": "负责人确认",
    "entries.recall": "取回修改",
    "entries.withdraw": "撤回作品",
    "entries.item": "填写链接或实物",
    "entries.item_out": "取消链接或实物",
    "entries.arrange": "调整文件顺序",
    "entries.received": "登记收件",
    "entries.received_void": "撤销收件登记",
    "exchange.pack": "准备下载包",
    "exchange.take": "下载文件包",
    "exchange.drop": "删去下载包",
    "exchange.form": "放上表格模板",
    "exchange.form_out": "停用表格模板",
    "exchange.fill": "填写表格",
    "exchange.import_begin": "放上别的系统的导出表",
    "exchange.import_map": "说明导出表各列的意思",
    "exchange.import_start": "开始导入",
    "exchange.import": "导入作品",
    "intake.accept": "审核通过",
    "intake.return": "退回修改",
    "intake.decide": "判断一项检测结果",
    "judging.open": "启动评审",
    "judging.seat": "加入评委",
    "judging.excuse": "评委退出",
    "judging.panel": "编入评委组",
    "judging.assign": "确定评委分工",
    "judging.promise": "签署保密承诺",
    "judging.recuse": "声明回避",
    "judging.unrecuse": "取消回避",
    "judging.mark": "保存评分",
    "judging.hand_in": "签名提交评分",
    "judging.reopen": "退回评分",
    "judging.draw": "抽签定出场次序",
    "judging.time": "记录用时",
    "judging.penalty": "记录扣分",
    "judging.no_penalty": "撤回扣分",
    "judging.votes": "录入票数",
    "judging.void_votes": "作废票数",
    "judging.restore_votes": "恢复票数",
    "judging.seal": "封存评审",
    "judging.rule_order": "裁定并列先后",
    "judging.rule_aside": "记为不予通过",
    "judging.unrule": "撤回裁定",
    "judging.shortlist": "确认入围名单",
    "awards.decide_award": "记录委员会评定",
    "awards.decide_tie": "裁定并列",
    "awards.allocate": "计算评奖结果",
    "awards.approve": "核定评奖结果",
    "awards.certify": "签发证书",
    "awards.sign": "获奖者签署",
    "awards.revoke": "作废证书",
    "publishing.show": "展播作品",
    "publishing.hide": "撤下展播",
    "publishing.results": "公布结果",
    "jobs.retry": "再试后台任务",
    "audit.erase": "删去个人内容",
}


@dataclass(frozen=True)
class ActRow:
    """One record as the page shows it."""

    sequence: int
    at: datetime
    actor: str
    act: str
    action: str
    subject: str
    details: str
    personal: tuple[tuple[str, str], ...]
    hash: str


def audit_page(contest: Contest, *, before: int | None) -> dict[str, Any]:
    """The page's context. 3 SQL; the first page recounts the whole chain besides (3 more and one
    for each 200 records are read)."""
    names = {f"user:{seat.user_id}": str(seat.user) for seat in people_in(contest)}
    found = records(contest.chain, limit=PER_PAGE + 1, before=before)
    rows = [_row(one, names) for one in found[:PER_PAGE]]
    return {
        "rows": rows,
        "older": rows[-1].sequence if len(found) > PER_PAGE else None,
        "first": before is None,
        "chain": verify_chain(contest.chain) if before is None else None,
    }


def _row(one: RecordRow, names: dict[str, str]) -> ActRow:
    return ActRow(
        sequence=one.sequence,
        at=one.at,
        actor=names.get(one.actor, one.actor.replace("user:", "账号 ")),
        act=ACTS.get(one.action, one.action),
        action=one.action,
        subject=names.get(one.subject, one.subject),
        details=json.dumps(dict(one.details), ensure_ascii=False, indent=1),
        personal=tuple(
            (each.name, each.value if each.value is not None else "（已按请求删去）")
            for each in one.personal
        ),
        hash=one.hash,
    )
