"""Finds how works are judged: rounds, judges, who goes on, score sheets, ties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .gathering import Gathering, Path, bare
from .numerals import NUMBER, number, whole
from .text import Sentence

ROUND_NAMES = (
    (r"形式审查|资格审查|初筛", "screening"),
    (r"初评|初选|初审|海选|初赛", "preliminary"), (r"复评|复审|复赛", "second"),
    (r"竞演|决赛|现场(?:比赛|展演|评审|演讲)", "live"), (r"终评|终审|总评|专家评审|综合评审", "final"),
)  # fmt: skip
PANEL = re.compile(
    r"(?:成立|组建|设立|设|组成)(?P<name>(?:大赛|专项|活动|竞赛|征集活动)?[一-鿿]{0,4}(?:评审委员会|评委会|评审组|评审专家组))"
)
JUDGES = re.compile(
    rf"(?:由|邀请|邀|请)?(?P<n>{NUMBER})(?:名|位)(?:[一-鿿]{{0,3}})(?:专家|评委|评审)|(?:专家)?评委(?P<m>{NUMBER})(?:名|位)"
)
DIMENSIONS = re.compile(
    r"从(?P<list>(?:[一-鿿]{2,10}、)+[一-鿿]{2,10}?)(?:等)?"
    r"(?:[0-9]|[一二两三四五六七八九十](?=大|个))?[大个]?(?:维度|方面|指标)"
)
POINTS = re.compile(
    rf"(?P<name>[一-鿿]{{2,10}}?)(?:占|:|\()?(?P<points>{NUMBER})分(?!钟|之|别|数|享|以)\)?"
)
WEIGHT = re.compile(r"(?P<name>[一-鿿]{2,10}?)占(?:总分的?|比)?(?P<share>[0-9]+(?:\.[0-9]+)?)%")
PART_SCORE = re.compile(r"平均分|投票|评审|成绩|得分|总评|数量|等次")
FULL = re.compile(rf"(?:满分|总分)(?:为|共|计)?({NUMBER})分|(百分制)")
DROP = re.compile(rf"去掉(?P<high>{NUMBER})个最高分[和、及,与]?(?:去掉)?(?P<low>{NUMBER})个最低分")
PLACES = re.compile(rf"(?:保留|精确到)(?:小数点后)?({NUMBER})位(?:小数)?")
RECUSE = re.compile(r"回避")
TIE = re.compile(r"(?:总分|得分|分数|成绩)[^,，。]{0,4}(?:相同|并列|相等)")


def find_judging(found: Gathering) -> None:
    """Rounds in order, each with its panel, judges and who goes on; then the score sheets."""
    steps = [*_steps(found)]
    panel = next(
        ((each, match) for each in found.body if (match := PANEL.search(each.plain.text))), None
    )
    if not steps:
        judged = [
            each for each in found.body
            if re.search(r"综合打分|评审委员会|(?:专家|评委)[^。]{0,12}(?:评审|评选|打分|评定)", each.plain.text)
        ]  # fmt: skip
        live = "决赛" in found.title
        named = ("final_live", "决赛", "live") if live else ("review", "评审", "final")
        steps = [(*named, each, ()) for each in judged[:1]]
    before: dict[tuple[str, ...], str] = {}
    for id, name, kind, each, tracks in steps:
        path = ("rounds", id)
        at = each.plain.text.find(name)
        span = (at, at + len(name)) if at >= 0 else None
        found.rule(
            path, each, span, 0.88, name=name, kind=kind, input=before.get(tracks, "submission")
        )
        if tracks:
            found.add((*path, "tracks"), tracks, each, span, 0.85)
        before[tracks] = id
        near = [
            one for one in found.body if one.section == each.section and "（" in each.section
        ] or [each]
        if kind == "screening":
            continue
        if panel is not None:
            found.add(
                (*path, "panel"),
                panel[0].said(*panel[1].span("name")),
                panel[0],
                panel[1].span("name"),
                0.85,
            )
        elif any("专家" in one.plain.text for one in near):
            found.add((*path, "panel"), "评审专家", each, span, 0.6)
        _panel_size(found, path, near if len(steps) > 1 else found.body)
        _advance(found, path, near)
    marked = [id for id, _, kind, _, _ in steps if kind != "screening"]
    if marked:
        _scheme(found, marked)


Step = tuple[str, str, str, Sentence, tuple[str, ...]]


def _steps(found: Gathering) -> Iterator[Step]:
    """Rounds that the notice names, in order: id, name, kind, sentence, tracks."""
    used: set[str] = set()
    for each in found.all:
        text = each.plain.text
        head = found.head(each)
        if each.section in {"标题", "文首", "正文", "落款"} or re.search(
            r"奖|联系|要求$|成果", head.partition("／")[0]
        ):
            continue
        lead = bare(each) if each.heading else re.split(r"[(（:：。,，]", bare(each))[0]
        if (len(lead) > 10 or each.start) and not re.match(r"\s*[0-9]{1,2}[.．、]", text):
            continue
        for pattern, kind in ROUND_NAMES:
            match = re.search(pattern, lead)
            if not match or re.search(r"[时地日]|选手|标准|名单|作品$", lead[match.end() :]):
                continue
            group = found.heads.get(each.section, "")
            tracks = tuple(
                id for id in found.under("tracks")
                if len(found.under("tracks")) > 1 and str(found.value("tracks", id, "name")) in group
            )  # fmt: skip
            name = re.sub(r"^(?:组织|开展|进行)", "", lead)
            id = f"{kind}_{len(used) + 1}" if kind in used or tracks else kind
            used.add(id)
            yield id, name, kind, each, tracks
            break


def _panel_size(found: Gathering, path: Path, near: list[Sentence] | tuple[Sentence, ...]) -> None:
    for each in near:
        match = JUDGES.search(each.plain.text)
        value = match and whole(match["n"] or match["m"])
        if (
            match
            and value
            and not re.search(
                r"递补|不少于", each.plain.text[max(0, match.start() - 4) : match.end()]
            )
        ):
            found.add((*path, "min_judges"), value, each, match.span(), 0.85)
            break
    for each in found.body:
        if (match := RECUSE.search(each.plain.text)) and re.search(
            r"评委|专家|评审", each.plain.text
        ):
            text = each.plain.text
            own = re.search(r"本单位|本科室|同科室|同单位|所在单位|本院", text)
            if own:
                found.add((*path, "recuse_own_unit"), "是", each, (own.start(), match.end()), 0.92)
                return


def _advance(found: Gathering, path: Path, near: list[Sentence]) -> None:
    for each in near:
        text = each.plain.text
        if match := re.search(
            r"按[^,，。]{0,14}?([0-9]+(?:\.[0-9]+)?)%[^,，。]{0,8}(?:确定|进入|入围|推荐|评出|选出)",
            text,
        ):
            share = Decimal(match[1]) / 100
            base = "track" if "类别" in match[0] else "division" if "组" in match[0] else None
            found.rule(
                (*path, "advance"),
                each,
                match.span(),
                0.9,
                by="ratio",
                number=f"{share.normalize():f}",
                base=base,
            )
        elif match := re.search(
            rf"(?:前|选出|评出|取|确定)({NUMBER})(?:名|件|篇|部)[^,，。]{{0,12}}(?:进入|入围)", text
        ):
            found.rule(
                (*path, "advance"), each, match.span(), 0.88, by="top", number=f"{whole(match[1])}"
            )


def criteria_of(each: Sentence) -> Iterator[tuple[str, str | None, str | None, tuple[int, int]]]:
    """Criteria of one sentence: name, full mark, weight, place."""
    text = each.plain.text
    if match := DIMENSIONS.search(text):
        at = match.start("list")
        for name in match["list"].split("、"):
            at = text.index(name, at)
            yield name, None, None, (at, at + len(name))
        return
    for pattern, key in ((POINTS, "points"), (WEIGHT, "share")):
        lines = [
            line for line in pattern.finditer(text)
            if not PART_SCORE.search(line["name"]) and not re.search(r"满分|总分|扣|不足|最高|最低|平均", line["name"])
        ]  # fmt: skip
        if len(lines) < 3:
            continue
        for line in lines:
            said = number(line[key]) or Decimal(0)
            name = re.sub(r"^(?:其中|和|及|具体为|为)", "", line["name"])
            at = line.start() + line["name"].index(name)
            weight = None if key == "points" else f"{(said / 100).normalize():f}"
            yield name, f"{said:f}" if key == "points" else "100", weight or "1", (at, line.end())
        return


def _scheme(found: Gathering, rounds: list[str]) -> None:
    tables = [
        (each, [*criteria_of(each)]) for each in found.body
        if "奖" not in each.plain.text and re.search(r"评|分", found.head(each) + each.plain.text)
    ]  # fmt: skip
    said = [(each, lines) for each, lines in tables if lines]
    section = {found.found[("rounds", id, "name")].sentence: id for id in rounds}
    home = rounds
    if said:
        each, lines = said[0]
        own = [id for index, id in section.items() if found.all[index].section == each.section]
        home = own or rounds[-1:]
        for id in home:
            for order, (name, points, weight, span) in enumerate(lines, 1):
                path = ("rounds", id, "scheme", "criteria", f"criterion_{order}")
                found.rule(
                    path,
                    each,
                    span,
                    0.92,
                    name=name,
                    max=points,
                    weight=weight,
                    min="0" if points else None,
                )
    for id in home:
        own_section = found.all[found.found[("rounds", id, "name")].sentence].section
        near = [each for each in found.body if each.section == own_section and "（" in own_section]
        _method(found, ("rounds", id, "scheme"), [*near, *(one for one, _ in said), *found.body])
        _components(found, ("rounds", id, "scheme"))


def _method(found: Gathering, path: Path, near: list[Sentence]) -> None:
    for each in near:
        text = each.plain.text
        if match := FULL.search(text):
            total = number(match[1]) if match[1] else Decimal(100)
            found.add((*path, "total"), f"{total:f}", each, match.span(), 0.9)
        if match := DROP.search(text):
            found.rule(
                path,
                each,
                match.span(),
                0.94,
                aggregate="trimmed_mean",
                drop_high=whole(match["high"]),
                drop_low=whole(match["low"]),
            )
        elif match := re.search(r"取(?:算术)?平均[分值]", text):
            found.rule(path, each, match.span(), 0.8, aggregate="mean", drop_high=0, drop_low=0)
        if match := PLACES.search(text):
            found.add((*path, "rounding_places"), whole(match[1]) or 0, each, match.span(), 0.93)
        if "四舍五入" in text:
            at = text.index("四舍五入")
            found.add((*path, "rounding_mode"), "half_up", each, (at, at + 4), 0.93)
        if match := TIE.search(text):
            _ties(found, path, each, match)


SHARE = re.compile(
    r"(?P<name>[一-鿿]{2,8}?)(?:平均分|得分|评分|成绩|结果|打分)?占(?:总评|总成绩|总分|最终成绩)?的?(?:比例为)?(?P<share>[0-9]{1,2})%"
)


def _components(found: Gathering, path: Path) -> None:
    """专家评委平均分占70%,大众评审平均分占30%: two panels of one round."""
    for each in found.body:
        parts = [*SHARE.finditer(each.plain.text)]
        votes = [one for one in parts if "投票" in one["name"]]
        if votes:
            found.remarks.append(
                f"{each.section}：{each.said(*votes[0].span())}。草稿没有把投票写成规则，请在 votes 和 components 里补上。"
            )
        experts = [one for one in parts if re.search(r"专家|评委", one["name"])]
        public = [one for one in parts if re.search(r"大众|观众|群众|社会", one["name"])]
        if len(parts) != 2 or len(experts) != 1 or len(public) != 1 or "奖" in each.plain.text:
            continue
        for id, part, of in (
            ("experts", experts[0], "marks"),
            ("audience", public[0], "panel audience"),
        ):
            found.rule(
                (*path, "components", id), each, part.span(), 0.9,
                name=part["name"], of=of, weight=f"{part['share']}%",
            )  # fmt: skip
        found.add(("panels", "audience", "name"), public[0]["name"], each, public[0].span(), 0.9)
        for one in found.body:
            if match := re.search(
                rf"{public[0]['name']}(?:团|员)?({NUMBER})(?:名|位|人)", one.plain.text
            ):
                found.add(
                    ("panels", "audience", "judges"), whole(match[1]) or 0, one, match.span(), 0.9
                )
        return


def _ties(found: Gathering, path: Path, each: Sentence, match: re.Match[str]) -> None:
    """Which criterion decides, then who: only when every step is one that the rulebook knows."""
    names = {
        str(found.value(*path, "criteria", id, "name")): id for id in found.under(*path, "criteria")
    }
    text = each.plain.text[match.end() :] + "".join(
        one.plain.text for one in found.beside(each) if one.index > each.index
    )
    steps = [
        (text.index(name), f"criterion {id}") for name, id in names.items()
        if re.search(rf"“?{name}”?[^,，。]{{0,4}}(?:得分|分)?(?:高|优先)", text)
    ]  # fmt: skip
    if vote := re.search(
        r"(?:评委会|评审委员会|专家评委|评委|组委会)[^,，。]{0,6}(?:投票|表决|决定|评议)", text
    ):
        steps.append((vote.start(), "committee"))
    unknown = re.search(r"平均分[^,，。]{0,6}高|票数|投票(?:数|结果)", text)
    if steps and not unknown:
        found.add(
            (*path, "tie_break"),
            tuple(step for _, step in sorted(steps)),
            each,
            (match.start(), len(each.plain.text)),
            0.85,
        )
