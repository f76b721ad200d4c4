"""A line of the coverage board, and what the office's first page costs however long the roster is."""

from __future__ import annotations

import pytest
from django.urls import reverse

from fengcai.apps.contests.models import Unit
from fengcai.web.organiser.drawing import unit_line
from fengcai.web.organiser.pages.coverage import UnitRow


def row(**changes: object) -> UnitRow:
    told = {"name": "心病科", "class_name": "临床科室", "standing": "received"}
    told |= {"tone": "pass", "icon": "pass", "word": "已报送", "works": 1, "drafts": 2}
    return UnitRow(**{**told, "contacts": (("张<三", "0791-1"),), **changes})


def test_a_line_says_what_is_still_short() -> None:
    assert "1 件，草稿 2 件</td>" in unit_line(row())
    short = unit_line(row(short=("至少 2 件，已报 1 件", "“<中医>”作品至少 1 件，已报 0 件")))
    assert "1 件，草稿 2 件" in short
    assert "至少 2 件，已报 1 件<br>“&lt;中医&gt;”作品至少 1 件，已报 0 件</span>" in short


def test_a_line_escapes_whom_to_call() -> None:
    assert 'href="tel:0791-1">0791-1</a>' in unit_line(row())
    assert "张&lt;三" in unit_line(row())
    assert "还没有" in unit_line(row(contacts=()))


@pytest.mark.parametrize("units", [0, 150])
def test_the_first_page_costs_the_same_at_any_length(
    collecting, signed_in, units, django_assert_num_queries
):
    Unit.objects.bulk_create(
        Unit(contest=collecting.contest, name=f"检验室{n}", unit_class="clinical", order=1000 + n)
        for n in range(units)
    )
    client = signed_in(collecting.organiser)
    url = reverse("office", args=[collecting.contest.slug])
    with django_assert_num_queries(11):
        client.get(url, {"show": "owed"})
