"""Finds what remains: naming, promises, publication, recommendation, terms, and what sets no rule.

Every sentence that no finder has used ends here: as a term that entrants are shown when it says
something to them, otherwise as background with the reason. No sentence is lost.
"""

from __future__ import annotations

import re

from .gathering import Gathering, after_number, clauses
from .text import DATE_ALONE, Sentence

PATTERN = re.compile(
    r"(?:命名|文件名|邮件主题|邮件标题|统一格式|格式)[^“”。；]{0,18}[“\"](?P<template>[^”\"]{3,40})[”\"]"
)
TARGETS = (
    (r"邮件(?:主题|标题)", "mail_subject"), (r"视频文件名|视频命名|视频文件", "video_filename"),
    (r"(?:预览图|图片|照片|海报)[^,，。]{0,6}命名|图片文件名", "image_filename"),
    (r"(?:演示文稿|文档|稿件)[^,，。]{0,4}命名", "document_filename"), (r"文件名|命名", "filename"),
)  # fmt: skip
PROMISES = (  # pattern, id, kind, when it concerns
    ((r"(?:由此|因此|因侵权|因作品|发生)[^。；]{0,24}(?:纠纷|责任|后果|争议)[^。；]{0,30}(?:承担|负责|自负)|"
     r"文责自负|共同承担法律责任|一切责任"), "liability", "originality"),
    (r"知情同意书|书面同意|肖像(?:和作品)?使用授权", "consent", "portrait"),
    ((r"(?:无偿|不另付|免费)[^。；]{0,40}(?:使用|用于|展示|编辑|刊发|传播|宣传|许可)|"
     r"有权将[^。；]{0,20}作品|许可给主办|视为(?:同意|获得)[^。；]{0,30}(?:无偿|展示|使用|同意)"), "licence", "licence"),
    (r"对[^,，。；]{0,10}科学性[^,，。；]{0,6}负责", "science", "science"),
    (r"公平、?公正、?公开|公开、?公平、?公正", "impartial", "impartiality"),
)  # fmt: skip
SIGNATORIES = (
    (r"作者和[一-鿿]{0,4}单位", "author"),
    (r"(?:报送|推荐|参赛)(?:科室|单位|部门)|各参赛单位|科室自行|单位负责", "unit"),
    (r"评委|评审|评分", "judge"),
    (r"作者|选手|参赛团队|投稿者", "author"),
)  # fmt: skip
CHANNEL = re.compile(
    r"(?:在|通过|(?<!用)于)(?P<list>[^,，。；在]{2,90}?)(?:等)?(?:上)?(?:进行|陆续|集中|公开|予以)?(?:全方位)?(?P<verb>展播|展示|展出|刊发|播放|发布|推送|展映|播出)"
)
CHANNELS = re.compile(r"(?:[号网站屏报台栏刊版]|平台|场合|活动|媒体)$")
ROYALTY = re.compile(r"[^,，。；]{0,24}(?:核发|支付|发放|给予)稿(?:费|酬)")
RECOMMEND = re.compile(
    r"(?:择优|优秀作品|获奖作品|遴选)[^。；]{0,40}(?:推荐|报送|上报|选送)|推荐(?:不超过)?[0-9]*[^,，。；]{0,10}(?:参加|参赛)|代表[^,，。]{0,10}参加"
)
RECOGNISED = re.compile(
    r"(?:获奖|参赛)[^,，。；]{0,16}(?:认定|考核|评先评优|学分|档案|参考|加分)|(?:在|作为)[^,，。；]{0,24}(?:考核|评先评优|职称)[^,，。；]{0,16}(?:认定|参考|依据|加分)"
)
TERMS = (
    (r"不(?:收取|需缴纳|需交纳|收)[^,，。；]{0,8}(?:费|费用)|(?:均)?免费参|不向任何[^,，。；]{0,12}收[取]?", "no_fee"),
    (r"不予?退还|一律不退|恕不退|不退稿|概不退", "no_return"), (r"解释权|负责解释", "interpretation"),
    (r"专人负责|指定专人|联络员", "liaison"), (r"另行通知|另行公布", "later"),
    (r"现场颁奖|(?:举行|举办)颁奖|颁奖(?:典礼|仪式)", "ceremony"),
)  # fmt: skip
NO_RULE = (
    (r"^[^。,，]{0,20}如下[。:：]?$", "引出下文"),
    (r"^(?:为|为了|坚持以|为深入|为落实|为进一步|为贯彻)[^。]{6,}", "活动目的，不含可执行的要求"),
    (r"根据[^,，。]{2,40}(?:赛事)?安排|比赛方案|经[^,，]{1,10}研究", "活动由来，不含可执行的要求"),
    ((r"高度重视|提高(?:思想)?认识|广泛发动|认真做好|积极(?:动员|组织|踊跃)|踊跃|认真准备|加强组织|精心组织|"
     r"大力宣传|合理安排|以赛促建|打造精品|深挖特色|指导思想|全过程|良好风貌|认真审核"), "动员要求，不含可执行的要求"),
    (r"(?:坚持|紧紧围绕|让更多|营造)[^。]{6,}", "指导思想，不含可执行的要求"),
)  # fmt: skip
NOISE = re.compile(
    r"^(?:分享到|责任编辑|编辑|来源|便民服务|定制服务|阅读|浏览|点击|打印|关闭|上一篇|下一篇|此为临时链接)|新闻 ?[0-9]{4}-"
)


