"""Finds what stands around the rules: title, number, issuer, date, theme, organisers, contacts."""

from __future__ import annotations

import re
from itertools import pairwise, zip_longest

from .contacts import MAIL, find_contacts
from .dates import moments
from .gathering import Gathering, names_in
from .text import DATE_ALONE, KINDS, Sentence

NUMBER = re.compile(r"[一-鿿]{2,16}[〔\[(【](?:19|20)[0-9]{2}[〕\])】]第?[0-9]{1,5}号")
ABOUT = re.compile(
    rf"关于(?:(?P<verb>举办|开展|组织开展|组织|组织参加|公开征集|征集|启动|做好|公布|印发))?(?P<name>.+?)的?(?:{KINDS})$"
)
ROLES = re.compile(
    r"(?P<role>主办|承办|协办|支持|指导|学术支持|技术支持|媒体支持|联合主办|组织)(?:单位|机构|方)?[:：]"
)
ROLE_HEAD = re.compile(r"^(主办|承办|协办|支持|指导)(?:单位|机构|方)$")


def find_head(found: Gathering) -> None:
    """Everything that the notice says about itself."""
    for finder in (_title, _number, _issued, _issuer, _theme, _organisers, find_contacts, _mailbox):
        finder(found)


def _title(found: Gathering) -> None:
    said = [each for each in found.all if each.section == "标题"]
    if not said:
        return
    whole = "".join(each.said(0, len(each.plain.text)) for each in said)
    match = ABOUT.search(whole)
    name = match["name"] if match else re.sub(rf"(?:{KINDS})$", "", whole)
    if match and (match["verb"] or "").endswith("征集") and not name.endswith("征集"):
        name += "征集"
    found.add(("title",), name, said[0], None, 0.95)


def _number(found: Gathering) -> None:
    for each in found.all:
        if match := NUMBER.search(each.plain.text):
            text = re.sub(r"[\[(【]", "〔", match[0])
            found.add(
                ("notice", "number"), re.sub(r"[\])】]", "〕", text), each, match.span(), 0.98
            )
            return


def _issued(found: Gathering) -> None:
    signed = [each for each in found.all if each.section == "落款"]
    above = [each for each in found.all if each.section in {"文首", "正文"}]
    for group, confidence in ((signed, 0.97), (above, 0.8)):
        for each in group:
            text = each.plain.text
            for moment in moments(text):
                alone = DATE_ALONE.match(text) or group is signed or re.search(r"[0-9]-[0-9]", text)
                if moment.day and moment.year_given and alone:
                    note = "" if group is signed else "页面上的日期，请与文件核对"
                    span = (moment.start, moment.end)
                    found.add(("notice", "issued"), f"{moment.day}", each, span, confidence, note)
                    found.year = found.year or moment.day.year
                    return


def _issuer(found: Gathering) -> None:
    for each in found.all:
        text = each.plain.text
        if each.section == "文首" and text.endswith("文件") and len(text) < 40:
            found.add(("notice", "issuer"), each.said(0, len(text) - 2), each, None, 0.96)
            return
    signed = [each for each in found.all if each.section == "落款"]
    for name, date in pairwise(signed):
        if DATE_ALONE.fullmatch(date.plain.text):
            said = name.said(0, len(name.plain.text))
            found.add(("notice", "issuer"), said, name, None, 0.94)
            return


def _theme(found: Gathering) -> None:
    sections: dict[str, list[Sentence]] = {}
    for each in found.under_head(r"主题"):
        sections.setdefault(each.section, []).append(each)
    for said in sections.values():
        text = said[0].plain.text.rstrip("。")
        if len(said) == 1 and len(text) <= 40 and not re.search(r"围绕|包括|如下", text):
            start = 1 if text.startswith("“") and text.endswith("”") else 0
            words = said[0].said(start, len(text) - start)
            found.add(("theme",), words, said[0], (start, len(text) - start), 0.95)
            return
    for each in found.body:
        if match := re.search(
            r"以“([^”]{2,40})”为(?:活动|大赛)?主题|主题(?:为|是|[:：])“([^”]{2,40})”",
            each.plain.text,
        ):
            span = match.span(1 if match[1] else 2)
            found.add(("theme",), each.said(*span), each, span, 0.95)
            return


def _organisers(found: Gathering) -> None:
    number = 0
    for each in found.body:
        text = each.plain.text
        head = ROLE_HEAD.match(found.head(each).rpartition("／")[2])
        roles = [*ROLES.finditer(text)]
        spans = [
            (role["role"], role.end(), after.start() if after else len(text))
            for role, after in zip_longest(roles, roles[1:])
        ]
        if head and not roles:
            spans = [(head[1], 0, len(text))]
        for role, start, end in spans:
            at = start
            for name in names_in(text[start:end]):
                at = text.index(name, at)
                span = (at, at + len(name))
                found.rule(
                    ("organisers", f"#{number}"), each, span, 0.95,
                    role="主办" if role == "组织" else role, name=each.said(*span),
                )  # fmt: skip
                number += 1
                at = span[1]
    issuer = found.value("notice", "issuer")
    hosts = [
        each.value for path, each in found.found.items()
        if path[0] == "organisers" and path[2] == "name"
        and found.value("organisers", path[1], "role") == "主办"
    ]  # fmt: skip
    if issuer is None and hosts:
        first = found.found[("organisers", "#0", "name")]
        sentence = found.all[first.sentence]
        names = "、".join(map(str, hosts))
        found.add(("notice", "issuer"), names, sentence, None, 0.85, "取自主办单位")
    for each in found.body if issuer is not None and not number else ():
        match = re.search(
            r"(?:经[^,，]{1,12}(?:研究|同意|批准)[,，])?(?:决定|拟|定于)[^,，]{0,12}(?:举办|开展|组织|征集)",
            each.plain.text,
        )
        if match:
            found.rule(
                ("organisers", "#0"), each, match.span(), 0.85, role="主办", name=issuer
            )  # fmt: skip
            return


def _mailbox(found: Gathering) -> None:
    sends = re.compile(r"(?:报送|投稿|征稿|收件|参赛|报名)邮箱|发送?(?:至|到)[^。；]{0,20}邮箱")
    mails = [(each, match) for each in found.body for match in MAIL.finditer(each.plain.text)]
    asked = [each for each in found.body if sends.search(each.plain.text)]
    for each, match in mails:
        if each in asked:
            found.add(("mailbox", "address"), match[0], each, match.span(), 0.97)
            return
    if asked and len({match[0] for _, match in mails}) == 1:
        each, match = mails[0]
        note = "通知要求发送到邮箱，全文只有这一个邮箱"
        found.add(("mailbox", "address"), match[0], each, match.span(), 0.8, note)
