"""Awards that units get, and awards by track: certificates, tables and JSON name them rightly."""

from __future__ import annotations

import json
from uuid import UUID

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from fengcai.apps.awards.actions import allocate, approve_result, decide_award, issue_certificates
from fengcai.apps.awards.jobs import certificate_data
from fengcai.apps.awards.models import Certificate, Decision
from fengcai.apps.awards.queries import (
    ResultPage,
    awards_rows,
    certificates_of,
    payment_rows,
    result_json,
    result_page,
    verify,
)
from fengcai.apps.awards.rules import may_have_certificate
from fengcai.apps.contests.models import Membership, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.publishing.actions import publish_results
from fengcai.apps.refusals import Refused
from fengcai.core.rulebook import Rules
from fengcai.engines.documents import certificate
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.clause("H17")]
WHY = {"reason": "组织工作突出", "minutes": "纪要〔2026〕3号"}


def told_apart(rules: Rules) -> Rules:
    """One first prize for films and one for photographs, of one name; one award for units."""
    video = rules.tracks[0]
    photo = video.model_copy(update={"id": "photo", "name": "摄影类", "parent": None})
    first = rules.awards[0].model_copy(update={"tracks": (video.id,)})
    other = first.model_copy(update={"id": "first_photo", "tracks": ("photo",)})
    organised = rules.awards[-1].model_copy(
        update={
            "id": "organised", "name": "优秀组织奖", "group": "组织奖", "kind": "organisation",
            "decided_by": "committee", "count": 2, "tracks": (),
        }
    )  # fmt: skip
    return rules.model_copy(
        update={
            "language": "2", "tracks": (video, photo), "awards": (first, other, organised),
            "money_total": None,
        }
    )  # fmt: skip


@pytest.fixture
def stage() -> Stage:
    stage = make.contest(works=4, judges=3, change=told_apart)
    for entry in stage.entries[2:]:
        entry.track = "photo"
        entry.save()
    return make.sealed(make.judged(make.opened(stage)))


def decide(stage: Stage, *units: Unit, entries: tuple[UUID, ...] = ()) -> Decision:
    return decide_award(
        contest=stage.contest, award_id="organised", entries=entries,
        units=[unit.pk for unit in units], by=stage.organiser, at=NOON, **WHY,
    )  # fmt: skip


def page_of(stage: Stage) -> ResultPage:
    page = result_page(contest=stage.contest, user=stage.organiser)
    assert page is not None
    return page


@pytest.fixture
def approved(stage: Stage) -> Stage:
    decide(stage, stage.units[1], stage.units[3])
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    approve_result(contest=stage.contest, by=stage.organiser, at=NOON)
    return stage


def test_the_committee_chooses_units_of_this_contest_only(stage: Stage) -> None:
    stranger = make.contest(works=1, judges=1, slug="other").units[0]
    for wrong, said in (
        ((stranger,), "不在本活动的单位名单中"),
        (tuple(stage.units[:3]), "只有 2 个名额，评定了 3 个单位"),
    ):
        with pytest.raises(Refused, match=said):
            decide(stage, *wrong)
    with pytest.raises(Refused, match="这个奖项发给单位"):
        decide(stage, entries=(stage.entries[0].pk,))
    made = decide(stage, stage.units[1])
    assert made.entries == [str(stage.units[1].pk)]
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    page = page_of(stage)
    assert [row.units for row in page.decisions] == [("第2科",)]
    assert page.awards[2].vacancies[0][:2] == ("", 1)


