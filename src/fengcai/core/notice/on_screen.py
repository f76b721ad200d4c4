"""Finds what a notice asks of the people on screen: that they sign a release, and which of them.

Knows 知情同意书, 书面同意 and 肖像…授权; a licence of authors (作品授权) is no release. Whether words that only
mention somebody's 肖像权 ask for one is for a person to say (`mentioned`, asked by `assembly`).
"""

from __future__ import annotations

import re

from .gathering import Gathering, clauses
from .text import Sentence

ASKED = re.compile(
    r"知情同意|书面同意|肖像(?:权)?[^,，。;；]{0,12}(?:授权|许可|同意)|"
    r"(?:出镜|入镜|被拍摄)[^。;；]{0,20}(?:同意|授权|许可)|(?:同意|授权|许可)[^,，。;；]{0,8}(?:出镜|肖像)"
)
MENTIONED = re.compile(rf"肖像|{ASKED.pattern}")
WHO = (
    (r"患者|病人|就诊者", "patient"), (r"家属|陪护|监护人", "family"),
    (r"医务人员|医护人员|医护|医生|护士|职工|工作人员", "staff"),
    (r"选手|演员|居民|群众|儿童|学生|志愿者|第三人|他人", "other"),
)  # fmt: skip
EVERYBODY = re.compile(r"(?:所有|全部|每[位名])?(?:出镜|入镜|被拍摄)(?:者|人员|人)")


def find_on_screen(found: Gathering) -> None:
    """The release that a sentence asks for, with whom it names; the first that names any counts."""
    for each in found.body:
        match = ASKED.search(each.plain.text)
        if match is None:
            continue
        start = next((a for a, b in clauses(each) if a <= match.start() < b), 0)
        end = max(match.end(), next((b for a, b in clauses(each) if b >= match.end()), 0))
        if who := _who(each.plain.text[start:end]):
            found.add(("releases", "on_screen", "who"), who, each, (start, end), 0.75)
            return


def _who(text: str) -> tuple[str, ...]:
    named = tuple(id for pattern, id in WHO if re.search(pattern, text))
    if not named and EVERYBODY.search(text):
        return tuple(id for _, id in WHO)
    return named


def mentioned(found: Gathering) -> Sentence | None:
    """The first sentence that speaks of portraits or of consent without saying whose."""
    return next((each for each in found.body if MENTIONED.search(each.plain.text)), None)
