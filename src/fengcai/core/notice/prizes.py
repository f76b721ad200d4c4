"""Finds the awards: names, groups, how many, how much money, and whether the sums agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .gathering import Gathering, after_number, clauses
from .numerals import NUMBER, neat, number, whole
from .text import Sentence

UNITS = "名|个|件|篇|部|幅|项|组|人|位|支|张"
GRADES = {
    "特等奖": "grand",
    "一等奖": "first",
    "二等奖": "second",
    "三等奖": "third",
    "优秀奖": "merit",
    "入围奖": "shortlisted",
    "鼓励奖": "encouragement",
}
NAME = r"(?:[一二三特]等|[一-鿿]{1,10}?)奖(?!励|项|牌|金|品|设|杯|状|次|等|者|作|选|科|价)"
AWARD = re.compile(
    rf"(?P<names>“?{NAME}”?(?:[、和及]“?{NAME}”?)*)(?:\([^()]*\))?(?:[:：]|各设?|设|共)?(?:(?P<count>{NUMBER})(?:{UNITS})|(?P<some>若干))?"
)
SPREAD = re.compile(r"(?P<grades>(?:[一二三特]、)+[一二三特]等奖)")
GROUP = re.compile(r"^(?P<group>[一-鿿]{2,10}?(?:奖|组|类))[:：]")
MONEY = re.compile(
    rf"(?P<what>奖金|奖励|(?:每[人件篇部组队名]|人均)(?:奖励|奖金)?|分别奖励|各奖励?)(?:各|为|人民币|每[人件篇部组队名])*\s*(?P<sum>{NUMBER})(?P<unit>万?元)(?!的|以内|以下|等值)"
)
TOTAL = re.compile(
    rf"(?:奖金|奖励|金额)?(?:总额|总计|共计|合计|总金额|总奖金)(?:为|约)?(?:人民币)?(?P<sum>{NUMBER})(?P<unit>万?元)"
)
KIND = re.compile(
    r"价值(?:约)?[0-9.]+元的[^,，。；;]{1,12}|[^,，。；;]{0,4}(?:奖杯|奖牌|礼品|纪念品)(?:一[份个座]|1[份个座])?"
)
LEAD = re.compile(
    r"^(?:其中|另设|设立?|分别设|评选|评出|并|以及|及|和|获|各|类别|每个类别分别设|同时)+"
)
NO_AWARD = re.compile(r"^按|获奖|评奖|颁奖|兑奖|领奖|大奖$|省级|以上奖|各奖|该奖")
ORGANISATION = re.compile(r"组织奖|组织工作奖|团体奖")
NAMED_ORGANISATION = re.compile(r"(?:优秀|最佳|先进)?组织(?:工作)?奖")


@dataclass
class _Award:
    """What has been said of one award so far."""

    name: str
    group: str
    sentence: Sentence
    span: tuple[int, int]
    count: int | None = None
    money: Decimal | None = None
    money_at: tuple[Sentence, tuple[int, int]] | None = None
    count_at: tuple[Sentence, tuple[int, int]] | None = None
    in_kind: str | None = None
    some: bool = False


def find_prizes(found: Gathering) -> None:
    """Awards, the rules that hold for all of them, and the arithmetic."""
    awards = _gather(found)
    _propose(found, awards)
    _rules(found)
    _sums(found, awards)


def _gather(found: Gathering) -> list[_Award]:
    awards: list[_Award] = []
    for each in found.body:
        text, head = each.plain.text, found.head(each)
        if "奖" not in text or re.search(r"联系|对象|要求", head):
            continue
        if match := SPREAD.search(text):
            _spread(found, awards, each, match)
        elif "奖" in head or re.search(r"设[^,，。]{0,20}奖", text):
            _read(awards, each, _group(found, each))
    kinds = {"等级奖", "单项奖", *(other.group for other in awards)}
    awards = [one for one in awards if one.name not in kinds]
    if not any(ORGANISATION.search(one.name) for one in awards):
        said = [
            (each, match) for each in found.body
            if (match := NAMED_ORGANISATION.search(each.plain.text))
        ]  # fmt: skip
        for each, match in sorted(said, key=lambda one: -len(one[1][0]))[:1]:
            awards.append(_Award(match[0], "", each, match.span()))
    return awards


def _read(awards: list[_Award], each: Sentence, group: str) -> None:
    """The awards of one sentence, and what it says of awards named before."""
    text = each.plain.text
    groups = {one.group for one in awards}
    matches = [*_mentions(text)]
    ends = [*(match.start() for match in matches[1:]), len(text), len(text)]
    for index, match in enumerate(matches):
        rest = text[match.end() : ends[index]]
        if rest in {"、", "和", "及"}:  # 甲奖1名、乙奖1名，每人奖励500元: the money is for both
            rest = text[match.end() : ends[index + 1]]
        for name, span in _names(match):
            mine_group = "" if name == group else group
            mine = [one for one in awards if one.name == name and mine_group in {"", one.group}]
            of_all = name == group and match["count"] is None
            if of_all or (not mine and name in groups):  # 单项特色奖…分别奖励2000元
                mine = [one for one in awards if one.group == name]
            elif not mine:
                mine = [_Award(name, mine_group, each, span)]
                awards.extend(mine)
            for one in mine:
                _say(one, each, match, rest)


def _mentions(text: str) -> Iterator[re.Match[str]]:
    for match in AWARD.finditer(text):
        if not NO_AWARD.search(match["names"]) and not re.match(
            r"的|得主|证书", text[match.end("names") :]
        ):
            yield match


def _names(match: re.Match[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    at = match.start("names")
    for said in re.findall(NAME, match["names"]):
        name = re.sub(r"^.*(?:设立?(?!计)|评选|评出)", "", LEAD.sub("", said))
        name = next((grade for grade in GRADES if name.endswith(grade)), name)
        place = match.string.index(said, at) + len(said) - len(name)
        at = place + len(name)
        if len(name) > 2 and not re.search(r".(?:等级|单项)奖$", name):
            yield name, (place, at)


def _group(found: Gathering, sentence: Sentence) -> str:
    """综合风采奖 or 教工组 of the paragraph: what stands before its colon."""
    said = [
        match for each in found.all
        if each.paragraph == sentence.paragraph and each.start <= sentence.start
        and (match := GROUP.match(each.plain.text[after_number(each) :]))
    ]  # fmt: skip
    return said[-1]["group"] if said else ""


def _say(one: _Award, sentence: Sentence, match: re.Match[str], rest: str) -> None:
    if match["count"] and one.count is None:
        one.count = whole(match["count"])
        one.count_at = (sentence, match.span())
    one.some = one.some or match["some"] is not None
    paid = MONEY.search(rest)
    if paid and one.money is None:
        value = number(paid["sum"]) or Decimal(0)
        one.money = neat(value * (10000 if paid["unit"] == "万元" else 1))
        one.money_at = (sentence, (match.start(), match.end() + paid.end()))
    elif not paid and (kind := KIND.search(rest)) and "证书" not in kind[0] and one.in_kind is None:
        one.in_kind = kind[0].strip("每件奖,， ")


def _spread(found: Gathering, awards: list[_Award], each: Sentence, match: re.Match[str]) -> None:
    """表演类一、二、三等奖及组织奖等: grades without numbers, for the track named before them."""
    tracks = [str(found.value("tracks", id, "name")) for id in found.under("tracks")]
    before = each.plain.text[: match.start()]
    group = next((name for name in tracks if before.endswith(name)), "")
    grades = re.findall(r"[一二三特]", match["grades"])
    awards.extend(_Award(f"{grade}等奖", group, each, match.span()) for grade in grades)


def _propose(found: Gathering, awards: list[_Award]) -> None:
    divisions = {str(found.value("divisions", id, "name")): id for id in found.under("divisions")}
    tracks = {str(found.value("tracks", id, "name")): id for id in found.under("tracks")}
    used: set[str] = set()
    for one in awards:
        base = GRADES.get(one.name, "award")
        id = base if base != "award" and base not in used else f"{base}_{len(used) + 1}"
        used.add(id)
        path = ("awards", id)
        organisation = bool(ORGANISATION.search(one.name))
        grade = one.name in GRADES
        group = one.group or ("组织奖" if organisation else "等级奖" if grade else "单项奖")
        found.rule(path, one.sentence, one.span, 0.94, name=one.name)
        found.add((*path, "group"), group, one.sentence, one.span, 0.9 if one.group else 0.7)
        if one.count is not None and one.count_at:
            found.add((*path, "count"), one.count, *one.count_at, 0.95)
        if one.some:
            found.add((*path, "discretionary"), "是", one.sentence, one.span, 0.8, "名额写“若干”")
        if one.money is not None and one.money_at:
            found.add((*path, "money_each"), f"{one.money:f} 元", *one.money_at, 0.93)
        if one.in_kind:
            found.add((*path, "in_kind"), one.in_kind, one.sentence, one.span, 0.8)
        decided = "ranking" if grade else "committee" if organisation else _decided(found, one.name)
        if decided:
            found.add((*path, "decided_by"), decided, one.sentence, one.span, 0.8)
        if one.group in divisions:
            found.add((*path, "divisions"), (divisions[one.group],), one.sentence, one.span, 0.9)
        elif one.group in tracks:
            found.add((*path, "tracks"), (tracks[one.group],), one.sentence, one.span, 0.9)
        elif (
            re.search(r"(?:每个?|各)(?:类别|组别)(?:分别)?设", one.sentence.plain.text)
            and not organisation
        ):
            per = "track" if "类别" in one.sentence.plain.text else "division"
            found.add((*path, "per"), (per,), one.sentence, one.span, 0.9)


def _decided(found: Gathering, name: str) -> str | None:
    for each in found.body:
        if name in each.plain.text and re.search(
            r"(?:评委|专家|评委会|评审委员会|组委会)[^,，。]{0,6}(?:投票|评议|评选|决定|产生)",
            each.plain.text,
        ):
            return "committee"
    return None


def _rules(found: Gathering) -> None:
    """What holds for all awards: vacancy, stacking, recipient, certificate, total."""
    for each in found.body:
        text = each.plain.text
        if match := TOTAL.search(text):
            value = (number(match["sum"]) or Decimal(0)) * (10000 if match["unit"] == "万元" else 1)
            found.add(("prizes", "total"), f"{value.normalize():f} 元", each, match.span(), 0.95)
        for start, end in clauses(each):
            part = text[start:end]
            if match := re.search(
                r"(?<!不)(?:可|能)(?:以)?[^,，。]{0,8}(?:兼得|同时获得|重复获)", part
            ):
                found.add(("prizes", "stacking"), "stack", each, (start, end), 0.85)
            elif re.search(
                r"作品[^,，。]{0,6}(?:只授予[^,，。]{0,12}最高|不(?:得)?(?:重复|同时)(?:授予(?!等级奖)|获奖|授奖))|不(?:得|可|能)兼得",
                part,
            ):
                found.add(("prizes", "stacking"), "exclusive", each, (start, end), 0.75)
            if "奖金" in text and (
                match := re.search(
                    r"(?:发给|发放给|颁发给)(?:获奖)?(团队|科室|单位|部门|作者|选手|本人|个人)",
                    part,
                )
            ):
                unit = match[1] in {"团队", "科室", "单位", "部门"}
                confidence = 0.6 if match[1] == "团队" else 0.85
                found.add(
                    ("prizes", "recipient"),
                    "unit" if unit and match[1] != "团队" else "authors",
                    each,
                    (start, end),
                    confidence,
                )
            if (
                re.search(r"(?:颁发|发给|授予|发放)[^,，。]{0,6}证书", part)
                and "入围奖" not in text
            ):
                found.add(
                    ("prizes", "certificate", "text"),
                    each.said(start, end),
                    each,
                    (start, end),
                    0.9,
                )
            if re.search(r"可(?:以)?(?:空缺|从缺)", part):
                for id in found.under("awards"):
                    found.add(("awards", id, "vacancy"), "是", each, (start, end), 0.9)


def _sums(found: Gathering, awards: list[_Award]) -> None:
    said = found.value("prizes", "total")
    paid = [one for one in awards if one.money is not None]
    if said is None or not paid:
        return
    total = Decimal(str(said).split()[0])
    known = [(one.count, one.money or Decimal(0)) for one in paid if one.count is not None]
    unknown = [one for one in paid if one.count is None]
    terms = " + ".join(f"{count}×{money:f}" for count, money in known)
    sum_known = sum((count * money for count, money in known), Decimal(0))
    if not unknown:
        agrees = "相符" if sum_known == total else "不符，请核对"
        found.remarks.append(
            f"奖金 {terms} = {sum_known:f} 元，与通知所写的 {total:f} 元{agrees}。"
        )
        return
    each_once = sum((one.money or Decimal(0) for one in unknown), Decimal(0))
    left = total - sum_known
    times = left / each_once if each_once else Decimal(0)
    if times == int(times) and times > 0:
        names = "、".join(one.name for one in unknown)
        found.implied = int(times)
        found.remarks.append(
            f"{names}没有写名额；总额 {total:f} 元减去 {terms} = {sum_known:f} 元，余 {left:f} 元，正好各 {int(times)} 名。"
        )
    else:
        found.remarks.append(
            f"奖金 {terms} = {sum_known:f} 元，其余奖项没有写名额，无法与总额 {total:f} 元核对。"
        )
