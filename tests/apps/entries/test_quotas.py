"""How many: units, classes, mixes, the contest, regions, exemptions, people; each with its clause."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fengcai.apps.entries import actions
from fengcai.apps.entries.coverage import units_in
from fengcai.apps.entries.doubts import doubts
from fengcai.apps.entries.models import Contributor, Entry
from fengcai.apps.entries.scope import scope_of
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Citation, Rules
from fengcai.core.rulebook.rules import (
    Ages,
    Division,
    EntryQuota,
    Exemption,
    Field,
    Mix,
    PersonCap,
    Qualification,
    Region,
)
from tests.apps.meeting import at_once, two_writers
from tests.factories.any_rulebook import Office, id_number, office
from tests.factories.judging import example

pytestmark = pytest.mark.django_db
CITE = Citation(section="五", words="每单位名额")


def rules_with(**changes: object) -> Rules:
    """The Jiangxi rules with one track more, and with `changes`."""
    _, rules = example()
    video = rules.tracks[0]
    article = video.model_copy(update={"id": "article", "name": "科普文章", "slots": ()})
    return rules.model_copy(update={"tracks": (video, article), **changes})


def with_people(*asks: str, **changes: object) -> Rules:
    """The same, whose authors give what `asks` names."""
    rules = rules_with(**changes)
    tracks = tuple(
        track.model_copy(
            update={
                "fields": tuple(
                    f.model_copy(update={"asks": asks}) if f.kind == "people" else f
                    for f in track.fields
                )
            }
        )
        for track in rules.tracks
    )
    return rules.model_copy(update={"tracks": tracks})


def people_field(rules: Rules) -> Field:
    return next(f for f in rules.tracks[0].fields if f.kind == "people")


def quota(**more: object) -> EntryQuota:
    return EntryQuota(**{"min": 0, "max": None, "cite": CITE, **more})


def classed(rules: Rules, **quotas: EntryQuota) -> Rules:
    classes = tuple(
        c.model_copy(update={"entries": quotas.get(c.id), "may_enter": True})
        for c in rules.unit_classes
    )
    return rules.model_copy(update={"unit_classes": classes})


def short(made: Office, name: str) -> list[str]:
    row = next(each for each in units_in(made.contest) if each.name == name)
    return [each.text for each in row.short]


@pytest.mark.clause("H7")
def test_a_class_has_its_own_number() -> None:
    made = office(classed(rules_with(), clinical=quota(max=1), admin=quota(max=3)))
    one, two = made.unit("心病科", "clinical"), made.unit("院办", "admin")
    made.begin(one, "video")
    with pytest.raises(
        Refused, match="心病科已有 1 件作品，每个单位最多 1 件（依据通知五“每单位名额”）"
    ):
        made.begin(one, "article")
    for _ in range(3):
        made.begin(two, "video")
    with pytest.raises(Refused, match="最多 3 件"):
        made.begin(two, "video")


def test_a_mix_of_tracks_bounds_at_the_beginning_and_shows_what_is_missing() -> None:
    mix = (
        Mix(of="track", ref="article", min=1, cite=CITE),
        Mix(of="track", ref="video", min=1, max=1, cite=CITE),
    )
    made = office(classed(rules_with(), clinical=quota(min=2, mix=mix)))
    unit = made.unit("心病科", "clinical")
    assert short(made, "心病科") == [
        "至少 2 件，已报 0 件", "科普文章至少 1 件，已报 0 件", "视频作品至少 1 件，已报 0 件",
    ]  # fmt: skip
    made.handed_in(unit, "video")
    with pytest.raises(Refused, match="心病科已有 1 件视频作品，最多 1 件"):
        made.begin(unit, "video")
    assert short(made, "心病科") == ["至少 2 件，已报 1 件", "科普文章至少 1 件，已报 0 件"]
    made.handed_in(unit, "article")
    assert short(made, "心病科") == []


def test_a_mix_of_themes_bounds_at_the_submission_and_a_share_is_exact() -> None:
    mix = (
        Mix(of="theme", ref="service", max=1, cite=CITE),
        Mix(of="theme", ref="tcm", min_share=Decimal("0.5"), cite=CITE),
    )
    made = office(classed(rules_with(), clinical=quota(mix=mix)))
    unit = made.unit("心病科", "clinical")
    made.handed_in(unit, "article", themes=["service"])
    assert short(made, "心病科") == ["“中医药特色类”作品应占 50% 以上，现为 0/1"]
    second = made.begin(unit, "article")
    scope = made.fill(second, themes=["service"])
    with pytest.raises(Refused, match="心病科已报 1 件“医疗服务类”作品，最多 1 件"):
        made.submit(second, scope)
    assert Entry.objects.get(pk=second.pk).state == "draft"
    made.fill(second, themes=["tcm"])
    made.submit(second, scope)
    assert short(made, "心病科") == []


def test_the_contest_takes_so_many_and_the_exempt_do_not_count() -> None:
    free = Exemption(units=("院办",), of="quota", cite=CITE)
    made = office(classed(rules_with(entry_capacity=1, exemptions=(free,))))
    one, two, exempt = made.unit("心病科"), made.unit("针灸科"), made.unit("院办")
    waiting = made.begin(two, "article")
    scope = made.fill(waiting)
    made.handed_in(exempt, "article")
    made.handed_in(one, "article")
    with pytest.raises(Refused, match="本活动最多收 1 件作品，已收 1 件"):
        made.submit(waiting, scope)
    with pytest.raises(Refused, match="最多收 1 件"):
        made.begin(two, "article")
    made.handed_in(exempt, "article")


@pytest.mark.clause("H7")
def test_a_region_takes_so_many() -> None:
    region = Region(id="east", name="东片区", members=("心病科", "针灸科"), max=1, cite=CITE)
    made = office(classed(rules_with(regions=(region,))))
    made.handed_in(made.unit("心病科"), "article")
    with pytest.raises(Refused, match="东片区最多报 1 件，已报 1 件"):
        made.begin(made.unit("针灸科"), "article")
    made.handed_in(made.unit("骨科"), "article")


def test_who_need_not_enter_is_not_missing() -> None:
    made = office(rules_with(exemptions=(Exemption(units=("院办",), of="must", cite=CITE),)))
    made.unit("院办"), made.unit("心病科")
    standing = {row.name: (row.standing, len(row.short)) for row in units_in(made.contest)}
    assert standing == {"院办": ("exempt", 0), "心病科": ("missing", 1)}


# People


def capped(*asks: str) -> Office:
    cap = PersonCap(id="two", max=1, cite=CITE)
    return office(classed(with_people(*asks, person_caps=(cap,))))


def authors(made: Office, name: str, **more: str) -> dict[str, object]:
    field = people_field(made.rules)
    return {field.id: [{"name": name, "role": field.roles[0], **more}]}


def test_one_too_many_by_the_number_is_refused() -> None:
    made = capped("id_number")
    number = id_number(date(1990, 1, 1))
    made.handed_in(made.unit("心病科"), "article", **authors(made, "张三", id_number=number))
    second = made.begin(made.unit("针灸科"), "article")
    scope = made.fill(second, **authors(made, "张 三", id_number=number.lower()))
    with pytest.raises(
        Refused, match="参加 2 件作品（另见心病科《护佑健康》），每人最多 1 件（依据"
    ):
        made.submit(second, scope)
    marks = set(Contributor.objects.values_list("mark", flat=True))
    assert number not in str(marks)
    made.fill(second, **authors(made, "张三", id_number=id_number(date(1990, 1, 1), 2)))
    made.submit(second, scope)


def test_one_too_many_by_name_and_telephone_is_a_doubt() -> None:
    made = capped("phone")
    made.handed_in(made.unit("心病科"), "article", **authors(made, "张三", phone="138 0013 8000"))
    second = made.handed_in(
        made.unit("针灸科"), "article", **authors(made, "张三", phone="+86 13800138000")
    )
    found = doubts(second, scope_of(second, made.rules), ())
    assert [each.text for each in found] == [
        "同一人参加作品过多：张三在本活动参加 2 件作品（另见心病科《护佑健康》），每人最多 1 件"
    ]
    other = made.handed_in(
        made.unit("骨科"), "article", **authors(made, "张三", phone="13900139000")
    )
    assert doubts(other, scope_of(other, made.rules), ()) == []


def test_a_withdrawn_work_frees_its_people() -> None:
    made = capped("id_number")
    who = authors(made, "张三", id_number=id_number(date(1990, 1, 1)))
    unit = made.unit("心病科")
    first = made.handed_in(unit, "article", **who)
    actions.withdraw_entry(entry_id=first.pk, by=made.who(unit), at=made.when(first))
    made.handed_in(made.unit("针灸科"), "article", **who)


AGES = Ages(min=18, max=35, on=date(2026, 9, 1), cite=CITE)


@pytest.mark.parametrize(
    ("birth", "age"),
    [("2008-09-01", None), ("2008-09-02", 17), ("1990-09-02", None), ("1990-09-01", 36)],
)
def test_ages_count_on_the_day_that_the_rules_name(birth: str, age: int | None) -> None:
    rule = Qualification(
        id="young", text="35 岁以下青年", checked_by="form", ages=AGES, cite=CITE
    )  # fmt: skip
    made = office(classed(with_people("birth", qualifications=(rule,))))
    entry = made.begin(made.unit("心病科"), "article")
    scope = made.fill(entry, **authors(made, "张三", birth=birth))
    if age is None:
        made.submit(entry, scope)
    else:
        with pytest.raises(Refused) as refused:
            made.submit(entry, scope)
        field = people_field(made.rules).id
        said = (
            f"张三在 2026-09-01 为 {age} 岁，应在 18 至 35 岁之间（含）（依据通知五“每单位名额”）"
        )
        assert refused.value.fields == {field: said}


def test_an_age_that_is_not_asked_is_for_a_person_to_look_at() -> None:
    rule = Qualification(
        id="young", text="35 岁以下青年", checked_by="form", ages=AGES, cite=CITE
    )  # fmt: skip
    made = office(classed(rules_with(qualifications=(rule,))))
    entry = made.handed_in(made.unit("心病科"), "article")
    found = doubts(entry, scope_of(entry, made.rules), ())
    assert [(d.id, d.found) for d in found] == [("doubt-age-young", "没有填写出生日期")]


def test_an_entry_is_in_one_division_of_each_axis() -> None:
    rows = (
        Division(id="team", name="团体组", axis="参赛形式", people_min=2, people_max=3, cite=CITE),
        Division(id="single", name="个人组", axis="参赛形式", people_max=1, cite=CITE),
    )
    made = office(classed(rules_with(divisions=rows)))
    entry = made.begin(made.unit("心病科"), "article")
    scope = made.fill(entry, divisions=["team", "single"])
    with pytest.raises(Refused) as refused:
        made.submit(entry, scope)
    assert refused.value.fields["divisions"] == "参赛形式只能选一个，现选了团体组、个人组"
    made.fill(entry, divisions=["team"], **authors(made, "独行者"))
    with pytest.raises(Refused) as refused:
        made.submit(entry, scope)
    assert list(refused.value.fields.values()) == [
        "团体组至少 2 人，现有 1 人（依据通知五“每单位名额”）"
    ]
    made.fill(entry, divisions=["single"], **authors(made, "独行者"))
    assert made.submit(entry, scope).divisions == ["single"]


class TestAtOnce:
    pytestmark = two_writers

    def test_the_last_place_of_the_contest_is_given_once(self) -> None:
        made = office(classed(rules_with(entry_capacity=1)))
        works = [made.begin(made.unit(name), "article") for name in ("心病科", "针灸科")]
        scopes = [made.fill(work) for work in works]
        said = at_once(
            lambda: made.submit(works[0], scopes[0]),
            lambda: made.submit(works[1], scopes[1]),
            pause="fengcai.apps.entries.actions.submission.note",
        )
        assert sorted(type(each).__name__ for each in said) == ["Entry", "Refused"]

    def test_one_person_gets_one_place_at_once(self) -> None:
        made = capped("id_number")
        who = authors(made, "张三", id_number=id_number(date(1990, 1, 1)))
        works = [made.begin(made.unit(name), "article") for name in ("心病科", "针灸科")]
        scopes = [made.fill(work, **who) for work in works]
        said = at_once(
            lambda: made.submit(works[0], scopes[0]),
            lambda: made.submit(works[1], scopes[1]),
            pause="fengcai.apps.entries.actions.submission.note",
        )
        assert sorted(type(each).__name__ for each in said) == ["Entry", "Refused"]
