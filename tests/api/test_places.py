"""Links, order of sets and arrivals over the API: the page's own actions, each in its own scope."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries import actions
from fengcai.apps.entries.models import Entry, FileVersion
from tests.api.conftest import Calls
from tests.apps.entries.test_places import draft, holding, slot, submit
from tests.factories.any_rulebook import Office
from tests.factories.judging import person

pytestmark = [pytest.mark.intake]

Placed = tuple[Office, Entry, str]


@pytest.fixture
def placed(db: None, settings: Any, tmp_path: Path) -> Iterator[Placed]:
    """A draft with two places for links, a set of pictures and a thing, its window open."""
    settings.FENGCAI_DATA = tmp_path / "data"
    made, entry = draft(
        holding(
            slot("link", max=2, asks=("platform",)),
            slot("image", id="set", min=0, max=3, accept=(".jpg",), ordered=True, captions=True),
            slot("physical", id="disc", name="光盘", min=0),
        )
    )
    with time_machine.travel(made.when(entry), tick=True):
        yield made, entry, f"entries/{entry.pk}"


def test_links_are_added_changed_and_taken_out(placed: Placed, calls: Calls) -> None:
    made, entry, address = placed
    program = calls(made.who(entry.unit), "entries:read", "entries:write")
    said = {
        "url": "https://mp.example.com/s/1",
        "platform": "微信公众号",
        "published_on": "2026-04-01",
    }
    first = program.post(f"{address}/links/place", said, key="k1")
    assert (first.status, first.body["place"], first.body["published_on"]) == (201, 1, "2026-04-01")
    again = program.post(f"{address}/links/place", said, key="k1")
    assert again.body == first.body and again.headers["Idempotency-Replayed"] == "true"
    assert program.post(f"{address}/links/place", {"url": "https://b.example/2"}).body["place"] == 2
    full = program.post(f"{address}/links/place", said)
    assert (full.problem, full.body["detail"]) == ("refused", "材料最多 2 个，已经满了。")

    changed = program.patch(f"{address}/links/place/1", {"title": "护士节", "published_on": None})
    assert (changed.status, changed.body["title"], changed.body["published_on"]) == (
        200,
        "护士节",
        None,
    )
    assert changed.body["url"] == said["url"]
    assert program.patch(f"{address}/links/place/1", {}).problem == "refused"
    assert program.patch(f"{address}/links/place/1", {"adress": "x"}).problem == "invalid"
    assert program.patch(f"{address}/links/place/9", {"title": "x"}).problem == "not-found"
    assert program.post(f"{address}/links/set", said).problem == "not-found"

    gone = program.post(f"{address}/links/place/2/remove", key="k2")
    assert (gone.status, gone.body["state"]) == (200, "draft")
    assert program.post(f"{address}/links/place/2/remove").problem == "not-found"
    told = program.get(address).body["links"]
    assert [(one["place"], one["title"]) for one in told] == [(1, "护士节")]


def test_a_set_is_put_in_order(placed: Placed, calls: Calls, tmp_path: Path) -> None:
    made, entry, address = placed
    user = made.who(entry.unit)
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        path = tmp_path / uuid4().hex
        path.write_bytes(name.encode() * 99)
        now = timezone.now()
        actions.hand_over_file(
            entry_id=entry.pk, slot="set", path=path, filename=name, by=user, began_at=now,
            finished_at=now,
        )  # fmt: skip
    ids = [str(row.asset_id) for row in FileVersion.objects.order_by("place")]
    program = calls(user, "entries:read", "entries:write")
    wished = {"files": [{"id": ids[2], "caption": "清晨"}, {"id": ids[0]}]}
    assert program.post(f"{address}/files/set/arrange", wished).status == 200
    stood = [each for each in program.get(address).body["files_all"] if each["current"]]
    assert [(e["place"], e["id"], e["caption"]) for e in sorted(stood, key=lambda e: e["place"])] == [
        (1, ids[2], "清晨"), (2, ids[0], ""),
    ]  # fmt: skip
    twice = {"files": [{"id": ids[0]}, {"id": ids[0]}]}
    assert program.post(f"{address}/files/set/arrange", twice).problem == "refused"
    assert program.post(f"{address}/files/none/arrange", wished).problem == "not-found"


def test_arrivals_are_noted_by_the_office_alone(placed: Placed, calls: Calls) -> None:
    made, entry, address = placed
    unit = made.who(entry.unit)
    body = {"what": "disc", "count": 1, "note": "挂号信"}
    office = calls(made.organiser, "entries:read", "review:write")
    assert office.post(f"{address}/arrivals", body).problem == "refused"  # not handed in yet
    said = {"url": "https://mp.example.com/s/1", "platform": "微信公众号"}
    calls(unit).post(f"{address}/links/place", said)
    submit(made, Entry.objects.get(pk=entry.pk))
    noted = office.post(f"{address}/arrivals", body, key="k")
    assert (noted.status, noted.body["count"], noted.body["late"]) == (201, 1, False)
    assert office.post(f"{address}/arrivals", body, key="k").body == noted.body
    assert [one["id"] for one in office.get(address).body["arrivals"]] == [noted.body["id"]]
    assert office.post(f"{address}/arrivals", {**body, "what": "set"}).problem == "not-found"
    later = {**body, "arrived_at": "2999-01-01T00:00:00+08:00"}
    assert office.post(f"{address}/arrivals", later).problem == "refused"
    assert calls(unit).post(f"{address}/arrivals", body).problem == "not-permitted"
    stranger = person("别处的组织者")
    other = Membership.objects.filter(user=made.organiser, role=Role.ORGANISER).get()
    assert other.contest == made.contest
    assert calls(stranger).post(f"{address}/arrivals", body).problem == "not-found"
    void = f"{address}/arrivals/{noted.body['id']}/void"
    assert calls(stranger).post(void).problem == "not-found"
    assert office.post(void).status == 200 and office.post(void).problem == "not-found"
    assert office.get(address).body["arrivals"] == []


def test_each_asks_its_own_scope(placed: Placed, calls: Calls) -> None:
    made, entry, address = placed
    reader = calls(made.who(entry.unit), "entries:read")
    for method, end in (
        ("POST", "links/place"), ("PATCH", "links/place/1"), ("POST", "links/place/1/remove"),
        ("POST", "files/set/arrange"), ("POST", "arrivals"), ("POST", "arrivals/1/void"),
    ):  # fmt: skip
        assert reader.send(method, f"{address}/{end}", {}).problem == "scope-missing", end