def find_rest(found: Gathering) -> None:
    """Naming, promises, publication and the like; then terms and background for what is left."""
    for finder in (_naming, _promises, _publication, _recommendation, _terms, _principles):
        finder(found)
    _leftovers(found)


def _naming(found: Gathering) -> None:
    number = 0
    for each in found.body:
        for match in PATTERN.finditer(each.plain.text):
            before = each.plain.text[: match.start("template")]
            clause = re.split(r"[。；;]", before)[-1]
            targets = tuple(target for pattern, target in TARGETS if re.search(pattern, clause))
            if "filename" in targets and len(targets) > 1:
                targets = tuple(one for one in targets if one != "filename")
            if not targets or "例如" in clause or "如“" in clause:
                continue
            path = ("naming", f"#{number}")
            found.add((*path, "applies_to"), targets, each, match.span(), 0.92)
            words = each.said(*match.span("template"))
            found.add((*path, "words"), words, each, match.span("template"), 0.95)
            number += 1


def _promises(found: Gathering) -> None:
    for pattern, id, kind in PROMISES:
        for each in found.body:
            match = re.search(pattern, each.plain.text)
            if not match or (id != "impartial" and re.search(r"评委|评审委员", each.plain.text)):
                continue
            signatory = _signatory(each.plain.text, match, kind)
            if kind == "portrait" and found.has("units", "classes"):
                signatory = "unit"
            start = next((a for a, b in clauses(each) if a <= match.start() < b), 0)
            end = max(match.end(), next((b for a, b in clauses(each) if b >= match.end()), 0))
            found.rule(
                ("declarations", id), each, (start, end), 0.8,
                text=each.said(start, end), signatory=signatory, kind=kind,
                when="judge" if signatory == "judge" else "submit",
            )  # fmt: skip
            if kind == "originality" and re.search(
                r"作者和[一-鿿]{0,4}单位", each.plain.text[start:end]
            ):
                found.add(("declarations", id, "signatory"), "author", each, (start, end), 0.8)
                found.rule(
                    ("declarations", f"{id}_unit"), each, (start, end), 0.8,
                    text=each.said(start, end), signatory="unit", kind=kind, when="submit",
                )  # fmt: skip
            break


def _signatory(text: str, match: re.Match[str], kind: str) -> str:
    if kind == "impartiality":
        return "judge"
    near = text[match.start() : match.end() + 12]
    for where in (near, text):
        for pattern, who in SIGNATORIES:
            if who != "judge" and re.search(pattern, where):
                return who
    return "unit" if kind == "science" else "author"


def _publication(found: Gathering) -> None:
    for each in found.body:
        text = each.plain.text
        match = CHANNEL.search(text)
        if (
            match
            and re.search(
                r"成果|运用|使用|展|版权|说明|其他|约定|宣传", found.head(each) + match["verb"]
            )
            and not found.has("publication")
        ):
            if re.search(r"平台(?:发布|上)|需已|截至|未在|公示", text) or "决赛" in match["list"]:
                continue
            said = re.sub(r"^(?:医院|本院|主办单位)(?=官方)", "", match["list"])
            at = match.start("list")
            names = []
            for name in re.split(r"、|(?<=[号网站屏报台])和(?=[^、]*[号网站屏报台])", said):
                start = text.find(name, at)
                names.append(each.said(start, start + len(name)))
            if len(names) > 1 and all(map(CHANNELS.search, names)):
                found.add(("publication", "channels"), tuple(names), each, match.span("list"), 0.85)
    for each in found.body:
        if (match := ROYALTY.search(each.plain.text)) and found.has("publication"):
            found.add(
                ("publication", "royalty"), each.said(*match.span()), each, match.span(), 0.88
            )


