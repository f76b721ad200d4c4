"""What the grown language resolves to: the values that entries, judging and awards enforce."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from fengcai.core.rulebook import Rules, canonical_form, fingerprint
from tests.core.rulebook.samples import EXAMPLES, settled

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = sorted(
    file.stem for file in EXAMPLES.glob("rulebooks/*-2026.yaml") if file.stem != "jiangxi-2026"
)


@pytest.mark.parametrize("name", NAMES)
def test_rules_read_back_equal_and_keep_their_hash(name: str) -> None:
    rules = settled(name)
    again = Rules.model_validate(json.loads(json.dumps(rules.model_dump(mode="json"))))
    assert again == rules
    assert fingerprint(again) == rules.hash
    lean = Rules.model_validate(canonical_form(rules))
    assert lean == rules
    assert rules.language == "2"


def test_editions_bodies_and_superior_contests() -> None:
    rules = settled("provincial-science-2026")
    assert rules.edition is not None
    assert (rules.edition.number, rules.edition.year) == (6, 2026)
    (nation,) = rules.feeds_into
    assert nation.closes == datetime(2026, 10, 16, tzinfo=SHANGHAI)
    assert (nation.max, nation.ranked, nation.awards) == (12, True, ("first", "second"))
    assert [(each.id, each.members_from) for each in rules.bodies] == [
        ("committee", ("主办", "承办"))
    ]
    assert [each.role for each in rules.organisers] == ["主办", "承办", "指导"]
    assert settled("innovation-cases-2026").edition.previous == "innovation-cases-2025"  # type: ignore[union-attr]


def test_collectors_have_their_own_windows_numbers_and_ratios() -> None:
    rules = settled("provincial-science-2026")
    city, county = rules.unit_classes[:2]
    assert city.collects is not None
    assert (city.collects.classes, city.collects.max, city.collects.ratio) == (
        ("county", "hospital_city"),
        20,
        Decimal("0.2"),
    )
    assert (city.collects.rounding, city.collects.ranked) == ("up", True)
    assert (county.parent, county.number) == ("city", 86)
    closes = [
        rules.windows[each.collects.window or ""].closes for each in (county, city) if each.collects
    ]
    assert closes[0] < closes[1] < rules.window.closes
    assert [(each.units, each.of) for each in rules.exemptions] == [(("怒坪县", "高黎县"), "must")]
    assert (rules.regions[0].id, rules.regions[0].max) == ("east", 120)
    assert rules.entry_capacity == 400


def test_each_class_has_its_own_quota_or_the_contests() -> None:
    rules = settled("science-articles-2026")
    bureau, society = rules.quota_of("bureau"), rules.quota_of("society")
    assert (bureau.min, bureau.max) == (10, 30)
    assert [(each.of, each.ref, each.min_share) for each in bureau.mix] == [
        ("theme", "drugs", Decimal("0.2"))
    ]
    assert (society.min, society.max, society.mix) == (0, None, ())
    wards = settled("innovation-cases-2026").quota_of("ward")
    assert [(each.of, each.ref, each.min) for each in wards.mix] == [
        ("track", "story", 1),
        ("track", "video", 1),
    ]
    contest = settled("rural-stories-2026").quota_of("township")
    assert (contest.min, contest.max, contest.mix[0].ref) == (1, 3, "rural")
    assert settled("calligraphy-2026").quota_of("institution").ranked is True
    assert settled("calligraphy-2026").quota_of("nobody").max == 5


def test_children_take_over_what_they_do_not_say_and_replace_single_demands() -> None:
    rules = settled("provincial-science-2026")
    assert [each.id for each in rules.tracks] == ["video", "speech", "drama"]
    assert [(each.id, each.parent) for each in rules.groups] == [("stage", None)]
    speech, drama = rules.tracks[1:]
    assert (speech.parent, [each.id for each in speech.slots]) == ("stage", ["recording", "script"])
    lengths = [each.slots[0].requirements[0].required_text for each in (speech, drama)]
    assert lengths == ["时长应不超过 8 分钟", "时长应不超过 12 分钟"]
    both = settled("calligraphy-2026").tracks
    assert [(each.id, each.parent, each.slots[0].requirements[0].predicate) for each in both] == [
        ("calligraphy", None, "dpi >= 300dpi"),
        ("painting", None, "dpi >= 200dpi"),
    ]
    assert settled("calligraphy-2026").groups == ()
    assert (rules.tracks_in("stage"), rules.tracks_in("video"), rules.tracks_in("x")) == (
        ("speech", "drama"),
        ("video",),
        (),
    )
    single, series = settled("nurse-photos-2026").tracks
    assert [(each.id, each.slots[0].max) for each in (single, series)] == [
        ("single", 1),
        ("series", 10),
    ]


def test_an_articles_words_depend_on_its_kind() -> None:
    rules = settled("science-articles-2026")
    said = {each.id: each.slots[0].requirements[0].predicate for each in rules.tracks}
    assert said == {
        "short": "words >= 800字 and words <= 1500字",
        "story": "words >= 1500字 and words <= 3000字",
        "rumour": "words >= 500字 and words <= 800字",
    }
    assert rules.requirements[3].tracks == ("story",)


def test_divisions_people_and_caps() -> None:
    rules = settled("micro-film-2026")
    staff, student = rules.divisions
    assert (staff.axis, staff.people_max, student.beside) == ("组别", 8, ("指导教师",))
    team = rules.tracks[0].fields[1]
    assert [(each.role, each.min, each.max) for each in team.counts] == [
        ("导演", 1, 1),
        ("指导教师", 0, 2),
    ]
    assert (team.people_max, team.asks) == (10, ("unit", "phone"))
    assert [(each.roles, each.max, each.per) for each in rules.person_caps] == [
        (("导演", "成员"), 2, "contest"),
        (("导演",), 1, "contest"),
    ]
    ages = [each.ages for each in settled("calligraphy-2026").divisions if each.ages]
    assert [(each.min, each.max, each.on) for each in ages] == [
        (60, None, date(2026, 9, 1)),
        (18, 59, date(2026, 9, 1)),
        (None, 17, date(2026, 9, 1)),
    ]
    assert settled("posters-2026").divisions[0].ages.on == date(2026, 8, 31)  # type: ignore[union-attr]


def test_places_for_links_things_forms_and_sources() -> None:
    rules = settled("calligraphy-2026")
    slots = {each.id: each for each in rules.tracks[0].slots}
    assert (slots["original"].kind, slots["original"].label, slots["original"].returned) == (
        "physical",
        True,
        False,
    )
    assert (slots["form"].signed, slots["stamped"].of, slots["stamped"].window) == (
        ("head", "seal"),
        "form",
        "stamped",
    )
    assert [each.file_kind for each in slots.values()] == [
        "image",
        "document",
        "document",
        "document",
    ]
    page = settled("short-video-vote-2026").tracks[0].slots[1]
    assert (page.kind, page.accept, page.evidence, page.asks) == (
        "link",
        (),
        True,
        ("platform", "published_on", "account"),
    )
    film = settled("micro-film-2026").tracks[0].slots[0]
    assert (film.min_bytes, film.max_bytes, film.role) == (50 * 1024**2, 2 * 1024**3, "main")
    photos = settled("nurse-photos-2026").tracks[1].slots[0]
    assert (photos.min, photos.max, photos.ordered, photos.captions) == (4, 10, True, True)
    source = settled("posters-2026").tracks[0].slots[2]
    assert (source.kind, source.window, source.requirements[0].round) == (
        "source",
        "source",
        "experts",
    )


def test_novelty_and_declarations() -> None:
    assert [(each.kind, each.levels) for each in settled("posters-2026").novelty] == [
        ("unpublished", ()),
        ("prior_award_ban", ("unit", "city", "province", "nation")),
    ]
    (published,) = settled("short-video-vote-2026").novelty
    assert (published.kind, published.proof, published.until) == (
        "published_required",
        "page",
        date(2026, 6, 30),
    )
    guardian = settled("posters-2026").declarations[1]
    assert (guardian.signatory, guardian.evidence, guardian.slot, guardian.divisions) == (
        "guardian",
        "signed_scan",
        "guardian",
        ("public",),
    )
    portrait = settled("nurse-photos-2026").declarations[1]
    assert (portrait.evidence, portrait.term, portrait.revocable) == ("kept_by_unit", "两年", True)
    assert settled("calligraphy-2026").declarations[0].kind == "assignment"


def test_windows_channels_and_working_days() -> None:
    rules = settled("short-video-vote-2026")
    (was,) = rules.window.extended_from
    assert (was.closes, was.by) == (
        datetime(2026, 6, 20, 18, tzinfo=SHANGHAI),
        "临卫发〔2026〕41号",
    )
    assert [(id, each.kind, each.after) for id, each in rules.windows.items()] == [
        ("first", "judge", "submission"),
        ("vote", "vote", "first"),
        ("final", "judge", "vote"),
    ]
    paper = settled("calligraphy-2026")
    assert [(each.kind, each.authoritative, each.slots) for each in paper.channels] == [
        ("web", True, ("photo", "form", "stamped")),
        ("paper", False, ("original",)),
    ]
    assert (paper.windows["paper"].basis, paper.channels[1].copies) == ("paper_arrival", 1)
    calendar = settled("provincial-science-2026").calendar
    assert calendar is not None
    assert calendar.workdays == (date(2026, 5, 9),)
    assert settled("new-media-accounts-2026").window.closes == datetime(
        2026, 11, 30, tzinfo=SHANGHAI
    )
    assert settled("speech-final-2026").windows["rehearsal"].name == "彩排"


def test_selections_with_constraints() -> None:
    pick = settled("rural-stories-2026").rounds[0].advance
    assert pick is not None
    assert (pick.by, pick.number, pick.max_per_unit, pick.max_per_person, pick.reserve) == (
        "top",
        30,
        2,
        1,
        3,
    )
    assert [
        (each.of, each.ref, each.min, each.min_share, each.max_share) for each in pick.constraints
    ] == [
        ("theme", "rural", None, Decimal("0.5"), None),
        ("track", "drama", 5, None, None),
        ("unit_class", "county", None, None, Decimal("0.3")),
    ]
    half = settled("micro-film-2026").rounds[0].advance
    assert half is not None
    assert (half.by, half.number, half.base, half.of, half.rounding) == (
        "ratio",
        Decimal("0.5"),
        "division",
        "input",
        "up",
    )
    line = settled("nurse-photos-2026").rounds[0].advance
    assert line is not None
    assert (line.by, line.number, line.max) == ("threshold", 6, 60)


def test_scores_of_several_parts_with_penalties() -> None:
    rules = settled("speech-final-2026")
    preliminary, final = rules.rounds
    assert (preliminary.scheme.criteria, preliminary.min_judges, preliminary.panel) == ((), 0, "")
    assert [
        (each.of, each.ref, each.weight, each.aggregate) for each in final.scheme.components
    ] == [
        ("panel", "experts", Decimal("0.7"), None),
        ("panel", "audience", Decimal("0.3"), "mean"),
    ]
    assert (final.panel, final.panel_id) == ("专家评委", "experts")
    assert [each.panel for each in final.scheme.criteria] == ["experts"] * 5 + ["audience"]
    (penalty,) = final.scheme.penalties
    assert (penalty.points, penalty.per, penalty.max) == (Decimal("0.5"), timedelta(seconds=15), 4)
    assert penalty.against == "either"
    assert [(each.by, each.id) for each in final.scheme.tie_break] == [
        ("component", "expert_part"),
        ("extra_vote", None),
    ]
    assert final.live is not None
    assert (final.live.order, final.live.time_limit) == ("draw", timedelta(minutes=8))
    assert final.live.time_min == timedelta(minutes=6)
    assert final.scheme.missing == "leave_out"
    experts = rules.panel("experts")
    assert experts is not None
    assert [(each.who, each.min) for each in experts.composition] == [("院外专家", 4)]
    assert (rules.panel("x"), rules.round("final"), rules.round("x")) == (None, final, None)
    assert rules.final_rounds("speech") == (final,)
    assert settled("innovation-cases-2026").rounds[0].scheme.normalise == "standard_score"


def test_votes_become_points() -> None:
    rules = settled("short-video-vote-2026")
    vote = rules.vote("public")
    assert vote is not None
    assert (vote.per_day, vote.per_entry, vote.per_entry_daily, vote.per_voter) == (10, 1, True, 50)
    assert vote.points is not None
    assert (vote.transform, vote.full, vote.cap, vote.points.step) == (
        "rank_points",
        20,
        18,
        Decimal("0.5"),
    )
    voting = rules.round("voting")
    assert voting is not None
    assert (voting.kind, voting.vote, voting.panel) == ("vote", "public", "网络投票")
    assert {each.id for each in rules.final_rounds("video")} == {"voting", "final"}
    assert rules.vote("x") is None


def test_awards_by_number_ratio_threshold_and_formula() -> None:
    awards = {each.id: each for each in settled("innovation-cases-2026").awards}
    gold = awards["gold"].quota
    assert gold is not None
    assert (awards["gold"].count, gold.kind, gold.share, gold.rounding, gold.min, gold.max) == (
        None,
        "ratio",
        Decimal("0.05"),
        "down",
        1,
        5,
    )
    assert (awards["gold"].per, awards["gold"].vacancy) == (("track",), True)
    excellent, tutor = awards["excellent"].quota, awards["tutor"].quota
    assert excellent is not None
    assert tutor is not None
    assert (excellent.kind, excellent.score, excellent.below) == ("threshold", 85, 95)
    assert (tutor.kind, tutor.max, awards["tutor"].recipient) == ("at_most", 5, "instructors")
    assert awards["outstanding"].money_pool == Decimal(3000)
    shortlisted = settled("posters-2026").awards[-1].quota
    assert shortlisted is not None
    assert shortlisted.kind == "discretionary"
    organisation = settled("science-articles-2026").awards[-1].formula
    assert organisation is not None
    assert [(each.of, each.points, each.weight) for each in organisation.parts] == [
        ("submitted", 1, Decimal("0.4")),
        ("awarded", 3, Decimal("0.2")),
        ("awarded", 2, Decimal("0.2")),
        ("awarded", 1, Decimal("0.2")),
    ]
    popular = settled("speech-final-2026").awards[-1]
    assert (popular.component, popular.stacking) == ("public_part", "stack")
    assert settled("innovation-cases-2026").award_max_per_unit == 3
    assert settled("posters-2026").money_note == "均为含税金额，由获奖者依法纳税"
    assert settled("posters-2026").awards[0].max_per_person == 1


def test_what_follows() -> None:
    rules = settled("micro-film-2026")
    assert rules.objections is not None
    assert (rules.objections.days, rules.objections.basis, rules.objections.real_name) == (
        5,
        "working",
        True,
    )
    shown = settled("nurse-photos-2026").publication
    assert shown is not None
    assert (shown.fee_each, shown.takedown) == (Decimal(50), "出镜者要求撤下的，三日内撤下")
    assert [(each.kind, each.number) for each in settled("provincial-science-2026").documents] == [
        ("summary", None),
        ("announcement", "云卫健宣发〔2026〕{n}号"),
    ]
    advised = settled("speech-final-2026").recommendation
    assert advised is not None
    assert advised.awards == ("first",)
