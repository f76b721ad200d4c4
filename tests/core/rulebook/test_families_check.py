"""What the grown language says is checked: one wrong passage in an example, one message."""

from __future__ import annotations

from pathlib import Path

import pytest

from fengcai.core.rulebook import check, no_answers, parse
from tests.core.rulebook.samples import BOOK, EXAMPLES, changed


def text_of(name: str) -> str:
    return (EXAMPLES / "rulebooks" / f"{name}.yaml").read_text("utf-8")


def faults(text: str) -> list[tuple[str, str]]:
    book = parse(text, name="book.yaml")
    found = check(book, no_answers(book.id))
    assert all(each.mend.endswith(("。", "？")) and each.line > 1 for each in found)
    return [(each.path, each.message) for each in found]


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("rulebooks/*.yaml")), ids=lambda f: f.stem)
def test_every_example_is_sound_and_asks_what_its_notice_leaves_open(file: Path) -> None:
    text = file.read_text("utf-8")
    assert faults(text) == []
    assert len(parse(text, name=file.name).questions) >= 3


CASES = [
    # units, collectors, quotas, superior contests
    ("provincial-science-2026", "parent: city\n      cite: 四（一）", "parent: town\n      cite: 四（一）",
     "units.classes.county.parent", "没有名为“town”的单位类别"),
    ("provincial-science-2026", "number: 9\n", "number: 9\n      parent: county\n",
     "units.classes.city.parent", "上级单位绕成了圈：county → city → county"),
    ("provincial-science-2026", "classes: [county, hospital_city], window: to_city",
     "classes: [city, hospital_city], window: to_city", "units.classes.city.collects.classes",
     "“市（州）卫生健康委”汇总的是它自己"),
    ("provincial-science-2026", "ratio: 20%", "ratio: 120%", "units.classes.city.collects.ratio",
     "比例应大于 0、不超过 1"),
    ("provincial-science-2026", "window: to_city, max: 20", "window: to_city, max: 0",
     "units.classes.city.collects.max", "汇总后一件也不报"),
    ("provincial-science-2026", "closes: 2026-06-10 24:00", "closes: 2026-07-10 24:00",
     "windows.to_city.closes",
     "向汇总单位报送 2026-07-10 24:00 截止，晚于本活动的截止（2026-06-30 17:00）"),
    ("provincial-science-2026", "{min: 6, max: 20, ranked", "{min: 6, max: 2, ranked",
     "units.classes.city.entries.min", "每单位报送件数的下限 6 大于上限 2"),
    ("provincial-science-2026", "of: track video, min: 2", "of: track video, min: 20",
     "units.classes.city.entries.mix", "各项至少要报的件数合计 21，超过每单位最多 20 件"),
    ("provincial-science-2026", "of: track video, min: 2", "of: track film, min: 2",
     "units.classes.city.entries.mix[1].of", "没有名为“film”的类别"),
    ("provincial-science-2026", "{max: 400,", "{max: 100,", "units.capacity.max",
     "必须报送的单位至少要报 198 件，本活动只收 100 件"),
    ("provincial-science-2026", "closes: 2026-10-15 24:00", "closes: 2026-06-15 24:00",
     "feeds_into.nation.closes",
     "上级赛事 2026-06-15 24:00 截止，本活动 2026-06-30 17:00 才截止报送，来不及推荐"),
    ("provincial-science-2026", "ranked: 是, awards: [first, second]",
     "ranked: 是, awards: [first, secnd]", "feeds_into.nation.awards", "没有名为“secnd”的奖项"),
    ("innovation-cases-2026", "previous: innovation-cases-2025", "previous: innovation-cases-2026",
     "edition.previous", "上一届写成了本届自己"),
    ("rural-stories-2026", "of: theme rural, min_share: 50%, cite: 二",
     "of: theme rural, min_share: 150%, cite: 二",
     "units.classes.county.entries.mix", "各项至少要占的比例合计 150%"),
    # tracks, forms, files, people
    ("provincial-science-2026", "name: 演讲, parent: stage", "name: 演讲, parent: stge",
     "tracks.speech.parent", "没有名为“stge”的类别"),
    ("provincial-science-2026", "{name: 演讲, parent: stage", "{name: 演讲, parent: speech",
     "tracks.speech.parent", "类别绕成了圈：speech → speech"),
    ("provincial-science-2026", "      length: {must: 不超过 12 分钟", "      lenght: {must: 不超过 12 分钟",
     "tracks.drama.instead.lenght", "所依照的类别没有名为“lenght”的要求，无从替换"),
    ("rural-stories-2026", "      max: 2\n      cite: 三 必选", "      max: 0\n      cite: 三 必选",
     "tracks.documentary.themes.max", "必选的方向有 1 个，却最多只能选 0 个"),
    ("nurse-photos-2026", "min_chars: 30", "min_chars: 300", "tracks.works.fields.story.min_chars",
     "字数的下限 300 大于上限 150"),
    ("innovation-cases-2026", "at_least: 0, at_most: 100", "at_least: 101, at_most: 100",
     "tracks.story.fields.rate.at_least", "数值的下限 101 大于上限 100"),
    ("innovation-cases-2026", "at_most: 100, proof: evidence", "at_most: 100, proof: evidenc",
     "tracks.story.fields.rate.proof", "没有名为“evidenc”的文件"),
    ("science-articles-2026", "rows_min: 2", "rows_min: 9, rows_max: 2",
     "tracks.article.fields.references.rows_min", "条数的下限 9 大于上限 2"),
    ("science-articles-2026", "rows_min: 2", "kinds: [article, music]",
     "tracks.article.fields.references.kinds", "“参考文献”没有 music 这一类"),
    ("science-articles-2026", "rows_min: 2", "say_none: 是",
     "tracks.article.fields.references.say_none", "“参考文献”这一栏用不上 say_none"),
    ("micro-film-2026", "{role: 指导教师, max: 2", "{role: 领队, max: 2",
     "tracks.film.fields.team.counts[2].role", "没有名为“领队”的角色"),
    ("science-articles-2026", "people_min: 1\n        people_max: 3", "people_min: 4\n        people_max: 3",
     "tracks.article.fields.authors.people_min", "人数的下限 4 大于上限 3"),
    ("micro-film-2026", "people_max: 10\n", "people_max: 0\n", "tracks.film.fields.team.counts",
     "各角色至少 1 人，超过总共最多 0 人"),
    ("micro-film-2026", "min_size: 50 MB", "min_size: 5 GB", "tracks.film.slots.main.min_size",
     "文件大小的下限 5368709120 大于上限 2147483648"),
    ("calligraphy-2026", "kind: physical, role: main", "kind: physical, accept: [.pdf], role: main",
     "tracks.calligraphy.slots.original.accept", "“作品原件”不是文件，没有后缀可写"),
    ("calligraphy-2026", "role: form, of: form", "role: form, of: from",
     "tracks.calligraphy.slots.stamped.of", "没有名为“from”的文件"),
    ("calligraphy-2026", "returned: 否, window: paper", "returned: 否, window: papers",
     "tracks.calligraphy.slots.original.window", "没有名为“papers”的时间窗"),
    ("calligraphy-2026", "divisions: [senior, adult, child]", "divisions: [senor, adult, child]",
     "tracks.calligraphy.divisions", "没有名为“senor”的组别"),
    ("calligraphy-2026", "{min: 18, max: 59, on", "{min: 60, max: 59, on", "divisions.adult.ages.min",
     "年龄的下限 60 大于上限 59"),
    ("micro-film-2026", "people_max: 8, beside: [指导教师]", "people_min: 9, people_max: 8, beside: [指导教师]",
     "divisions.student.people_min", "人数的下限 9 大于上限 8"),
    ("micro-film-2026", "beside: [指导教师]", "beside: [导师]", "divisions.student.beside", "没有名为“导师”的角色"),
    ("micro-film-2026", "{roles: [导演], max: 1", "{roles: [导演], max: 0", "person_caps.director.max",
     "一个人一件也不能参加"),
    ("posters-2026", "round: experts, cite", "round: expert, cite",
     "tracks.poster.slots.source.requirements.fonts.round", "没有名为“expert”的轮次"),
    ("posters-2026", "evidence: signed_scan, slot: guardian, ", "evidence: signed_scan, ",
     "declarations.guardian", "要交签字的扫描件，却没有写交到哪里"),
    ("nurse-photos-2026", "purposes: [site, channels], needed", "purposes: [judging, upper], needed",
     "releases.nurses.purposes", "公开展播要等同意书，同意书却不许可公开展播"),
    ("nurse-photos-2026", "purposes: [site, channels], needed", "purposes: [], needed",
     "releases.nurses.purposes", "同意书没有写用在哪里"),
    ("nurse-photos-2026", "months: 24, evidence", "months: 0, evidence",
     "releases.nurses.months", "同意书的期限是 0 个月"),
    ("nurse-photos-2026", "months: 24, evidence", "months: 24, tracks: [film], evidence",
     "releases.nurses.tracks", "没有名为“film”的类别"),
    ("provincial-science-2026", "since: 2025-01-01, until: 2026-06-30", "since: 2026-07-01, until: 2026-06-30",
     "novelty.made.since", "2026-07-01 晚于 2026-06-30"),
    ("innovation-cases-2026", "since: 2025-01-01, checked_by: form", "checked_by: form", "novelty.recent",
     "没有写创作的起止日期"),
    ("innovation-cases-2026", "levels: [city, province, nation], ", "", "novelty.banned",
     "没有写哪些级别的获奖作品不能再参加"),
    ("calligraphy-2026", "like: calligraphy", "like: caligraphy", "tracks.painting.like",
     "没有名为“caligraphy”的类别"),
    ("calligraphy-2026", "like: calligraphy", "like: painting", "tracks.painting.like",
     "类别绕成了圈：painting → painting"),
    # windows, channels, names, working days
    ("posters-2026", "kind: vote, after: submission", "kind: vote, after: submision", "windows.voting.after",
     "没有名为“submision”的时间窗"),
    ("posters-2026", "opens: 2026-09-10 09:00", "opens: 2026-08-10 09:00", "windows.voting.opens",
     "开始于 2026-08-10 09:00，早于“submission”截止（2026-08-31 17:30）"),
    ("calligraphy-2026", "opens: 2026-07-05 08:00, closes: 2026-08-10 17:00", "opens: 2026-07-05 08:00, closes: 2026-08-22 17:00",
     "windows.register.closes", "报名 2026-08-22 17:00 截止，晚于报送截止（2026-08-20 17:00）"),
    ("short-video-vote-2026", "{closes: 2026-06-20 18:00", "{closes: 2026-06-30 18:00",
     "windows.submission.extended_from[1].closes",
     "原定 2026-06-30 18:00 截止，不早于现在的截止（2026-06-30 18:00）"),
    ("provincial-science-2026", "classes: [hospital_county], original", "classes: [hospitals], original",
     "windows.to_county.classes", "没有名为“hospitals”的单位类别"),
    ("micro-film-2026", "address: weiguang@qinghe-med.example, authoritative: 否",
     "address: weiguang@qinghe-med.example, authoritative: 是",
     "channels.mail.authoritative", "“微电影”有 2 条报送渠道都写着为准"),
    ("micro-film-2026", "what: 作品, authoritative: 是", "what: 作品, authoritative: 否", "channels",
     "“微电影”没有一条报送渠道写着为准"),
    ("calligraphy-2026", "slots: [photo, form, stamped]", "slots: [foto]", "channels.web.slots",
     "没有名为“foto”的文件"),
    ("provincial-science-2026", "workdays: [2026-05-09]", "workdays: [2026-05-08]",
     "calendar.workdays[1]", "2026-05-08 不是周末，本来就上班"),
    ("provincial-science-2026", "2026-06-19], workdays: [2026-05-09]", "2026-06-19, 2026-05-09], workdays: [2026-05-09]",
     "calendar.workdays[1]", "2026-05-09 既放假又上班"),
    # panels, rounds, selection, parts of a score, votes
    ("provincial-science-2026", "{who: 临床专家, min: 4,", "{who: 临床专家, min: 8,", "panels.final.composition",
     "各类评委至少 10 人，评委组只有 9 人"),
    ("innovation-cases-2026", "judges: 8, per_entry: 4", "judges: 3, per_entry: 4", "panels.jury.per_entry",
     "评委人数的下限 4 大于上限 3"),
    ("provincial-science-2026", "panel: regional\n    min_judges: 5", "panel: regional\n    min_judges: 6",
     "rounds.regional.min_judges", "每件作品至少 6 位评委，评委组最多给 5 位"),
    ("new-media-accounts-2026", "tracks: [account]\n    cite: 六 账号评审",
     "tracks: [account]\n    regions: [north]\n    cite: 六 账号评审",
     "rounds.account.regions", "没有名为“north”的赛区"),
    ("new-media-accounts-2026", "name: 人物和口号评审\n    kind: final\n    input: submission",
     "name: 人物和口号评审\n    kind: final\n    input: account", "rounds.person.input",
     "“账号评审”不评“科普达人”，“人物和口号评审”没有作品可评"),
    ("short-video-vote-2026", "window: vote, vote: public", "window: vote", "rounds.voting",
     "投票的轮次没有写是哪一个投票"),
    ("short-video-vote-2026", "window: vote, vote: public", "window: vote, vote: publi", "rounds.voting.vote",
     "没有名为“publi”的投票"),
    ("speech-final-2026", "    panel: experts\n    min_judges: 待明确 S4\n", "    panel: experts\n", "rounds.final",
     "“决赛”要打分，却缺少“min_judges”"),
    ("rural-stories-2026", "      number: 30\n", "      number: 30.5\n", "rounds.pick.advance.number", "不能取 30.5 件"),
    ("nurse-photos-2026", "{by: threshold, number: 6,", "{by: threshold, number: 16,",
     "rounds.pick.advance.number", "16 分高过总分 10，没有作品能进"),
    ("science-articles-2026", "{by: ratio, number: 30%, base: track", "{by: ratio, base: track",
     "rounds.first.advance", "没有写明取几件或多大的比例"),
    ("rural-stories-2026", "of: theme rural, min_share: 50%, cite: 五", "of: theme rurl, min_share: 50%, cite: 五",
     "rounds.pick.advance.constraints.rural.of", "没有名为“rurl”的主题"),
    ("rural-stories-2026", "{of: track drama, min: 5, max: 12", "{of: track drama, min: 50, max: 60",
     "rounds.pick.advance.constraints", "各项至少要有的件数合计 50，总共只取 30 件"),
    ("rural-stories-2026", "max_share: 30%, cite", "min_share: 40%, max_share: 30%, cite",
     "rounds.pick.advance.constraints.county.min_share", "比例的下限 0.4 大于上限 0.3"),
    ("speech-final-2026", "weight: 70%", "weight: 60%", "rounds.final.scheme.components",
     "各部分所占的比重 60% + 30% = 90%，不是 100%"),
    ("speech-final-2026", "of: panel audience", "of: panel audiance",
     "rounds.final.scheme.components.public_part.of", "没有名为“audiance”的评委组"),
    ("speech-final-2026", "max: 100, step: 1, weight: 1, panel: audience", "max: 90, step: 1, weight: 1, panel: audience",
     "rounds.final.scheme.total", "各项满分合计 90 = 90，与总分 100 不符"),
    ("speech-final-2026", "weight: 1, panel: audience", "weight: 1, panel: public",
     "rounds.final.scheme.criteria.impression.panel", "没有名为“public”的评委组"),
    ("speech-final-2026", "tie_break: [component expert_part", "tie_break: [component experts",
     "rounds.final.scheme.tie_break", "没有名为“experts”的成绩组成"),
    ("short-video-vote-2026", "of: round first,", "of: round voting,", "rounds.final.scheme.components.first_part.of",
     "“voting”不在“终评”之前，没有成绩可用"),
    ("new-media-accounts-2026", "of: field posts, weight: 20%, full: 待明确 J2", "of: field posts, weight: 20%",
     "rounds.account.scheme.components.output", "用填报的数计分，却没有写满值是多少"),
    ("posters-2026", "    cap: 20\n", "    cap: 30\n", "votes.net.cap", "封顶 30 分高过满分 20 分"),
    ("posters-2026", "{first: 20, step", "{first: 25, step", "votes.net.points.first",
     "第一名得 25 分，高过满分 20 分"),
    ("new-media-accounts-2026", "transform: share, share_of: top", "transform: share", "votes.public",
     "没有写明票数怎样折成分（share_of）"),
    ("short-video-vote-2026", "per_voter: 50", "per_voter: 0", "votes.public.per_entry",
     "每人票数的下限 1 大于上限 0"),
    ("nurse-photos-2026", "predicate: count >= 4张 and count <= 10张", "predicate: count >= 4张 and width >= 10px",
     "tracks.series.slots.photo.requirements.set.predicate",
     "件数（count）是整组文件的事，不能与单个文件的条件写在一条里"),
    # awards, money, what follows
    ("innovation-cases-2026", "at_most: 5, decided_by", "at_most: 5, count: 3, decided_by", "awards.tutor",
     "“指导奖”评几名要写明，且只能用一种写法，这里写了 count、at_most"),
    ("innovation-cases-2026", "at_most: 5, decided_by", "decided_by", "awards.tutor",
     "“指导奖”评几名要写明，且只能用一种写法"),
    ("innovation-cases-2026", "{share: 5%,", "{share: 0%,", "awards.gold.ratio.share", "比例应大于 0、不超过 1"),
    ("innovation-cases-2026", "{score: 85, below: 95,", "{score: 96, below: 95,", "awards.excellent.threshold.score",
     "分数的下限 96 大于上限 95"),
    ("innovation-cases-2026", "{score: 95, max: 3,", "{score: 195, max: 3,", "awards.outstanding.threshold.score",
     "195 分高过总分 100，没有作品能得"),
    ("speech-final-2026", "component: public_part, stacking", "component: public, stacking", "awards.popular.component",
     "没有名为“public”的成绩组成"),
    ("short-video-vote-2026", "decided_by: vote, vote: public", "decided_by: vote", "awards.popular",
     "“最佳人气奖”缺少“vote”"),
    ("provincial-science-2026", "awards: [third], points: 3", "awards: [fourth], points: 3",
     "awards.organisation.formula.parts.third.awards", "没有名为“fourth”的奖项"),
    ("provincial-science-2026", "kind: organisation\n    count: 10", "kind: organisation\n    per: [track]\n    count: 10",
     "awards.organisation.per", "“优秀组织奖”发给单位，单位不分类别、组别、赛区，不能分别评"),
    ("speech-final-2026", "group: 等级奖, kind: consolation, count: 8", "group: 等级奖, kind: consolation, count: 9",
     "awards.first", "等级奖共 21 名，进入这一轮的只有 20 件作品"),
    ("nurse-photos-2026", "total: 7500 元", "total: 7400 元", "prizes.total",
     "奖金合计 2×1×1000 + 2×2×600 + 1×1500 + 2×800 + 1×0 = 7500 元，与所写的 7400 元不符"),
    ("speech-final-2026", "max: 2, awards: [first], cite: 七（二） 一等奖选手", "max: 2, awards: [one], cite: 七（二） 一等奖选手",
     "recommendation.awards", "没有名为“one”的奖项"),
    ("speech-final-2026", "time_min: 6 分钟", "time_min: 9 分钟", "rounds.final.live.time_min", "最短用时长于时限"),
    ("speech-final-2026", "time_min: 6 分钟, ", "", "rounds.final.scheme.penalties.time.against",
     "这一项按用时扣分，这一轮却没有写最短用时"),
    ("speech-final-2026", "time_limit: 8 分钟, ", "", "rounds.final.scheme.penalties.time.against",
     "这一项按用时扣分，这一轮却没有写时限"),
    ("rural-stories-2026", "objections: {days: 5, basis: 待明确 K3", "objections: {days: 5, window: notice, basis: 待明确 K3",
     "objections.window", "没有名为“notice”的时间窗"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "path", "message"),
    CASES,
    ids=lambda value: value if isinstance(value, str) and "." in value else None,
)
def test_a_wrong_passage_has_one_message(
    name: str, old: str, new: str, path: str, message: str
) -> None:
    found = faults(changed(old, new, text_of(name)))
    assert (path, message) in found
    assert len(found) <= 3, found


