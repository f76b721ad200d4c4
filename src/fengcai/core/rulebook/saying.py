"""Single values of a book in Chinese, whether they are stated or still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from .gaps import Open
from .instants import day_and_clock

T = TypeVar("T")

WORDS: dict[str, dict[str, str]] = {
    "signatory": {
        "author": "作者",
        "unit": "报送单位",
        "head": "单位负责人",
        "judge": "评委",
        "person_shown": "出镜者",
        "guardian": "监护人",
        "instructor": "指导教师",
    },
    "when": {"submit": "报送", "confirm": "确认", "judge": "评审", "award": "领奖"},
    "evidence": {
        "tick": "在网页上勾选",
        "e_sign": "电子签名",
        "signed_scan": "上传签字的扫描件",
        "kept_by_unit": "纸质件由单位留存",
    },
    "on_screen": {
        "patient": "患者",
        "family": "家属",
        "staff": "医务人员",
        "other": "其他出镜人员",
    },
    "purposes": {
        "judging": "评审",
        "site": "在本活动网站展播",
        "channels": "在公众号、视频号等渠道展播",
        "upper": "向上级赛事报送",
        "media": "媒体报道",
    },
    "needed_for": {
        "submission": "提交作品",
        "publication": "公开展播",
        "nothing": "不作要求，只作提示",
    },
    "checked_by": {
        "machine": "系统检查",
        "form": "填表时检查",
        "declaration": "由承诺保证",
        "human": "审核员查看",
        "judge": "评委把握",
    },
    "effect": {
        "none": "只作倡导，不影响名次",
        "tie_break": "只在并列时参考",
        "bonus": "由评委打分时体现",
    },
    "basis": {
        "server_received": "以服务器收到为准",
        "mail_date": "以邮件日期为准",
        "paper_arrival": "以纸质件送达为准",
        "post_mark": "以寄出邮戳为准",
    },
    "days": {"calendar": "天", "working": "个工作日"},
    "late": {"reject": "不再受理", "mark": "收下并注明", "allow": "照常受理"},
    "window": {
        "register": "报名",
        "submit": "报送",
        "confirm": "单位确认",
        "collect": "向汇总单位报送",
        "paper": "报送纸质材料",
        "material": "补交材料",
        "judge": "评审",
        "vote": "投票",
        "objection": "受理异议",
    },
    "channel": {
        "web": "网上报送",
        "email": "电子邮件",
        "wechat": "微信",
        "paper": "纸质报送",
        "collector": "由汇总单位报送",
        "external": "外部系统",
    },
    "applies_to": {
        "mail_subject": "邮件主题",
        "video_filename": "视频文件名",
        "audio_filename": "音频文件名",
        "image_filename": "图片文件名",
        "document_filename": "文档文件名",
        "filename": "文件名",
        "folder": "文件夹名",
        "archive": "压缩包名",
    },
    "track": {"work": "作品", "account": "账号", "person": "人物", "slogan": "口号"},
    "kinds": {
        "article": "期刊文章",
        "guideline": "指南或共识",
        "book": "图书",
        "standard": "标准",
        "web": "网页",
        "music": "音乐",
        "picture": "图片",
        "footage": "影像素材",
        "font": "字体",
        "text": "文字",
        "voice": "配音",
        "other": "其他",
    },
    "asks": {
        "profession": "专业",
        "unit": "单位",
        "title": "职称",
        "post": "职务",
        "phone": "电话",
        "email": "邮箱",
        "id_number": "身份证号",
        "birth": "出生日期",
        "gender": "性别",
        "student_number": "学号",
    },
    "slot": {"link": "条链接", "physical": "件实物"},
    "link": {
        "platform": "发布平台",
        "published_on": "发布日期",
        "title": "题目",
        "account": "账号名称",
    },
    "signed": {"author": "作者签字", "head": "负责人签字", "seal": "单位盖章"},
    "shown_to": {"office": "只给工作人员看", "judges": "给评委看", "public": "可以公开"},
    "levels": {"unit": "本单位", "city": "市级", "province": "省级", "nation": "国家级"},
    "per": {
        "contest": "本次活动",
        "track": "同一类别",
        "division": "同一组别",
        "region": "每个赛区",
    },
    "each": {"track": "每个类别", "division": "每个组别", "region": "每个赛区"},
    "exempt": {"must": "可以不报送", "quota": "不计入名额"},
    "advance": {"all": "全部进入下一轮"},
    "base": {
        "track": "本类别",
        "unit": "本单位",
        "total": "全部作品",
        "division": "本组别",
        "region": "本赛区",
    },
    "of": {
        "submitted": "报送的作品",
        "accepted": "受理的作品",
        "input": "参加本轮的作品",
        "shortlisted": "入围的作品",
        "awarded": "获奖作品",
        "votes": "得票",
        "coverage": "下属单位的参与率",
    },
    "kind": {
        "track": "类别",
        "theme": "主题",
        "division": "组别",
        "region": "赛区",
        "unit_class": "单位类别",
    },
    "rounding": {"down": "舍去小数", "up": "进一取整", "half_up": "四舍五入"},
    "recusal": {
        "own_unit": "本单位作品",
        "own_region": "本赛区作品",
        "own_student": "本人指导的作品",
        "declared": "本人声明有利害关系的作品",
    },
    "against": {
        "too_long": "用时超过限时",
        "too_short": "用时不足最短用时",
        "either": "用时超过限时或不足最短用时",
    },
    "order": {"draw": "抽签决定", "number": "按作品编号", "listed": "按公布的名单"},
    "aggregate": {
        "mean": "取各评委平均分",
        "median": "取各评委中位数",
        "trimmed_mean": "去高低分后平均",
    },
    "missing": {
        "wait": "等补齐再合分",
        "leave_out": "不计缺的分",
        "zero": "缺的分按 0 分计",
    },
    "normalise": {
        "none": "不作标准化",
        "standard_score": "先把各评委的分折成标准分",
        "rank": "先把各评委的分折成名次",
    },
    "rounding_mode": {"half_up": "四舍五入", "half_even": "四舍六入五成双"},
    "tie_break": {
        "committee": "评审委员会决定",
        "earlier_submission": "报送先后",
        "extra_vote": "评委加投一次",
        "lot": "抽签",
        "share_rank": "名次相同，下一名次空缺",
    },
    "identity": {
        "wechat": "微信账号",
        "phone": "手机号",
        "account": "本系统账号",
        "none": "不核对身份",
    },
    "display": {"live": "票数实时公开", "daily": "票数每日公布", "hidden": "投票期间不公布票数"},
    "decided_by": {
        "ranking": "按名次产生",
        "committee": "由评审委员会决定",
        "vote": "按得票产生",
        "formula": "按积分产生",
    },
    "stacking": {"stack": "可以兼得", "exclusive": "不可兼得"},
    "recipient": {"unit": "报送单位", "authors": "作者", "instructors": "指导教师"},
}

# Chapter and name of a rule that is open as a whole, by the key it stands under.
WHOLE: dict[str, tuple[str, str]] = {
    "organisers": ("活动", "组织单位"),
    "contacts": ("活动", "联系方式"),
    "mailbox": ("活动", "报送邮箱"),
    "units": ("报送单位", "还有哪些单位、怎样报送"),
    "tracks": ("作品类别", "还有要交的文件或填报内容"),
    "requirements": ("作品要求", "作品要求"),
    "declarations": ("承诺与授权", "承诺或授权"),
    "releases": ("承诺与授权", "出镜人员的同意书"),
    "windows": ("时间", "时间"),
    "schedule": ("时间", "日程"),
    "naming": ("命名", "命名"),
    "rounds": ("评审", "评审"),
    "awards": ("奖项", "还有哪些奖项"),
    "prizes": ("奖项", "证书"),
    "recognition": ("成果应用", "认定"),
    "publication": ("成果应用", "展播"),
    "recommendation": ("成果应用", "推荐"),
    "objections": ("成果应用", "是否公示、公示几天"),
    "terms": ("其他规定", "规定"),
    "theme": ("活动", "活动主题"),
    "edition": ("活动", "届次"),
    "feeds_into": ("成果应用", "上级赛事"),
    "bodies": ("活动", "组织机构"),
    "regions": ("报送单位", "赛区"),
    "divisions": ("组别", "组别"),
    "person_caps": ("报送单位", "每人最多参加几件"),
    "qualifications": ("报送单位", "参加资格"),
    "novelty": ("作品要求", "首发与旧作"),
    "calendar": ("时间", "放假和调休"),
    "channels": ("报送渠道", "报送渠道"),
    "panels": ("评审", "评委组"),
    "votes": ("评审", "投票"),
    "documents": ("成果应用", "文书"),
    "notice": ("活动", "通知"),
}


def whole_rule(path: tuple[str | int, ...]) -> tuple[str, str]:
    """Chapter and name for a rule that is open as a whole."""
    return WHOLE[str(path[0])]


def say(value: object, table: str = "") -> str:
    """A value in words. `table` names the words for its codes; `size` says bytes."""
    if isinstance(value, Open):
        return f"待明确（{value.question}）"
    if value is None:
        return "不限"
    if isinstance(value, bool):
        return "是" if value else "否"
    if table == "size" and isinstance(value, int):
        return _size(value)
    if isinstance(value, datetime):
        return f"{value.year} 年 {value.month} 月 {value.day} 日 {value:%H:%M}"
    if isinstance(value, date):
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    if isinstance(value, timedelta):
        return _span(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "、".join(say(each, table) for each in value)
    return WORDS.get(table, {}).get(str(value), str(value))


def until(closes: datetime | Open | None) -> str:
    """A closing instant in words: midnight is 24:00 of the day before."""
    if not isinstance(closes, datetime):
        return say(closes)
    day, clock = day_and_clock(closes)
    return f"{day.year} 年 {day.month} 月 {day.day} 日 {clock}"


def plain(value: Decimal) -> str:
    """A number without trailing zeros: 0.30 → 0.3, 100 → 100."""
    return f"{value.normalize():f}"


def either(value: bool | Open, yes: str, no: str, asked: str) -> str:
    """One of two phrases, or the question itself while it is open."""
    if isinstance(value, Open):
        return asked + say(value)
    return yes if value else no


def each_known(things: Sequence[T | Open] | Open | None) -> Iterator[tuple[int, T]]:
    """The items of a list that are not open, with their place in the list."""
    if things is not None and not isinstance(things, Open):
        for index, each in enumerate(things):
            if not isinstance(each, Open):
                yield index, each


def _size(count: int) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2)):
        if count % factor == 0:
            return f"{count // factor} {unit}"
    return f"{count // 1024} KB"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, factor in (("天", 86400), ("小时", 3600), ("分钟", 60)):
        if seconds and seconds % factor == 0:
            return f"{seconds // factor} {unit}"
    return f"{seconds} 秒"
