"""What is logged reads alike whoever logs it, and tells no local variable."""

from __future__ import annotations

import pytest
import structlog


def test_a_failure_of_an_engine_is_logged_without_the_values_at_hand(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    log = structlog.get_logger("fengcai.engines.drill")
    try:
        password = "not-for-the-log"
        raise ValueError(len(password))
    except ValueError:
        log.warning("job_failed", job=7, exc_info=True)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("fengcai.engines.drill", "WARNING")
    assert record.getMessage() == "job_failed job=7"
    written = caplog.text + "".join(capfd.readouterr())
    assert "ValueError: 15" in written
    assert "not-for-the-log" not in written.replace('password = "not-for-the-log"', "")
