"""Finds when things are done: windows, the timeline, how long objections are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .dates import AT_ONCE, Moment, moments
from .gathering import Gathering, after_number, bare
from .numerals import NUMBER, whole
from .text import Sentence

SUBMIT = re.compile(
    r"报送截止|截稿|截止(?:时间|日期)|报送(?:时间)|征集时间|征稿时间|投稿时间|作品(?:报送|提交|征集|上传|收集)|收稿|投稿"
)
WORKS_FIRST = re.compile(r"作品|稿|征集|材料|演示文稿")
REGISTER = re.compile(r"^报名|报名(?:时间|截止)|将报名表")
COLLECT = re.compile(r"汇总(?:单位|后)|统一(?:报送|汇总)")
LATE = re.compile(
    r"逾期[^,，。；;]{0,6}(?:视为(?:自动)?(?:放弃|弃权)|(?:一律|概|将)?不(?:予|再)?(?:受理|接收|接受|收)|拒收)[^,，。；;]{0,8}"
    r"|过期不(?:候|予受理)"
)
BASES = (
    (r"以(?:系统|平台|服务器|网站)[^,，。]{0,14}(?:收到|时间|接收|提交|为准)|回执时间", "server_received"),
    (r"以(?:邮件|电子邮件|邮箱)[^,，。]{0,10}(?:时间|日期|为准)", "mail_date"),
    (r"以(?:寄出|当地)?邮戳[^,，。]{0,8}为准|邮戳日期", "post_mark"),
)  # fmt: skip
WHEN = r"[0-9一二三四五六七八九十〇○零年月日号时点分半:：上下中旬初底末前后至到、—–~～\-即起止]"
PHASE = re.compile(
    rf"^(?P<name>[一-鿿“”、]{{2,16}}?)(?:[（(](?P<inside>{WHEN}{{2,36}})[)）]|[:：](?P<after>{WHEN}{{2,40}})(?=[,，。；;]|$))"
)
NOTICE = re.compile(
    rf"公示(?:期|时间)?(?:为|不少于|不得少于)?({NUMBER})(个?工作日|个?自然日|天|日)"
)


def find_course(found: Gathering) -> None:
    """Windows, schedule, objections."""
    for finder in (_submission, _register, _schedule, _objections):
        finder(found)


def dated(found: Gathering) -> Iterator[tuple[Sentence, list[Moment]]]:
    """Sentences of the body with their dates; years and months come down from earlier sentences."""
    year, month = found.year, None
    for each in found.body:
        said = [*moments(each.plain.text, year=year, month=month)]
        if said:
            exact = [one for one in said if one.day]
            # A date far off the notice (作品须为2025年9月1日以后) is no year for what follows.
            if exact and not re.search(r"以后|以来|出生|创作|拍摄", each.plain.text):
                year, month = exact[-1].year, None
            yield each, said


def _submission(found: Gathering) -> None:
    best: tuple[int, Sentence, list[Moment]] | None = None
    for each, said in dated(found):
        text, lead = each.plain.text, f"{found.lead(each)}{found.head(each)}"
        exact = [one for one in said if one.day]
        if not exact or re.search(
            r"公示|初评|终评|评审|抽签|彩排|签到|递补|出生|以后|来稿|修改|补正|投票|边收边审", text
        ):
            continue
        score = (
            3 * bool(SUBMIT.search(text))
            + 2 * bool(SUBMIT.search(lead))
            + bool(WORKS_FIRST.search(text + lead))
        )
        score += (exact[-1].clock is not None) - 4 * bool(
            REGISTER.search(bare(each)) or REGISTER.search(text)
        )
        score -= 3 * bool(COLLECT.search(text))
        score += re.search(r"前|截止|止|至", text) is not None
        score += 2 * (re.search(r"报送|提交|上传|发送", text) is not None and exact[-1].before)
        if score > 2 and (best is None or score > best[0]):
            best = (score, each, exact)
    if best is None:
        return
    _, each, exact = best
    _window(found, "submission", each, exact)
    late = [each, *found.beside(each), *(one for one in found.body if one.section == each.section)]
    for one in late:
        if match := LATE.search(one.plain.text):
            found.add(("windows", "submission", "late"), "reject", one, match.span(), 0.93)
            break
    for one in [*late, *found.body]:
        for pattern, basis in BASES:
            if match := re.search(pattern, one.plain.text):
                found.add(("windows", "submission", "basis"), basis, one, match.span(), 0.9)


def _window(found: Gathering, id: str, each: Sentence, exact: list[Moment]) -> None:
    path = ("windows", id)
    text = each.plain.text
    last = exact[-1]
    ranged = len(exact) > 1 and re.search(r"[至到—–~～-]", text[exact[-2].end : last.start])
    confidence = 0.95 if last.year_given or (ranged and exact[-2].year_given) else 0.85
    span = (exact[-2].start if ranged else last.start, last.end)
    found.add((*path, "original"), each.said(span[0], _tail(text, span[1])), each, span, 0.95)
    if written := last.written():
        found.add((*path, "closes"), written, each, (last.start, last.end), confidence)
    else:
        note = "只写了日期，没有写钟点"
        found.add(
            (*path, "closes_day"), f"{last.day}", each, (last.start, last.end), confidence, note
        )
    if ranged and (first := exact[-2]).day:
        key, value = ("opens", first.written()) if first.clock else ("opens_day", f"{first.day}")
        found.add((*path, key), value or "", each, (first.start, first.end), confidence)
    elif match := AT_ONCE.search(text):
        found.add((*path, "opens_words"), match[0], each, match.span(), 0.9)


def _tail(text: str, end: int) -> int:
    """The end of the thought about a deadline: 前，逾期视为自动放弃参评资格."""
    match = re.match(r"[起止]?[,，]逾期[^,，。；;]{2,20}|[起止]", text[end:])
    return end + (match.end() if match else 0)


def _register(found: Gathering) -> None:
    for each, said in dated(found):
        exact = [one for one in said if one.day]
        if (
            exact
            and exact[-1].before
            and exact[-1].clock
            and "报名表" in each.plain.text
            and found.has("windows", "submission")
        ):
            if found.found[("windows", "submission", "original")].sentence != each.index:
                _window(found, "register", each, exact)
                found.add(("windows", "register", "kind"), "register", each, None, 0.85)
        elif exact and COLLECT.search(each.plain.text) and exact[-1].before:
            _window(found, "collect", each, exact)
            found.add(("windows", "collect", "kind"), "collect", each, None, 0.85)


def _schedule(found: Gathering) -> None:
    steps = 0
    for each in found.body:
        text = bare(each)
        match = PHASE.match(text)
        when = match and (match["inside"] or match["after"])
        if (
            not match
            or not when
            or not re.search(r"[0-9一二三四五六七八九十]月|[0-9]日", when)
            or "截止" in match["name"]
        ):
            continue
        group = found.heads.get(each.section, "")
        prefix = f"{group}：" if group.endswith("类") else ""
        at = after_number(each)
        inside = "inside" if match["inside"] else "after"
        found.rule(
            ("schedule", f"#{steps}"), each, (at, at + match.end()), 0.92,
            name=prefix + match["name"], when=each.said(at + match.start(inside), at + match.end(inside)),
        )  # fmt: skip
        steps += 1


def _objections(found: Gathering) -> None:
    for each in found.body:
        text = each.plain.text
        if match := NOTICE.search(text):
            basis = "working" if "工作" in match[2] else "calendar" if "自然" in match[2] else None
            found.rule(("objections",), each, match.span(), 0.94, days=whole(match[1]), basis=basis)
            if "实名" in text:
                at = text.index("实名")
                found.add(("objections", "real_name"), "是", each, (at, at + 2), 0.9)
            return
