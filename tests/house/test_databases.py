"""Tests find a migrated database, and those that commit leave nothing in it but what migrations lay down."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from fengcai.apps.people.actions import create_account
from fengcai.apps.people.models import User
from tests import databases


@pytest.mark.django_db(transaction=True)
def test_every_migration_was_made_and_rows_are_taken_away_again() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    laid_down = Permission.objects.count(), ContentType.objects.count()
    assert min(laid_down) > 100
    create_account(username="li", name="李")
    databases.empty(connection)
    assert not User.objects.exists()
    assert (Permission.objects.count(), ContentType.objects.count()) == laid_down
    databases.empty(connection)  # nothing to take away is no trouble
