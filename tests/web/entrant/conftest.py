"""A contest that collects, inside its time for submission, with two units."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from fengcai.apps.people.models import User
from tests.factories.collecting import DAY, Collecting, collecting
from tests.web.shared.conftest import front_end

__all__ = ["front_end"]


@pytest.fixture(autouse=True)
def clock():
    """The time for submission is running."""
    with time_machine.travel(DAY, tick=True):
        yield


@pytest.fixture
def stage(db: None) -> Collecting:
    return collecting()


@pytest.fixture
def come_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def come(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return come