def test_the_office_chooses_units_on_its_page(stage: Stage) -> None:
    allocate(contest=stage.contest, by=stage.organiser, at=NOON)
    client = Client()
    client.force_login(stage.organiser)
    page = client.get(reverse("office-awards", args=[stage.contest.slug])).content.decode()
    assert f'value="{stage.units[2].pk}"' in page
    assert "<legend>单位（2 名）</legend>" in page
    decide = reverse("office-awards-decide", args=[stage.contest.slug, "organised"])
    chosen = {"entries": [str(stage.units[2].pk)], **WHY}
    assert client.post(decide, chosen).status_code == 302
    page = client.get(reverse("office-awards", args=[stage.contest.slug])).content.decode()
    assert f'value="{stage.units[2].pk}" checked' in page
    assert [one.unit for one in page_of(stage).unit_winners] == ["第3科"]


def test_awards_of_one_name_are_told_apart_everywhere(approved: Stage) -> None:
    page = page_of(approved)
    film = page.rules.tracks[0].name
    assert [(w.award, w.scope, w.work.title) for w in page.winners] == [
        ("一等奖", film, "仁心故事之1"),
        ("一等奖", "摄影类", "仁心故事之3"),
    ]
    assert page.ranking[0].awards == (f"一等奖（{film}）",)
    assert [row.award for row in page.money] == [
        f"一等奖（{film}）",
        "一等奖（摄影类）",
        "优秀组织奖",
    ]
    table = awards_rows(page)
    assert table.headers[1:6] == ("奖项", "评奖范围", "作品编号", "作品名称", "获奖单位")
    assert [row[1:6] for row in table.rows[:-1]] == [
        ("一等奖", film, "001", "仁心故事之1", "第1科"),
        ("一等奖", "摄影类", "003", "仁心故事之3", "第3科"),
        ("优秀组织奖", "", None, None, "第2科"),
        ("优秀组织奖", "", None, None, "第4科"),
    ]
    assert [row[4] for row in payment_rows(page).rows[2:4]] == ["第2科", "第4科"]
    told = json.loads(result_json(page))
    assert told["units"] == {
        str(approved.units[1].pk): "第2科", str(approved.units[3].pk): "第4科",
    }  # fmt: skip


def test_units_get_certificates_of_their_own(approved: Stage) -> None:
    made = issue_certificates(
        contest=approved.contest, by=approved.organiser, at=NOON, site="https://c.example"
    )
    assert [(c.award_id, c.entry_id is None, c.data["unit"], c.data["scope"]) for c in made] == [
        ("first", False, "第1科", page_of(approved).rules.tracks[0].name),
        ("first_photo", False, "第3科", "摄影类"),
        ("organised", True, "第2科", ""),
        ("organised", True, "第4科", ""),
    ]
    assert issue_certificates(
        contest=approved.contest, by=approved.organiser, at=NOON, site="https://c.example"
    ) == []  # fmt: skip
    second = approved.units[1]
    assert [row.what for row in certificates_of(second)] == ["优秀组织奖"]
    said = verify(made[2].pk)
    assert said is not None
    assert (said.work, said.unit, said.recipients) == ("", "第2科", ())
    head = make.person("科主任")
    Membership.objects.create(contest=approved.contest, user=head, role=Role.HEAD, unit=second)
    assert may_have_certificate(head, Certificate.objects.get(pk=made[2].pk))
    assert not may_have_certificate(head, Certificate.objects.get(pk=made[3].pk))

    def printed(row: Certificate) -> str:
        page = pypdfium2.PdfDocument(certificate(certificate_data(row.data)))[0]
        return "".join(page.get_textpage().get_text_range().split())

    assert "（综合风采奖·摄影类）中荣获" in printed(made[1])
    unit = printed(made[2])
    assert "第2科" in unit
    assert "作品《" not in unit


def test_the_public_page_names_units_and_scopes(approved: Stage) -> None:
    publish_results(contest=approved.contest, by=approved.organiser, at=NOON)
    page = Client().get(reverse("results", args=[approved.contest.slug])).content.decode()
    text = "".join(page.split())
    assert "4个奖项" in text
    assert "2个单位" in text
    assert "<strong>第2科</strong>" in page
    assert "一等奖（摄影类）" in text
