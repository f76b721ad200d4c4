"""Finds who enters and with what: units and their quotas, divisions, categories, directions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .gathering import Gathering, after_number, bare, names_in
from .quantities import Amount, amounts
from .text import Sentence

WORKS = ("件", "篇", "部", "幅", "份", "个", "项", "张", "条", "名")
MUST = re.compile(
    r"(?P<who>[^,，。；;:]{2,60}?)(?:均需|均须|均应|都要|必须|须|应当)(?:组织)?(?:报送|参赛|参加|提交|选送)"
)
MAY = re.compile(
    r"(?P<who>[^,，。；;:]{2,160}?)(?:的(?:工作人员|职工|医务人员))?(?:均可|都可|皆可|可以|可自愿|可)(?:自愿)?(?:报名|参赛|参加|报送|投稿|申报)"
)
REACH = re.compile(
    r"^(?:凡|面向)?(?:全[院省市县区校国]|本[院省市校]|[一-鿿]{0,4}辖区|我[院市省]|各)?(?:内|范围内)?(?:的)?(?:各级各类|各级|各类|所属|直属|各)?"
)
UNIT = re.compile(
    r"(?:^|[,，。；;:、])(?:其中)?(?P<unit>(?:每个?|各|其他)?[^,，。；;:]{0,16}?"
    r"(?:单位|科室|部门|学院|医院|机构|(?:县\(市、区\))|支部|学校|校区|分会|中心|协会|学会|医院))"
    r"(?P<verb>(?:原则上|自愿参加,|最多|至多|至少)?(?:可)?(?:报送|推荐|选送|提交|申报|限报|投稿|报名)?(?:作品|文章|稿件|参赛作品)?(?:数量|总数)?)$"
)
GROUP = re.compile(r"^([一-鿿A-Za-z]{1,8}组)[:：(（]")
KINDS = {  # a word of the title → (id, kind of slot)
    "微电影": ("micro_film", "video"), "微视频": ("video", "video"), "短视频": ("video", "video"),
    "视频": ("video", "video"), "海报": ("poster", "image"), "漫画": ("comic", "image"),
    "摄影": ("photo", "image"), "绘画": ("painting", "image"), "书法": ("calligraphy", "image"),
    "文章": ("article", "document"), "征文": ("article", "document"), "演讲": ("speech", "document"),
    "课件": ("courseware", "document"), "案例": ("case", "document"), "歌曲": ("song", "audio"),
    "朗诵": ("recitation", "video"), "音频": ("audio", "audio"), "公众号": ("account", "link"),
}  # fmt: skip
TYPES = re.compile(r"(?:作品)?(?:类别|类型|种类|形式)")
DIRECTIONS = re.compile(r"方向|选题|(?:作品|征集|创作)(?:主题|内容)$")
ONE_ONLY = re.compile(
    r"(?:只能?|任|限|仅限?)(?:能)?(?:选择?|报)?(?:其)?(?:一个|一类|其一|一项|1个)"
)
QUOTED = re.compile(r"“([^”]{2,16})”")


def find_entrants(found: Gathering) -> None:
    """Units, quotas, divisions, tracks, themes."""
    for finder in (_tracks, _divisions, _themes, _units, _entries, _classes_quotas, _people):
        finder(found)


def _listed(
    found: Gathering, pattern: re.Pattern[str], most: int
) -> Iterator[tuple[Sentence, str]]:
    """Sentences of a chapter that are an entry of its list (（一）合理用药；), with their name."""
    for each in found.under_head(pattern.pattern):
        text = each.plain.text[after_number(each) :]
        name = re.match(r"([一-鿿A-Za-z“”·]{2,16})(?:[:：。；;]|$)", text)
        listed = after_number(each) > 0 or re.match(r"[^:]{1,11}[类篇型]:.", text)
        if listed and each.start == 0 and name and len(name[1]) <= most:
            yield each, name[1]


def _tracks(found: Gathering) -> None:
    named: list[tuple[Sentence, str]] = []
    for each in found.under_head(TYPES.pattern):
        match = re.search(
            r"(?:包括|分为|设有?|设置|为)((?:[一-鿿]{1,7}类(?:[、和及]|(?![一-鿿]))){2,})",
            each.plain.text,
        )
        if match and not named:
            named = [(each, name) for name in names_in(match[1])]
    named = named or [
        (each, name) for each, name in _listed(found, TYPES, 8)
        if "（" in each.section
    ]  # fmt: skip
    for number, (each, name) in enumerate(named, 1):
        at = each.plain.text.index(name)
        found.add(("tracks", f"track_{number}", "name"), name, each, (at, at + len(name)), 0.95)
    if named:
        return
    for word, (id, _) in KINDS.items():
        match = re.search(rf"{word}(?:作品)?", found.title)
        if match:
            title = next(each for each in found.all if each.section == "标题")
            found.add(("tracks", id, "name"), match[0], title, None, 0.85, "取自标题")
            return


def kind_of_track(found: Gathering, id: str) -> str:
    """What is handed in for a track: the kind of its main slot."""
    name = str(found.value("tracks", id, "name"))
    kinds = [kind for word, (_, kind) in KINDS.items() if word in name or word in found.title]
    return kinds[0] if kinds else "document"


def _divisions(found: Gathering) -> None:
    number = 0
    for each in found.body:
        text = each.plain.text[after_number(each) :]
        match = GROUP.match(text)
        if not match or re.search(r"奖|满分|评委", text):
            continue
        number += 1
        start = after_number(each)
        rest = start + match.end()
        who = each.said(rest, len(each.plain.text.rstrip("。；;")))
        found.rule(
            ("divisions", f"division_{number}"), each, (start, rest - 1), 0.9,
            name=match[1], axis="组别", who=who or None,
        )  # fmt: skip
        for amount in amounts(each.plain.text):
            team = re.search(r"小组|团队|个人或|每队", each.plain.text[: amount.end])
            if amount.unit == "人" and amount.high is not None and team:
                span = (amount.start, amount.end)
                found.add(
                    ("divisions", f"division_{number}", "people_max"),
                    int(amount.high),
                    each,
                    span,
                    0.85,
                )


def _themes(found: Gathering) -> None:
    tracks = found.under("tracks") or ["work"]
    items = [*_listed(found, DIRECTIONS, 12)]
    options: list[tuple[Sentence, str, str]] = []
    if len(items) >= 3:
        for each, name in items:
            start = after_number(each) + len(name) + 1
            end = len(each.plain.text.rstrip("。；;"))
            options.append((each, name, each.said(start, end) if end > start else ""))
    for each in found.body if not options else ():
        match = re.search(
            r"从((?:“[^”]{2,16}”、?){2,})[^,，。]{0,8}(?:方向|主题|选题)", each.plain.text
        )
        if match:
            options = [(each, name, "") for name in QUOTED.findall(match[1])]
            break
    if not options:
        return
    for track in tracks:
        for number, (each, name, hint) in enumerate(options, 1):
            at = each.plain.text.index(name)
            path = ("tracks", track, "themes", "options", f"theme_{number}")
            found.rule(path, each, (at, at + len(name)), 0.93, name=name, hint=hint or None)
        _how_many(found, track, options[0][0])


def _how_many(found: Gathering, track: str, first: Sentence) -> None:
    near = [
        each for each in found.body
        if each.section.partition("（")[0] == first.section.partition("（")[0]
    ]  # fmt: skip
    for each in near:
        if match := ONE_ONLY.search(each.plain.text):
            found.rule(("tracks", track, "themes"), each, match.span(), 0.92, min=1, max=1)
            return
    for each in near:
        if match := re.search(r"自主选[定择]|自选|任选|选择", each.plain.text):
            found.rule(("tracks", track, "themes"), each, match.span(), 0.7, min=1)
            return


def _units(found: Gathering) -> None:
    number = 0
    for pattern, must in ((MUST, True), (MAY, False)):
        for each in found.body:
            match = pattern.search(each.plain.text, after_number(each))
            if not match or number or GROUP.match(bare(each)):
                continue
            names = names_in(REACH.sub("", match["who"]))
            names = [REACH.sub("", name) for name in names]
            if not all(
                2 <= len(name) <= 14 and re.search(r"[室院局所部门构司会心位业校站团组科系]$", name)
                for name in names
            ):
                continue
            at = match.start()
            for name in names:
                number += 1
                at = each.plain.text.index(name, at)
                found.rule(
                    ("units", "classes", f"class_{number}"), each, (at, at + len(name)), 0.9,
                    name=name, must_enter="是" if must else "否", may_enter="是",
                )  # fmt: skip
            if must:
                found.add(
                    ("units", "entries", "min"),
                    1,
                    each,
                    match.span(),
                    0.8,
                    "“均需报送”即每个单位至少一件",
                )
    if found.has("units", "entries", "min"):
        _addressed(found, number)


def _addressed(found: Gathering, number: int) -> None:
    """Addressees that are not named among those who must enter: whether they may is a question."""
    names = [
        str(found.value("units", "classes", id, "name")) for id in found.under("units", "classes")
    ]
    for each in found.all:
        text = each.plain.text
        if each.section != "正文" or not text.endswith((":", "：")) or not text.startswith("各"):
            continue
        for said in names_in(text):
            name = said.removeprefix("各")
            if not any(name[-2:] in other or other in name for other in names):
                number += 1
                at = text.index(said)
                found.rule(
                    ("units", "classes", f"class_{number}"), each, (at, at + len(said)), 0.75,
                    name=name, must_enter="否",
                )  # fmt: skip
        return


def quotas(found: Gathering) -> Iterator[tuple[Sentence, str, Amount]]:
    """Every number of works that a kind of unit hands in: sentence, who, amount."""
    for each in found.body:
        text = each.plain.text
        for amount in amounts(text):
            if amount.unit not in WORKS:
                continue
            before = text[after_number(each) : amount.start]
            match = UNIT.search(before)
            verb = match["verb"] if match else ""
            bounded = not amount.exact or re.search(r"限报|限交|限|报送|各报", before[-4:])
            if match and bounded and not re.search(r"[评奖设]", before):
                if amount.exact and re.search(r"最多|至多|限", verb):
                    yield each, match["unit"], replace(amount, low=None, exact=False)
                elif amount.exact and "至少" in verb:
                    yield each, match["unit"], replace(amount, high=None, exact=False)
                else:
                    yield each, match["unit"], amount


def _entries(found: Gathering) -> None:
    for each, unit, amount in quotas(found):
        if re.fullmatch(r"(?:每个?|各)(?:参赛|报送)?(?:单位|科室|部门|机构)", unit):
            span = (amount.start, amount.end)
            low = None if amount.low is None else int(amount.low)
            high = None if amount.high is None else int(amount.high)
            found.rule(("units", "entries"), each, span, 0.9, min=low, max=high)


def _classes_quotas(found: Gathering) -> None:
    known = {
        str(found.value("units", "classes", id, "name")): id
        for id in found.under("units", "classes")
    }
    number = len(known)
    for each, unit, amount in quotas(found):
        name = re.sub(r"^(?:每个?|各|其中)", "", unit)
        if re.fullmatch(r"(?:参赛|报送)?(?:单位|科室|部门|机构)", name):
            continue
        if name not in known:
            number += 1
            known[name] = f"class_{number}"
            at = each.plain.text.index(name)
            must = "是" if amount.low and amount.low > 0 else "否"
            found.rule(
                ("units", "classes", known[name]), each, (at, at + len(name)), 0.8,
                name=each.said(at, at + len(name)), must_enter=must, may_enter="是",
            )  # fmt: skip
        low = None if amount.low is None or amount.exact else int(amount.low)
        high = None if amount.high is None else int(amount.high)
        path = ("units", "classes", known[name], "entries")
        found.rule(
            path,
            each,
            (amount.start, amount.end),
            0.88,
            min=low or 0,
            max=high if high is not None else "不限",
        )


TEAM = re.compile(
    r"(?:每(?:支)?(?:队|团队|组|篇作品|件作品|部作品)[^,，。；]{0,8}|署名作者|作者人数|团队人数)$"
)
PER_PERSON = re.compile(r"每(?:人|位作者|名作者|名选手|位选手)(?:[^,，。；]{0,14}?)$")


def _people(found: Gathering) -> None:
    number = 0
    for each in found.body:
        text = each.plain.text
        for amount in amounts(text):
            before = text[: amount.start]
            if (
                amount.unit == "人"
                and amount.high is not None
                and TEAM.search(before)
                and not GROUP.match(bare(each))
            ):
                for track in found.under("tracks"):
                    path = ("tracks", track, "fields", "authors", "people_max")
                    found.add(path, int(amount.high), each, (amount.start, amount.end), 0.88)
            if (
                amount.unit in {"件", "篇", "部", "幅", "支", "项"} and amount.high is not None
                and PER_PERSON.search(before) and "奖" not in before
                and (not amount.exact or re.search(r"限|最多", before[-4:] + text[amount.start : amount.end]))
            ):  # fmt: skip
                number += 1
                role = ("第一作者",) if "第一作者" in before else None
                found.rule(
                    ("person_caps", f"cap_{number}"), each, (amount.start, amount.end), 0.9,
                    max=int(amount.high), roles=role,
                )  # fmt: skip
