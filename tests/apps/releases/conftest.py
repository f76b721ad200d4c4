"""A contest with two works, nobody of them registered yet, and a contact of the first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from fengcai.apps.contests.models import Membership
from fengcai.apps.contests.roles import Role
from fengcai.apps.people.models import User
from fengcai.apps.releases.models import NobodyShown
from tests.factories import judging as make
from tests.factories.judging import Stage, person


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def stage() -> Stage:
    stage = make.contest(works=2, judges=1)
    NobodyShown.objects.all().delete()
    return stage


@pytest.fixture
def contact(stage: Stage) -> User:
    user = person("第1科联络员")
    user.email = "contact@hospital.example"
    user.save()
    Membership.objects.create(
        contest=stage.contest, user=user, role=Role.CONTACT, unit=stage.units[0]
    )
    return user


@pytest.fixture
def kept_files(settings: Any, tmp_path: Any) -> None:
    settings.FENGCAI_DATA = tmp_path