def several(name: str, *changes: tuple[str, str]) -> str:
    text = text_of(name)
    for old, new in changes:
        text = changed(old, new, text)
    return text


def test_penalties_by_time_wait_while_the_stage_is_open_and_need_one() -> None:
    stage = "live: {order: draw, time_limit: 8 分钟, time_min: 6 分钟, questions: 2 分钟, cite: 三（一） 每位选手演讲时间为6—8分钟}"
    question = (
        "  E9: {ask: 怎样计时？, cite: 三（一） 每位选手, blocks: opening, free: {live: 现场}}\n"
    )
    text = several("speech-final-2026", (stage, "live: 待明确 E9"))
    assert faults(text + question) == []
    missing = [
        ("rounds.final.scheme.penalties.time.against", f"这一项按用时扣分，这一轮却没有写{bound}")
        for bound in ("时限", "最短用时")
    ]
    assert faults(several("speech-final-2026", (f"    {stage}\n", ""))) == missing


def test_shares_of_one_kind_cannot_pass_the_whole() -> None:
    text = several(
        "rural-stories-2026",
        ("{of: unit_class county, max_share: 30%,", "{of: theme doctor, min_share: 60%,"),
    )
    assert faults(text) == [("rounds.pick.advance.constraints", "各项至少要占的比例合计 110%")]


