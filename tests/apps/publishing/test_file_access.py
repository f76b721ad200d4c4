"""Who may see a file's bytes, asked anew at every request."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import Entry
from fengcai.apps.entries.states import State
from fengcai.apps.judging.actions import declare_conflict, excuse_judge
from fengcai.apps.people.models import User
from fengcai.apps.publishing.actions import hide_work, publish_works
from fengcai.apps.publishing.queries import file_access, may_watch
from fengcai.apps.refusals import NotFound
from tests.factories import judging as make
from tests.factories.judging import NOON, Stage

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def stage() -> Stage:
    return make.opened(make.contest(works=4, judges=4, judge_units=(3,)))


def film_of(entry: Entry) -> Asset:
    return entry.files.get(current=True).asset


def why(user: object, asset: Asset) -> str | None:
    return may_watch(user=user, asset_id=asset.pk, at=NOON)


def member(stage: Stage, role: str, unit: int | None = None) -> User:
    user = make.person(str(role))
    Membership.objects.create(
        contest=stage.contest, user=user, role=role,
        unit=None if unit is None else stage.units[unit],
    )  # fmt: skip
    return user


@pytest.mark.clause("J19")
def test_the_public_sees_a_film_while_its_work_is_shown(stage: Stage) -> None:
    entry = stage.entries[0]
    film = film_of(entry)
    assert why(NOBODY, film) is None
    with pytest.raises(NotFound):
        file_access(user=NOBODY, asset_id=film.pk, at=NOON)
    publish_works(contest=stage.contest, entries=[entry.pk], by=stage.organiser, at=NOON)
    assert why(NOBODY, film) == "public"
    assert file_access(user=NOBODY, asset_id=film.pk, at=NOON) == (film, True)
    hide_work(contest=stage.contest, entry_id=entry.pk, reason="撤", by=stage.organiser, at=NOON)
    assert why(NOBODY, film) is None
    publish_works(contest=stage.contest, entries=[entry.pk], by=stage.organiser, at=NOON)
    Entry.objects.filter(pk=entry.pk).update(state=State.WITHDRAWN)
    assert why(NOBODY, film) is None


def test_an_earlier_version_stays_with_its_unit(stage: Stage) -> None:
    entry = stage.entries[0]
    old = film_of(entry)
    new = make.film(entry, stage.organiser, version=2)
    publish_works(contest=stage.contest, entries=[entry.pk], by=stage.organiser, at=NOON)
    contact = member(stage, Role.CONTACT, 0)
    assert (why(NOBODY, new), why(NOBODY, old)) == ("public", None)
    assert (why(stage.judges[1], old), why(contact, old)) == (None, "unit")


def test_ones_own_unit_the_reviewers_and_the_organisers(stage: Stage) -> None:
    film = film_of(stage.entries[0])
    for role, unit in ((Role.CONTACT, 0), (Role.HEAD, 0), (Role.REVIEWER, None)):
        assert why(member(stage, role, unit), film) == "unit"
    assert why(stage.organiser, film) == "unit"
    for role in (Role.CONTACT, Role.HEAD):
        assert why(member(stage, role, 1), film) is None
    assert why(make.person("路人"), film) is None


@pytest.mark.clause("U5")
def test_judges_watch_after_the_promise_and_not_what_they_are_recused_from(stage: Stage) -> None:
    judge = stage.judges[0]
    film, own = film_of(stage.entries[0]), film_of(stage.entries[3])
    assert (why(judge, film), why(judge, own)) == ("judge", None)
    declare_conflict(
        round=stage.open, entry_id=stage.entries[0].pk, reason="亲属", by=judge, at=NOON
    )
    assert why(judge, film) is None
    assert why(stage.judges[1], film) == "judge"
    excuse_judge(
        round=stage.open, judge=stage.judges[1], reason="出差", by=stage.organiser, at=NOON
    )
    assert why(stage.judges[1], film) is None


def test_judges_may_look_back_after_the_seal() -> None:
    stage = make.sealed(make.judged(make.opened(make.contest(works=2, judges=3))))
    assert why(stage.judges[0], film_of(stage.entries[0])) == "judge"


def test_before_the_round_and_before_the_promise_a_judge_is_a_stranger() -> None:
    stage = make.contest(works=2, judges=3)
    film = film_of(stage.entries[0])
    assert why(stage.judges[0], film) is None
    make.opened(stage, promised=False)
    assert why(stage.judges[0], film) is None


@pytest.mark.clause("J8")
def test_a_consent_form_reaches_neither_the_public_nor_judges() -> None:
    def with_scans(rules: make.Rules) -> make.Rules:
        track = rules.tracks[0]
        scans = track.slots[0].model_copy(update={"id": "scans", "kind": "document"})
        return rules.model_copy(
            update={"tracks": (track.model_copy(update={"slots": (*track.slots, scans)}),)}
        )

    stage = make.opened(make.contest(works=1, judges=3, change=with_scans))
    entry = stage.entries[0]
    form = make.film(entry, stage.organiser, slot="scans")
    publish_works(contest=stage.contest, entries=[entry.pk], by=stage.organiser, at=NOON)
    assert why(NOBODY, film_of_slot(entry, "main")) == "public"
    assert (why(NOBODY, form), why(stage.judges[0], form)) == (None, None)
    assert why(member(stage, Role.REVIEWER), form) == "unit"


def film_of_slot(entry: Entry, slot: str) -> Asset:
    return entry.files.get(current=True, slot=slot).asset


def test_a_file_of_no_work_or_no_file_is_not_found(stage: Stage) -> None:
    orphan = make.film(stage.entries[0], stage.organiser, version=2)
    orphan.version.delete()
    for asset_id in (orphan.pk, uuid4()):
        with pytest.raises(NotFound):
            file_access(user=stage.organiser, asset_id=asset_id, at=NOON)


def test_an_inactive_account_sees_what_the_public_sees(stage: Stage) -> None:
    User.objects.filter(pk=stage.organiser.pk).update(is_active=False)
    stage.organiser.refresh_from_db()
    assert why(stage.organiser, film_of(stage.entries[0])) is None


@pytest.mark.parametrize("works", [4, 50])
def test_statements_do_not_grow_with_the_works(works: int) -> None:
    stage = make.opened(make.contest(works=works, judges=4))
    film = film_of(stage.entries[0])
    counts = {}
    for name, user in (("judge", stage.judges[0]), ("nobody", NOBODY)):
        with CaptureQueriesContext(connection) as seen:
            why(user, film)
        counts[name] = len(seen)
    assert counts == {"judge": 4, "nobody": 2}
