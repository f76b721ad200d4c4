"""Pages that rules bring: collectors, links and things, printed forms and labels, receipts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fengcai.apps.entries.models import Arrival, Entry, Item, Passage
from fengcai.apps.people.models import User
from tests.apps.entries.test_gathering import levels
from tests.apps.entries.test_places import SET, holding, slot
from tests.apps.entries.test_quotas import rules_with
from tests.factories.any_rulebook import Office, filed, office

pytestmark = pytest.mark.django_db
ComeIn = Callable[[User], Client]
LONG = "江西省某某市第一人民医院心血管内科与重症医学科联合党支部"


def text_of(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in opened)


def drafted(*slots: object) -> tuple[Office, Entry, User]:
    made = office(holding(*slots))
    unit = made.unit(LONG)
    entry = made.begin(unit, "article")
    made.fill(entry)
    return made, entry, made.who(unit)


def test_a_link_is_saved_shown_and_taken_out(come_in: ComeIn) -> None:
    made, entry, by = drafted(slot("link", asks=("platform",)))
    client = come_in(by)
    with time_machine.travel(made.when(entry), tick=True):
        address = f"/works/{entry.pk}/items/place"
        client.post(address, {"url": "https://www.example.cn/a", "platform": "抖音"})
        page = client.get(f"/works/{entry.pk}/").content.decode()
        assert 'value="https://www.example.cn/a"' in page
        assert 'value="抖音"' in page
        client.post(address, {"place": "1", "url": "javascript:alert(1)"})
        assert Item.objects.get().url == "javascript:alert(1)"
        assert "链接不对" in client.get(f"/works/{entry.pk}/").content.decode()
        client.post(address, {"place": "1", "action": "remove"})
        assert Item.objects.filter(removed_at=None).count() == 0


def test_a_bad_link_is_never_something_to_click(come_in: ComeIn) -> None:
    made, entry, _ = drafted(slot("link"))
    Item.objects.create(
        entry=entry, slot="place", place=1, url="javascript:alert(1)", by=made.organiser
    )
    page = come_in(made.reviewer).get(f"/review/{entry.pk}/").content.decode()
    assert "链接和实物" in page
    assert 'href="javascript' not in page


def test_the_order_of_a_set_is_typed_in(come_in: ComeIn) -> None:
    made, entry, by = drafted(SET)
    files = [filed(entry, SET, by, place=n) for n in (1, 2, 3)]
    with time_machine.travel(made.when(entry), tick=True):
        come_in(by).post(
            f"/works/{entry.pk}/arrange/place",
            {
                "file": [str(f.pk) for f in files],
                "place": ["3", "1", "2"],
                "caption": ["甲", "乙", "丙"],
                "out": str(files[2].pk),
            },
        )
    rows = entry.files.filter(current=True).order_by("place")
    assert [(row.asset_id, row.caption) for row in rows] == [
        (files[1].pk, "乙"),
        (files[0].pk, "甲"),
    ]


def test_a_label_names_the_work_and_its_piece(come_in: ComeIn) -> None:
    made, entry, by = drafted(slot("physical", label=True, max=2))
    Item.objects.create(entry=entry, slot="place", place=1, title="书法，四尺整张", by=by)
    answer = come_in(by).get(f"/works/{entry.pk}/labels.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    said = text_of(answer.content).replace("\r\n", "")
    for words in ("护佑健康", LONG, "材料：书法，四尺整张", "第 1/1 件"):
        assert words in said
    assert come_in(made.organiser).get(f"/works/{entry.pk}/labels.pdf").status_code == 200
    stranger = made.unit("针灸科")
    assert come_in(made.who(stranger)).get(f"/works/{entry.pk}/labels.pdf").status_code == 404


def test_a_form_is_printed_with_what_was_filled_in_for_its_own_unit(come_in: ComeIn) -> None:
    made, entry, by = drafted(slot("form", min=0, signed=("author", "seal")))
    answer = come_in(by).get(f"/works/{entry.pk}/forms/place.pdf")
    said = text_of(answer.content).replace("\r\n", "").replace(" ", "")
    assert LONG in said
    assert "人员1" in said
    assert "单位（盖章）：" in said
    assert come_in(made.reviewer).get(f"/works/{entry.pk}/forms/place.pdf").status_code == 404


def test_what_arrives_is_noted_on_the_desk(come_in: ComeIn) -> None:
    made, entry, _ = drafted(slot("physical"))
    Entry.objects.filter(pk=entry.pk).update(state="confirmed")
    desk = come_in(made.reviewer)
    with time_machine.travel(made.when(entry), tick=True):
        assert "收件登记" in desk.get(f"/review/{entry.pk}/").content.decode()
        desk.post(f"/review/{entry.pk}/received", {"what": "place", "count": "2", "remark": "快递"})
        row = Arrival.objects.get(void_at=None)
        assert (row.count, row.note, str(row.by)) == (2, "快递", "审核员")
        assert "登记人 审核员" in desk.get(f"/review/{entry.pk}/").content.decode()
        desk.post(f"/review/{entry.pk}/received", {"void": str(row.pk)})
        assert not Arrival.objects.filter(void_at=None).exists()


@pytest.mark.parametrize("head", [True, False])
def test_the_steps_of_a_work_are_those_of_its_rules(come_in: ComeIn, head: bool) -> None:
    made = office(levels(max=5).model_copy(update={"head_confirmation": head}))
    city = made.unit("某市卫健委", "city")
    county = made.unit("第一县", "county", city)
    for unit, gathered in ((county, True), (city, False)):
        work = made.handed_in(unit, "article")
        with time_machine.travel(made.when(work), tick=True):
            page = come_in(made.who(unit)).get(f"/works/{work.pk}/").content.decode()
        names = re.findall(
            r"<li[^>]*>([^<]+)</li>", page.partition('class="stepper"')[2].partition("</ol>")[0]
        )
        assert [name.strip() for name in names] == [
            "填写与上传",
            "提交",
            *["负责人确认"] * head,
            *["汇总上报"] * gathered,
            "审核",
            "参加评审",
        ]


def test_a_list_is_shown_before_it_is_passed_on(come_in: ComeIn) -> None:
    made = office(levels(max=5))
    city = made.unit("某市卫健委", "city")
    works = [made.handed_in(made.unit(f"第{n}县", "county", city), "article") for n in (1, 2)]
    client = come_in(made.who(city))
    address = f"/c/{made.contest.slug}/gather/"
    chosen = {
        "unit": city.pk,
        "chosen": [str(w.pk) for w in works],
        f"place-{works[0].pk}": "2",
        f"place-{works[1].pk}": "1",
    }
    with time_machine.travel(made.when(works[0]), tick=True):
        page = client.post(address, chosen).content.decode()
        assert "将上报 2 件作品" in page
        assert Passage.objects.count() == 0
        # What the preview holds is what is passed on.
        sure = {"unit": city.pk, "sure": "1", "chosen": [str(works[1].pk), str(works[0].pk)],
                "place": ["1", "2"]}  # fmt: skip
        client.post(address, sure)
        assert list(Passage.objects.values_list("entry", flat=True)) == [works[1].pk, works[0].pk]
        refused = client.post(address, sure)
        assert refused.status_code == 422
        assert "已被取回或已经上报" in refused.content.decode()
        other = made.unit("针灸科", "county")
        assert come_in(made.who(other)).get(address).status_code == 403


@pytest.mark.parametrize("page", ["gather/", "works/"])
def test_pages_ask_no_more_for_fifty_works(come_in: ComeIn, page: str) -> None:
    made = office(levels())
    city = made.unit("某市卫健委", "city")
    county = made.unit("某县医院", "county", city)
    first = made.handed_in(county, "article")
    asked = []
    client = come_in(made.who(city if page == "gather/" else county))
    with time_machine.travel(made.when(first), tick=True):
        client.get(f"/c/{made.contest.slug}/{page}")
        for _ in range(2):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(f"/c/{made.contest.slug}/{page}").status_code == 200
            asked.append(len(queries))
            Entry.objects.bulk_create(
                Entry(contest=first.contest, rulebook=first.rulebook, unit=county, track="article",
                      title=f"作品{n}", state="gathered", gathered_by=city,
                      created_by=first.created_by)
                for n in range(49)
            )  # fmt: skip
    assert asked[0] == asked[1]


def test_what_is_still_to_be_met_stands_on_the_units_page(come_in: ComeIn) -> None:
    made = office(rules_with())
    unit = made.unit(LONG)
    entry = made.begin(unit, "article")
    with time_machine.travel(made.when(entry), tick=True):
        page = come_in(made.who(unit)).get(f"/c/{made.contest.slug}/works/").content.decode()
    assert "还没有达到的要求" in page
    assert "至少 1 件，已报 0 件" in page