def _recommendation(found: Gathering) -> None:
    for each in found.body:
        if match := RECOMMEND.search(each.plain.text):
            end = len(each.plain.text.rstrip("。；;"))
            start = next((a for a, b in clauses(each) if a <= match.start() < b), 0)
            found.rule(("recommendation",), each, (start, end), 0.85, text=each.said(start, end))
            if number := re.search(
                r"(?:不超过|推荐名额|名额)([0-9]+)(?:件|篇|部|名|个|幅)", each.plain.text
            ):
                found.add(("recommendation", "max"), int(number[1]), each, number.span(), 0.88)
    number_of = 0
    for each in found.body:
        if match := RECOGNISED.search(each.plain.text):
            to, end = (
                each.plain.text[after_number(each) : match.start()],
                len(each.plain.text.rstrip("。；;")),
            )
            who = re.match(
                r"(?:获奖|参赛)[一-鿿]{2,8}?(?=在|记入|作为)", each.plain.text[after_number(each) :]
            )
            found.rule(
                ("recognition", f"#{number_of}"), each, (after_number(each), end), 0.8,
                to=who[0] if who else to.strip("，,") or "获奖者",
                text=each.said(after_number(each) + (who.end() if who else 0), end),
            )  # fmt: skip
            number_of += 1


def _terms(found: Gathering) -> None:
    for each in found.body:
        for pattern, id in TERMS:
            match = re.search(pattern, each.plain.text)
            if match is None:
                continue
            start, end = next(
                (a, b)
                for a, b in clauses(each)
                if b >= match.end() or b >= len(each.plain.text.rstrip("。；;,，"))
            )
            if id == "later":
                start, end = after_number(each), len(each.plain.text.rstrip("。；;"))
            found.rule(("terms", id), each, (start, end), 0.85, text=each.said(start, end))


def _principles(found: Gathering) -> None:
    """总体原则: what stands before the colon of each item is shown as it is."""
    number = 0
    for each in found.under_head(r"原则$"):
        start = after_number(each)
        match = re.match(
            r"[一-鿿]{2,8}[,，][一-鿿]{2,8}(?=[:：])|[一-鿿]{2,8}原则", each.plain.text[start:]
        )
        if match:
            number += 1
            span = (start, start + match.end())
            found.rule(("terms", f"principle_{number}"), each, span, 0.85, text=each.said(*span))


def _leftovers(found: Gathering) -> None:
    claimed = found.claimed()
    term = background = 0
    for each in found.all:
        if each.index in claimed or each.heading:
            continue
        why = _why(each, found)
        if why is None:
            term += 1
            end = len(each.plain.text.rstrip("。；;"))
            text = each.said(after_number(each), end)
            found.rule(("terms", f"term_{term}"), each, (after_number(each), end), 0.5, text=text)
        else:
            background += 1
            found.add(("background", f"#{background}", "why"), why, each, None, 0.7)


def _why(each: Sentence, found: Gathering) -> str | None:
    """Why a sentence sets no rule; None when it may set one."""
    text = each.plain.text[after_number(each) :]
    if re.match(NO_RULE[0][0], text):
        return NO_RULE[0][1]
    if len(text.rstrip("。；;")) <= 6 and text.rstrip("。；;") == found.lead(each):
        return "小标题"
    if each.section in {"文首", "落款"} or DATE_ALONE.fullmatch(text):
        return "版头、落款或页面文字"
    if each.section.startswith("附件") and "·" not in each.section and each.section != "附件":
        return "附件里的表格或文书，供填写用"
    if each.section == "附件" and len(text) < 60 and not text.endswith("。"):
        return "附件名称"
    if NOISE.search(text):
        return "页面上的栏目文字，不属于通知"
    if each.section == "正文" and text.endswith(":") and re.match(r"各|市直|有关|机关|全体", text):
        return "主送单位"
    for pattern, why in NO_RULE[1:]:
        if re.search(pattern, text):
            return why
    if re.search(r"联系", found.head(each)) or re.match(
        r"传真|办公地点|地址|电话|联系|咨询|电子邮箱|邮箱", text
    ):
        return "联系方式的其他内容"
    return None