def test_a_sheet_without_a_line_is_no_sheet() -> None:
    line = "{whole: {name: 综合评价, min: 0, max: 100, step: 1, weight: 1, cite: 六 百分制}}"
    text = several("new-media-accounts-2026", (line, "{}"))
    assert faults(text) == [("rounds.person.scheme.criteria", "评分表里一个评分项也没有")]


def test_names_of_slots_wait_while_a_tracks_slots_are_open() -> None:
    question = "  E9: {ask: 交什么？, cite: 三 单幅, blocks: opening, free: {slots: 文件}}\n"
    text = several(
        "nurse-photos-2026",
        ("single: {name: 单幅, parent: works,", "single: {name: 单幅, parent: works, slots: 待明确 E9,"),
        ('collision: "_{n}",', 'collision: "_{n}", slots: [foto],'),
    )  # fmt: skip
    assert faults(text + question) == []


def test_an_award_may_name_its_round() -> None:
    first = "max_per_unit: 1, cite: 六 一等奖3件"
    assert faults(several("rural-stories-2026", (first, f"round: final, {first}"))) == []
    found = faults(several("rural-stories-2026", (first, f"round: finale, {first}")))
    assert found == [("awards.first.round", "没有名为“finale”的轮次")]


def test_a_ratio_of_all_works_gives_at_least_one() -> None:
    ratio = "ratio: {share: 0.1%, of: accepted, rounding: down, cite: 六 千分之一}"
    text = several(
        "rural-stories-2026", ("count: 3, money_each: 5000 元", f"{ratio}, money_each: 5000 元")
    )
    assert faults(text) == [("awards.first.ratio.share", "全部 200 件作品的 0.1% 也不到 1 名")]


def test_a_pool_counts_once_in_the_total() -> None:
    pool = ("in_kind: 相册一本", "money_pool: 700 元")
    assert faults(several("nurse-photos-2026", pool, ("total: 7500 元", "total: 8200 元"))) == []
    assert faults(several("nurse-photos-2026", pool)) == [
        (
            "prizes.total",
            "奖金合计 2×1×1000 + 2×2×600 + 1×1500 + 2×800 + 700 = 8200 元，与所写的 7500 元不符",
        )
    ]


def test_an_open_role_and_a_book_without_people_are_left_alone() -> None:
    text = several("science-articles-2026", ("{role: 第一作者, min: 1", "{role: 待明确 C1, min: 1"))
    assert faults(text) == []
    caps = "person_caps:\n  one: {roles: [作者], max: 1, cite: 三 一件}\n"
    assert faults(BOOK + caps) == []
