"""What is logged reads alike whoever logs it, and tells no local variable."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import structlog

from fengcai.project.logs import Line
from tests.cli.installed import Installation, free_port
from tests.furnished import furnish


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


SECRET = "s3cr3t-_.x:Y~%3Az=="


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"Forbidden: /enter/{SECRET}/", "Forbidden: /enter/…/"),
        (f'"GET /enter/{SECRET}?a=b HTTP/1.1" 302', '"GET /enter/…?a=b HTTP/1.1" 302'),
        (f"GET /accounts/login/?next=%2Fenter%2F{SECRET}%2F&x=1",
         "GET /accounts/login/?next=%2Fenter%2F…%2F&x=1"),
        (f"PATCH /uploads/{SECRET} 204", "PATCH /uploads/… 204"),
        ("POST /uploads/ 201", "POST /uploads/ 201"),
        (f"GET /live/{SECRET}/events?with={SECRET}&with={SECRET} 200",
         "GET /live/…/events?with=…&with=… 200"),
        (f"GET /accounts/oidc/callback/?code={SECRET}&state={SECRET} 302",
         "GET /accounts/oidc/callback/?… 302"),
        (f"GET /accounts/wechat/back/?code={SECRET}&state={SECRET} 302",
         "GET /accounts/wechat/back/?… 302"),
        (f"GET /accounts/cas/back/?state=1&ticket={SECRET} 302", "GET /accounts/cas/back/?… 302"),
        (f"GET /accounts/password/reset/1z/{SECRET} 200", "GET /accounts/password/reset/… 200"),
        (f"GET /accounts/security/email/confirm/{SECRET} 200",
         "GET /accounts/security/email/confirm/… 200"),
        ("GET /c/yikeyifengcai/office/works/?state=confirmed&page=2 200",
         "GET /c/yikeyifengcai/office/works/?state=confirmed&page=2 200"),
    ],
)  # fmt: skip
def test_what_opens_a_door_is_blotted_out(said: str, kept: str) -> None:
    record = logging.LogRecord("x", 30, "", 0, "%s", (said,), None)
    assert Line("%(message)s").format(record) == kept
    try:
        raise LookupError(said)
    except LookupError as error:
        told = (LookupError, error, error.__traceback__)
    traced = Line("%(message)s").format(logging.LogRecord("x", 40, "", 0, "no", (), told))
    assert f"LookupError: {kept}" in traced


@pytest.mark.timeout(120)
def test_the_access_log_of_a_real_server_opens_no_door(tmp_path: Path) -> None:
    installation, port = Installation(tmp_path / "data"), free_port()
    furnish(installation.data)
    assert installation.run("init", "--no-admin").returncode == 0
    server = installation.begin("web", "--port", str(port), "--access-log")
    addresses = [
        *("/healthz?plain=1", f"/enter/{'a' * 32}/", f"/accounts/login/?next=/enter/{'b' * 32}/"),
        *(f"/uploads/{'c' * 32}.sig", f"/live/{'d' * 32}:sig/events?with={'e' * 32}%3Asig"),
    ]
    try:
        _await(port)
        for address in addresses:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=10).close()
            except urllib.error.HTTPError as error:
                error.close()
    finally:
        os.kill(server.pid, signal.SIGTERM)
        out, err = server.communicate(timeout=30)
    written = out + err
    for address in ("/healthz?plain=1", "/enter/…/", "/uploads/…", "/live/…/events?with=…"):
        assert f'"GET {address} HTTP/1.1"' in written
    assert "/accounts/login/?next=/enter/…/" in written
    assert [each for each in "abcde" if each * 8 in written] == []
    assert "sig" not in written.replace("signal", "")


def _await(port: int) -> None:
    """Until somebody listens, half a minute at most."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)
