"""Certificates of honour as PDF: one page each, A4 landscape, with a number and a QR code to verify.

Prints what it is given; who won, and which number is next, is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fengcai.engines.documents import fonts, qr, typesetting, wording
from fengcai.engines.documents.typesetting import DocumentTooLong

ACCENTS = {"ganhong": "#9c2a21", "jingchuqing": "#1c6460"}
"""The contest accents of the design tokens, as ink on paper."""

DEFAULT_ACCENT = "#2b4c66"


@dataclass(frozen=True, slots=True)
class CertificateData:
    """What one certificate says. Texts are printed as they are; empty ones are left out.

    `contest_title` brings its own quotation marks; `work_title` gets 《》 when it has none and may be
    empty (an award to a unit); `scope` names what the award is for (摄影类); `unit` or `recipients`
    must be there. `accent` is a token of the rulebook or `#rrggbb`; an unknown token prints in the
    default ink. `demo` marks the page 演示.
    """

    number: str
    contest_title: str
    award: str
    group: str
    work_title: str
    unit: str
    recipients: tuple[str, ...]
    issuer: str
    issued: date
    verify_url: str
    document_number: str = ""
    demo: bool = False
    accent: str = "ganhong"
    scope: str = ""


def certificates(data: Sequence[CertificateData]) -> list[bytes]:
    """One PDF per certificate, in the order given.

    All are checked before the first is made, so that a batch with a fault makes nothing.
    Raises ValueError, UncoveredCharacter, DocumentTooLong (Chinese, each naming the certificate)
    and FontsMissing.
    """
    prepared = [(_prepared(item), item) for item in data]
    made = []
    for content, item in prepared:
        try:
            made.append(typesetting.pdf("certificate", content, dated=item.issued))
        except DocumentTooLong:
            raise DocumentTooLong(
                f"证书 {item.number} 的文字太多，缩到最小字号也排不进一页，没有生成。"
                "请把获奖人员或作品名称写短一些。"
            ) from None
    return made


def certificate(data: CertificateData) -> bytes:
    """The PDF of one certificate; raises as `certificates` does."""
    return certificates([data])[0]


def sentence(data: CertificateData) -> str:
    """The words between the recipients and the award: `作品《…》在“…”活动（…）中荣获`."""
    contest = fonts.normalise(data.contest_title)
    within = [text for text in map(fonts.normalise, (data.group, data.scope)) if text]
    place = f"{contest}（{'·'.join(within)}）" if within else contest
    work = fonts.normalise(data.work_title)
    return f"作品{wording.titled(work)}在{place}中荣获" if work else f"在{place}中荣获"


def _prepared(data: CertificateData) -> dict[str, object]:
    number = fonts.normalise(data.number)
    recipients = [name for name in map(fonts.normalise, data.recipients) if name]
    fields = {
        "number": number,
        "award": fonts.normalise(data.award),
        "unit": fonts.normalise(data.unit),
        "issuer": fonts.normalise(data.issuer),
        "document_number": fonts.normalise(data.document_number),
    }
    named = {
        "编号": number,
        "奖项": fields["award"],
        "活动名称": fonts.normalise(data.contest_title),
        "颁发单位": fields["issuer"],
        "验证网址": data.verify_url,
    }
    absent = [name for name, value in named.items() if not value]
    if not fields["unit"] and not recipients:
        absent.append("获奖单位或获奖人")
    if absent:
        raise ValueError(f"证书 {number or '（无编号）'} 缺少{'、'.join(absent)}，没有生成。")
    words = sentence(data)
    where = f"证书 {number} "
    for text, part in (
        (words, "的作品或活动名称"),
        (fields["award"], "的奖项"),
        (fields["unit"], "的获奖单位"),
        ("".join(recipients), "的获奖人"),
        (fields["issuer"], "的颁发单位"),
    ):
        fonts.require(text, where + part)
    fonts.require(number + fields["document_number"], where + "的编号或文号", "sans")
    return {
        **fields,
        "recipients": recipients,
        "sentence": words,
        "date": wording.formal_date(data.issued),
        "verify_url": data.verify_url,
        "qr": qr.svg(data.verify_url).decode(),
        "demo": data.demo,
        "accent": _ink(data.accent),
        "document_title": f"荣誉证书 {number}",
    }


def _ink(accent: str) -> str:
    if re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        return accent
    return ACCENTS.get(accent, DEFAULT_ACCENT)
