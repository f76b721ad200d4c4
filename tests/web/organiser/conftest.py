"""The office's pages against a contest that the public actions set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.people.models import User
from fengcai.samples.journey import shift_to_close_in
from fengcai.samples.stage import Stage, set_up
from fengcai.web.shared import assets
from tests.factories import judging as factory

BOOK = "jiangxi-2026.yaml"


@pytest.fixture(autouse=True)
def front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Independent of a build: these tests look at the markup, not at the scripts."""
    built = assets.Entry(("dist/assets/main.js",), ("dist/assets/main.css",), ())
    monkeypatch.setattr(assets, "entry", lambda name: built)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Demo accounts have passwords; hashing them slowly proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def signed_in() -> Callable[[object], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(user: object) -> Client:
        assert isinstance(user, User)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def draft(db: None) -> Stage:
    """The Jiangxi contest with every question open."""
    return set_up(
        slug="jx-draft", book=BOOK, answers=None, label="", shift_days=0, at=timezone.now()
    )


@pytest.fixture
def collecting(db: None) -> Stage:
    """The Jiangxi contest, open, with its whole roster; works come in for some days yet."""
    now = timezone.now()
    return set_up(
        slug="jx",
        book=BOOK,
        answers=BOOK,
        label="",
        shift_days=shift_to_close_in(5, now),
        at=now - timedelta(days=1),
    )


@pytest.fixture
def plain_pictures() -> Callable[[], None]:
    """The factory's films have no strip of pictures in their facts; so let them have none."""
    return lambda: Asset.objects.update(sprite_key="") and None


@pytest.fixture
def accepted(db: None) -> factory.Stage:
    """Twelve accepted works and five judges; the submission is over."""
    return factory.contest()


@pytest.fixture
def sealed(accepted: factory.Stage) -> factory.Stage:
    """The round sealed, nothing decided yet."""
    return factory.sealed(factory.judged(factory.opened(accepted)))
