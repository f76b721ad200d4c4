"""Finds what a notice says of novelty: unpublished, published, made since a day, not awarded before."""

from __future__ import annotations

import re

from .dates import moments
from .gathering import Gathering, clauses

NOVEL = (
    (r"未(?:曾)?(?:在[^,，。;；]{0,30})?(?:公开)?(?:发表|发布|刊登|刊发|播出|出版)|首次(?:公开)?(?:发布|发表)|未公开", "unpublished"),
    (r"(?:须|需|应|必须)?已(?:经)?在[^,，。;；]{0,16}(?:发布|发表|刊发|播出)", "published_required"),
    (r"(?:以后|以来|之后|期间|至今)[^,，。;；]{0,6}(?:原创)?(?:创作|拍摄|制作|完成)", "created_between"),
    (r"(?:未|不(?:得|再|能))[^,，。;；]{0,14}(?:获(?:得)?奖|获得过|重复(?:参赛|申报|报送))", "prior_award_ban"),
)  # fmt: skip
ABOVE = re.compile(r"市级(?:及)?以上|省级(?:及)?以上|国家级")
LEVELS = {
    **dict.fromkeys(("市级以上", "市级及以上"), ("city", "province", "nation")),
    **dict.fromkeys(("省级以上", "省级及以上"), ("province", "nation")), "国家级": ("nation",),
}  # fmt: skip


def find_novelty(found: Gathering) -> None:
    """Every clause of the body that asks for novelty, in its own words."""
    for each in found.body:
        for start, end in clauses(each):
            part = each.plain.text[start:end]
            for pattern, kind in NOVEL:
                if re.search(pattern, part) and not re.search(r"奖项可|最高", part):
                    dates = [moment.day for moment in moments(part, year=found.year)]
                    since = (
                        f"{dates[0]}" if kind == "created_between" and dates and dates[0] else None
                    )
                    if kind == "created_between" and since is None:
                        continue
                    levels = (
                        LEVELS.get(match[0])
                        if (match := ABOVE.search(part)) and kind == "prior_award_ban"
                        else None
                    )
                    checked = "form" if kind == "published_required" else "declaration"
                    found.rule(
                        ("novelty", kind), each, (start, end), 0.85,
                        kind=kind, text=each.said(start, end), checked_by=checked, since=since, levels=levels,
                    )  # fmt: skip
