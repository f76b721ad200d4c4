"""A session is what its row says at this request: gone, over or another's it is none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from fengcai.apps.people.models import User
from fengcai.apps.people.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("end", ["over", "gone"])
def test_what_ends_a_session_ends_it_at_once(end: str) -> None:
    client = Client()
    user = User.objects.create_user("li", password="x", name="李")
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/me/").status_code == 200
    if end == "over":
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    else:
        Session.objects.all().delete()
    assert client.get("/me/").status_code == 302


def test_a_key_that_is_none_is_no_session() -> None:
    for key in ("", "short", "' OR 1=1 --........", "a" * 32):
        store = SessionStore(key)
        assert store.get("_auth_user_id") is None and store.session_key is None


def test_sessions_of_djangos_own_store_are_good_here() -> None:
    old = DatabaseSessions()
    old["kept"] = "值"
    old.save()
    assert SessionStore(old.session_key)["kept"] == "值"
