"""Finds how the contest runs: windows, the timeline, rounds, score sheets, objections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .dates import AT_ONCE, Moment, moments
from .gathering import Gathering, Path, after_number, bare
from .numerals import NUMBER, number, whole
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
    r"从(?P<list>(?:[一-鿿]{2,10}、)+[一-鿿]{2,10}?)(?:等)?(?:[一二三四五六七八九十]大|[0-9])?个?(?:维度|方面|指标)"
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
NOTICE = re.compile(
    rf"公示(?:期|时间)?(?:为|不少于|不得少于)?({NUMBER})(个?工作日|个?自然日|天|日)"
)


def find_course(found: Gathering) -> None:
    """Windows, schedule, rounds with their schemes, objections."""
    for finder in (_submission, _register, _schedule, _rounds, _objections):
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
    elif last.day:
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
        found.rule(
            ("schedule", f"#{steps}"), each, (at, at + match.end()), 0.92,
            name=prefix + match["name"], when=each.said(at + match.start("inside" if match["inside"] else "after"), at + match.end("inside" if match["inside"] else "after")),
        )  # fmt: skip
        steps += 1


def _rounds(found: Gathering) -> None:
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
        if len(lead) > 10 or each.start:
            if not re.match(r"\s*[0-9]{1,2}[.．、]", text):
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
