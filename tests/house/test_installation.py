"""The parts fit: Django finds nothing wrong, and no model is ahead of its migrations."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.management import call_command


def test_django_finds_nothing_wrong():
    assert run_checks() == []


@pytest.mark.django_db
def test_no_model_is_ahead_of_its_migrations(capsys: pytest.CaptureFixture[str]):
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)
