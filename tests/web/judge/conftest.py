"""An opened round: five judges, the third of whom belongs to the unit of the second work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from fengcai.apps.assets.models import Asset
from fengcai.apps.people.models import User
from tests.factories import judging as make
from tests.web.public.conftest import FACTS
from tests.web.shared.conftest import front_end

__all__ = ["front_end"]

ROOM = "/c/yikeyifengcai/judge/review/"


@pytest.fixture(autouse=True)
def clock():
    """The round's own window is open."""
    with time_machine.travel(make.NOON, tick=True):
        yield


@pytest.fixture
def stage() -> make.Stage:
    stage = make.opened(
        make.contest(works=3, judges=5, judge_units=(None, None, 1)), promised=False
    )
    Asset.objects.update(facts=FACTS)
    return stage


@pytest.fixture
def come_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return enter
