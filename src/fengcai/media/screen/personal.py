"""Personal data in a line of text: what kind, where in the line, how sure; and the line without it.

Identity numbers prove themselves by their check digit. What has no such proof (a record number, a date
of birth) counts where its label stands before it. It looks at one line; a label whose value stands in
the next cell of a form is the caller's to join.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fengcai.media.screen import digits

KINDS = {
    "identity": "居民身份证号",
    "mobile": "手机号",
    "landline": "家庭或个人电话",
    "card": "银行卡号",
    "record": "住院号、门诊号等病历号码",
    "bed": "床号",
    "birth": "出生日期",
    "patient": "患者姓名",
    "plate": "车牌号",
    "passport": "护照或通行证号",
}
"""Kinds of personal data and what they are called."""


@dataclass(frozen=True)
class Datum:
    """Something personal at `start`–`end` of the line; `shown` is its masked form."""

    kind: str
    value: str
    shown: str
    start: int
    end: int
    sure: bool


_GAP = r"[ \-·.]?"
_IDENTITY = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dXx])")
_EDGED = re.compile(r"(?<!\d)\d{18}[\dX](?![\dX])")
_OLD_IDENTITY = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{14}}(?!\d)")
_MOBILE = re.compile(
    r"(?<![\d.])(?:(?:\+|00)?86[ -]?)?(?<!\d{3})(1[3-9]\d(?:[ -]?\d{4}){2}|1[3-9]\d{2}[ -]?\d{3}[ -]?\d{4})(?![\d.]?\d)"
)
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}[ \-)）]{0,2})?[2-8]\d{6,7}(?!\d)")
_CARD = re.compile(r"(?<!\d)[3-6](?:[ -]?\d){14,18}(?!\d)")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·.\-•]?"
    r"(?=[A-HJ-NP-Z]{0,3}\d)[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
)
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])(?:[EGDSPHCM]\d{8}|E[A-HJ-NP-Z]\d{7})(?![A-Za-z0-9])")
_DAY = r"((?:19|20)\d{2})[ 年\-./]{1,2}(\d{1,2})[ 月\-./]{1,2}(\d{1,2})"
_BIRTH = re.compile(rf"(?:出生(?:日期|年月日?|时间)?|生日)[ :;]*{_DAY}")
_RECORD = re.compile(
    r"(住院号|病案号|病历号|门诊号|就诊(?:卡)?号|(?<!机构)(?<!许可)(?<!许可证)登记号|检查号|影像号|超声号|放射号|病理号|标本号|"
    r"样本号|条码号|医保(?:卡)?号|社保(?:卡)?号|诊疗卡号|患者(?:ID|编号)|流水号|申请单号)"
    r"(?:码)?[ :;.]*([A-Za-z]{0,4}\d[\dA-Za-z\-]{2,17})"
)
_BED = re.compile(r"床(?:位)?号[ :;.]*([+加]?[A-Za-z]?\d{1,4}(?:-\d{1,2})?)")
_PATIENT = re.compile(
    r"(?:(?:患者|病人|受检者|就诊人|被检者)姓名[ ]*[:：]?[ ]*([\u4e00-\u9fff]{2,4}?)"
    r"(?=$|[ ,;、男女性年科]|[^\u4e00-\u9fff])|"
    # In a dialogue the patient speaks: without 姓名 it takes a sex or an age to be a name.
    r"(?:患者|病人|受检者|就诊人|被检者)[ ]*[:：][ ]*([\u4e00-\u9fff]{2,4}?)"
    r"(?=[ ,;、]*(?:男|女|性别|年龄|\d{1,3}岁)))"
)
_IDENTITY_WORDS = re.compile(r"身份证|身份号码|证件号")
_CARD_WORDS = re.compile(r"卡号|账号|帐号|银行|账户|尾号")
_PASSPORT_WORDS = re.compile(r"护照|通行证|[Pp]assport|证件")
_HOME_WORDS = re.compile(r"家庭电话|住宅电话|家属电话|患者电话|联系人电话|家属|本人电话|宅电")
_LABEL = re.compile(
    r"(?:身份证号?码?|公民身份号码|证件号码?|住院号?|病案号|病历号|门诊号|就诊(?:卡)?号|登记号|检查号|"
    r"影像号|病理号|标本号|床(?:位)?号|出生(?:日期|年月)?|卡号|护照(?:号码?)?|患者姓名|家庭电话)[ :：]*$"
)


_WORTH_IT = re.compile(r"[\d〇○OoIl|丨]|患者|病人|受检|就诊|被检")
"""Most lines of a film hold neither a digit, nor what is misread for one, nor a patient."""


def is_label(text: str) -> bool:
    """Whether the line ends in a label whose value must stand elsewhere."""
    return _LABEL.search(digits.half_width(text)) is not None


def personal(text: str) -> list[Datum]:
    """All personal data of one line, in the order of the line; none inside another."""
    if not _WORTH_IT.search(text):
        return []
    line = digits.repaired(text)
    found: list[Datum] = []
    for look in _LOOKS:
        for datum in look(line):
            if all(datum.end <= other.start or other.end <= datum.start for other in found):
                found.append(datum)
    return sorted(found, key=lambda datum: datum.start)


def masked(text: str) -> str:
    """The line with what is personal in its masked form."""
    for datum in reversed(personal(text)):
        text = text[: datum.start] + datum.shown + text[datum.end :]
    return text


def _identities(line: str) -> Iterator[Datum]:
    labelled = _IDENTITY_WORDS.search(line) is not None
    for hit in _overlapping(_IDENTITY, line):
        number = digits.only_digits(hit.group())
        sure = digits.is_identity(number)
        # A misread digit breaks the sum; beside its label the number still has to be looked at.
        if sure or (labelled and digits.looks_like_identity(number)):
            yield Datum("identity", number, digits.hidden(number, 6, 4), *hit.span(), sure)
    for hit in _EDGED.finditer(line):
        # The edge of a plate is read as a 1 before or behind the number.
        for start, end in ((hit.start() + 1, hit.end()), (hit.start(), hit.end() - 1)):
            edge = line[hit.start() if start > hit.start() else end]
            if edge == "1" and digits.is_identity(number := line[start:end].upper()):
                yield Datum("identity", number, digits.hidden(number, 6, 4), start, end, True)
    for hit in _overlapping(_OLD_IDENTITY, line):
        number = digits.only_digits(hit.group())
        if labelled and digits.is_old_identity(number):
            yield Datum("identity", number, digits.hidden(number, 6, 3), *hit.span(), True)


def _mobiles(line: str) -> Iterator[Datum]:
    for hit in _MOBILE.finditer(line):
        number = digits.only_digits(hit.group(1))
        yield Datum("mobile", number, digits.hidden(number, 3, 4), *hit.span(1), True)


def _landlines(line: str) -> Iterator[Datum]:
    if not _HOME_WORDS.search(line):
        return
    for hit in _LANDLINE.finditer(line):
        number = digits.only_digits(hit.group())
        yield Datum("landline", number, digits.hidden(number, 3, 2), *hit.span(), True)


def _cards(line: str) -> Iterator[Datum]:
    labelled = _CARD_WORDS.search(line) is not None
    hits = [(hit, digits.only_digits(hit.group())) for hit in _overlapping(_CARD, line)]
    if labelled and not any(digits.passes_luhn(number) for _, number in hits if number.isdecimal()):
        # A misread digit breaks the sum; beside its label the number still has to be looked at.
        for hit, number in hits[:1]:
            if number.isdecimal() and len(number) >= 16:
                yield Datum("card", number, digits.hidden(number, 4, 4), *hit.span(), False)
    for hit, number in hits:
        if not number.isdecimal() or not digits.passes_luhn(number):
            continue
        grouped = re.fullmatch(r"\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?", hit.group()) is not None
        union = number.startswith("62") and len(number) >= 16
        if labelled or (union and (grouped or len(number) in (16, 19))):
            yield Datum("card", number, digits.hidden(number, 4, 4), *hit.span(), True)
        elif grouped:
            yield Datum("card", number, digits.hidden(number, 4, 4), *hit.span(), False)


def _records(line: str) -> Iterator[Datum]:
    for hit in _RECORD.finditer(line):
        value = hit.group(2)
        yield Datum("record", value, digits.hidden(value, 2, 1), *hit.span(2), True)
    for hit in _BED.finditer(line):
        yield Datum("bed", hit.group(1), "*" * len(hit.group(1)), *hit.span(1), False)


def _births(line: str) -> Iterator[Datum]:
    for hit in _BIRTH.finditer(line):
        year, month, day = hit.group(1), hit.group(2), hit.group(3)
        if digits.is_date(year, month, day):
            yield Datum("birth", f"{year}-{month}-{day}", f"{year}-**-**",
                        hit.start(1), hit.end(3), False)  # fmt: skip


def _patients(line: str) -> Iterator[Datum]:
    for hit in _PATIENT.finditer(line):
        which = 1 if hit.group(1) else 2
        name = hit.group(which)
        yield Datum("patient", name, digits.hidden(name, 1, 0), *hit.span(which), True)


def _plates(line: str) -> Iterator[Datum]:
    # An ambulance has one too: a person has to look.
    for hit in _PLATE.finditer(line):
        value = re.sub(r"[ ·.\-•]", "", hit.group())
        yield Datum("plate", value, digits.hidden(value, 2, 2), *hit.span(), False)


def _passports(line: str) -> Iterator[Datum]:
    labelled = _PASSPORT_WORDS.search(line) is not None
    for hit in _PASSPORT.finditer(line):
        if labelled:
            yield Datum(
                "passport", hit.group(), digits.hidden(hit.group(), 2, 2), *hit.span(), True
            )


def _overlapping(pattern: re.Pattern[str], line: str) -> Iterator[re.Match[str]]:
    """Every match, from every place where one may begin: a wrong one must not hide a right one."""
    at = 0
    while (hit := pattern.search(line, at)) is not None:
        yield hit
        at = hit.start() + 1


_LOOKS: tuple[Callable[[str], Iterator[Datum]], ...] = (
    _identities, _cards, _records, _births, _mobiles, _landlines, _patients, _plates, _passports,
)  # fmt: skip
