"""What the doctor says of the ground that an installation stands on, asked without a process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from fengcai.cli.doctor.ground import database

pytestmark = [pytest.mark.engines, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("off", "states"),
    [
        (timedelta(hours=1), [("bad", "这台机器比数据库服务器快 60 分钟")]),
        (timedelta(hours=-1), [("bad", "这台机器比数据库服务器慢 60 分钟")]),
        (timedelta(seconds=1), []),
    ],
)
def test_a_machine_whose_clock_is_off(
    off: timedelta, states: list[tuple[str, str]], tmp_path: Path
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no clock of its own to compare with")
    with time_machine.travel(datetime.now(UTC) + off):
        said = [(each.state, each.text) for each in database(tmp_path) if each.subject == "时钟"]
    assert said == states
