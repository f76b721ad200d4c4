"""Finds what stands around the rules: title, number, issuer, date, theme, organisers, contacts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from .dates import moments
from .gathering import Gathering, Value, names_in
from .text import DATE_ALONE, KINDS, Sentence

NUMBER = re.compile(r"[一-鿿]{2,16}[〔\[(【](?:19|20)[0-9]{2}[〕\])】]第?[0-9]{1,5}号")
ABOUT = re.compile(
    rf"关于(?:(?P<verb>举办|开展|组织开展|组织|组织参加|公开征集|征集|启动|做好|公布|印发))?(?P<name>.+?)的?(?:{KINDS})$"
)
ROLES = re.compile(
    r"(?P<role>主办|承办|协办|支持|指导|学术支持|技术支持|媒体支持|联合主办|组织)(?:单位|机构|方)?[:：]"
)
ROLE_HEAD = re.compile(r"^(主办|承办|协办|支持|指导)(?:单位|机构|方)$")
PHONE = r"(?:\(?0[0-9]{2,3}\)?-?)?[0-9]{7,8}(?:-[0-9]{1,5})?|1[3-9][0-9]{9}|400-?[0-9]{3}-?[0-9]{4}"
PHONES = re.compile(rf"(?<![0-9])(?:{PHONE})(?![0-9])")
MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
PEOPLE = re.compile(r"联\s*系\s*人(?:及(?:电话|联系方式))?\s*[:：]\s*")
DIAL = re.compile(r"(?:联系|咨询|办公|热线)?电\s*话\s*[:：]\s*")


def find_head(found: Gathering) -> None:
    """Everything that the notice says about itself."""
    for finder in (_title, _number, _issued, _issuer, _theme, _organisers, _contacts, _mailbox):
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
    for name, date in zip(signed, signed[1:], strict=False):
        if DATE_ALONE.match(date.plain.text):
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


def _people(text: str) -> Iterator[tuple[list[str], str]]:
    """Names and the office before them, of each group in `市健康教育所 许知白`."""
    for group in re.split(r"[;；]", text):
        words = [each for each in re.split(r"[\s,，。]+", group) if each]
        joined: list[str] = []
        for word in words:  # 姜  珂 is one name
            if joined and len(word) == 1 and len(joined[-1]) <= 2:
                joined[-1] += word
            else:
                joined.append(word)
        names = [
            name for each in joined for name in each.split("、")
            if re.fullmatch(r"[一-鿿·]{2,4}", name)
        ]  # fmt: skip
        if len(joined) > 1 and "、" not in joined[0] and len(joined[0]) > 4:
            yield [name for name in names if name != joined[0]], joined[0]
        elif len(joined) > 1 and len(names) > 1 and "、" not in joined[0]:
            yield names[1:], joined[0]
        else:
            yield names, ""


def _contacts(found: Gathering) -> None:
    contacts: list[dict[str, tuple[Value, Sentence]]] = []
    for each in found.body:
        raw = re.sub(r"[（(][^（()）]*[)）]", "", each.text)
        near = "联系" in found.head(each) or PEOPLE.search(raw) or contacts
        if not near:
            continue
        match = PEOPLE.search(raw)
        row = re.match(
            r"\s*(\S(?:\s*\S){1,7}?)\s*[:：]\s*((?:[一-鿿]\s*){2,4}?)\s*(?=[01][0-9-]{6})", raw
        )
        phones = PHONES.findall(raw)
        mails = MAIL.findall(raw)
        if match and contacts and "names" not in contacts[-1]:  # the telephone came first
            names = next(_people(re.split(r"[0-9A-Za-z]", raw[match.end() :])[0]))[0]
            contacts[-1]["names"] = (tuple(names), each)
        elif match or (
            contacts and re.search(r"(?<![0-9-])[0-9]{3,6}\s*$", raw.rstrip("；;。")) and not phones
        ):
            rest = raw[match.end() if match else 0 :]
            short = re.findall(r"(?<![0-9-])[0-9]{3,6}(?![0-9-])", MAIL.sub("", rest))
            text = re.split(r"[0-9A-Za-z]|电话|手机", rest)[0]
            for names, office in _people(text):
                if names:
                    contacts.append({"names": (tuple(names), each)})
                    if office:
                        contacts[-1]["scope"] = (office, each)
                    if phones or short:
                        contacts[-1]["phone"] = ("、".join(phones or short), each)
        elif row and re.sub(r"\s", "", row[1])[-2:] not in {"电话", "传真", "邮箱", "地址", "手机"}:
            scope, name = (re.sub(r"\s", "", row[n]) for n in (1, 2))
            contacts.append({"names": ((name,), each), "scope": (scope, each)})
            contacts[-1]["phone"] = ("、".join(phones), each)
        elif phones and "传真" not in raw:
            last = contacts[-1] if contacts else _new(contacts)
            last.setdefault("phone", ("、".join(phones), each))
        if mails:
            for contact in contacts or [_new(contacts)]:
                contact.setdefault("email", (mails[0], each))
    for number, contact in enumerate(contacts):
        for key in ("names", "phone", "email", "scope"):
            if key in contact:
                value, sentence = contact[key]
                path = ("contacts", f"#{number}", key)
                found.add(path, value, sentence, None, 0.95)


def _new(contacts: list[dict[str, tuple[Value, Sentence]]]) -> dict[str, tuple[Value, Sentence]]:
    contacts.append({})
    return contacts[-1]


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
