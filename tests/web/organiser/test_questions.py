"""The open questions: answered one by one, kept when refused, frozen when the contest opens."""

from __future__ import annotations

import pytest
from django.urls import reverse

from fengcai.apps.contests.models import Contest
from fengcai.apps.contests.queries import book_of, questions, rules_of
from fengcai.core import rulebook
from fengcai.samples.stage import example

pytestmark = pytest.mark.django_db


def send(client, stage, question, **typed):
    return client.post(reverse("office-answer", args=[stage.contest.slug, question]), typed)


def answers_of(stage):
    return {row.question.id: row.answer for row in questions(stage.contest)}


def test_an_answer_is_recorded_with_its_reason(draft, signed_in):
    client = signed_in(draft.organiser)
    sent = send(client, draft, "A1", choice="no", reason="以科室为单位统计")
    assert sent.status_code == 302
    row = answers_of(draft)["A1"]
    assert (row.choice, row.reason, row.by) == ("no", "以科室为单位统计", str(draft.organiser))
    page = client.get(sent["Location"]).content.decode()
    assert "支部不报送；支部的内容由所在科室报送" in page
    assert "以科室为单位统计" in page


def test_a_refused_answer_keeps_every_character(draft, signed_in):
    client = signed_in(draft.organiser)
    sent = send(
        client, draft, "A2", choice="", reason="  ", **{"free-max": "3", "free-consequence": "提醒"}
    )
    assert sent.status_code == 422
    page = sent.content.decode()
    assert "请写明理由" in page
    assert 'name="free-max" value="3"' in page
    assert 'value="提醒"' in page
    assert answers_of(draft)["A2"] is None


def test_nothing_chosen_is_told_apart_from_a_wrong_choice(draft, signed_in):
    client = signed_in(draft.organiser)
    nothing = send(client, draft, "A1", reason="想好了再说")
    assert nothing.status_code == 422
    assert "请先选一种做法" in nothing.content.decode()
    assert "想好了再说" in nothing.content.decode()
    wrong = send(client, draft, "A1", choice="perhaps", reason="x")
    assert wrong.status_code == 422
    assert "没有选项“perhaps”" in wrong.content.decode()
    assert send(client, draft, "A99", choice="no", reason="x").status_code == 422
    assert answers_of(draft)["A1"] is None


def test_lines_that_cannot_be_read_are_refused(draft, signed_in):
    sent = send(
        signed_in(draft.organiser),
        draft,
        "A2",
        reason="x",
        **{"free-max": "{不成", "free-consequence": "提醒"},
    )
    assert sent.status_code == 422
    assert "自定的内容读不懂" in sent.content.decode()
    assert "{不成" in sent.content.decode()


def test_it_opens_only_when_nothing_is_open_and_then_stands_still(draft, signed_in):
    client = signed_in(draft.organiser)
    start = reverse("office-open", args=[draft.contest.slug])
    early = client.post(start)
    assert early.status_code == 422
    assert "个问题待明确" in early.content.decode()
    given = rulebook.parse_answers(example("answers", "jiangxi-2026.yaml"), name="x")
    for question in book_of(draft.contest).questions:
        answer = given[question.id]
        typed = {"choice": answer.choice or "", "reason": answer.reason}
        for name, value in (question.named(answer.value) or {}).items():
            typed[f"free-{name}"] = str(value)
        assert send(client, draft, question.id, **typed).status_code == 302, question.id
    page = client.get(reverse("office-questions", args=[draft.contest.slug])).content.decode()
    assert "全部答复了，可以启动活动" in page
    assert client.post(start).status_code == 302
    contest = Contest.objects.select_related("version").get(pk=draft.contest.pk)
    assert contest.is_open
    assert rules_of(contest).entry_max_per_unit == 2
    page = client.get(reverse("office-questions", args=[contest.slug])).content.decode()
    assert contest.version.hash in page
    assert "记下答复" not in page
    late = send(client, draft, "A1", choice="no", reason="改主意")
    assert late.status_code == 422
    assert "规则已冻结" in late.content.decode()


def test_an_answer_is_changed_by_an_amendment_after_the_opening(collecting, signed_in):
    client, contest = signed_in(collecting.organiser), collecting.contest
    page = client.get(reverse("office-questions", args=[contest.slug])).content.decode()
    at = reverse("amendments-answer", args=[contest.slug, "A15"])
    assert f'action="{at}"' in page
    assert "以补充通知改变答复" in page
    given = answers_of(collecting)["A15"]
    other = "authors" if given.choice != "authors" else "unit"
    same = client.post(at, {"choice": given.choice})
    assert same.status_code == 422
    assert "这个答复与现在的相同" in same.content.decode()
    shown = client.post(at, {"choice": other})
    assert shown.status_code == 200
    text = shown.content.decode()
    assert 'name="question" value="A15"' in text
    proposal = shown.context["proposal"]
    sent = {
        "text": proposal.text, "expected": proposal.base, "confirmed": proposal.fingerprint,
        "question": "A15", "choice": other, "value": "null", "reason": "职工代表提出",
    }  # fmt: skip
    publish = reverse("amendments-publish", args=[contest.slug])
    lacking = client.post(publish, {**sent, "notice_number": ""})
    assert lacking.status_code == 422
    assert 'name="choice" value="' + other in lacking.content.decode()
    assert client.post(publish, {**sent, "notice_number": "补〔2026〕1号"}).status_code == 302
    assert answers_of(collecting)["A15"].choice == other
