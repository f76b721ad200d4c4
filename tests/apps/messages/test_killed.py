"""kill -9 between "the server has the mail" and "the row says so": a real worker, a real SMTP talk."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import warm
from tests.cli.installed import Installation
from tests.engines.delivery.scripted import Scripted
from tests.furnished import DATABASE, furnish
from tooling.servers.exim import USER

pytestmark = [pytest.mark.intake, pytest.mark.timeout(120)]

POST = """
import django; django.setup()
from django.utils import timezone
from fengcai.apps.messages.actions import post
from fengcai.apps.messages.recipients import Recipient
for template, key in (("messages.own", "once"), ("messages.test", "harmless")):
    post(template=template, to=Recipient(None, "李护士长", key + "@clinic.test"),
         context={"主题": "催报", "正文": "请报送。", "时间": "现在"}, key=key, contest=None,
         at=timezone.now())
"""


class Silent(Scripted):
    """Takes mails whole and, while `mute`, says nothing to their last dot."""

    mute = True

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(line,), daemon=True).start()

    def _one(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            self._talk(line)

    def _talk(self, line: Any) -> None:
        line.sendall(self.greeting)
        heard = line.makefile("rb")
        while said := heard.readline():
            word = said[:4].strip().upper()
            if word != b"DATA":
                line.sendall(b"250 yes\r\n")
                continue
            line.sendall(b"354 go on\r\n")
            while heard.readline() not in (b".\r\n", b""):
                pass
            self.mails += 1
            if self.mute:
                heard.readline()  # until the other side is gone
                return
            line.sendall(b"250 taken\r\n")


def test_a_killed_sender_leaves_a_mail_held_and_nothing_goes_out_twice(tmp_path: Path) -> None:
    server = Silent({}, b"220 hello\r\n")
    data = tmp_path / "data"
    furnish(data)
    here = Installation(
        data, FENGCAI_MAIL_URL=f"smtp+plain://127.0.0.1:{server.port}", FENGCAI_MAIL_FROM=USER
    )
    settings = here.variables | {"DJANGO_SETTINGS_MODULE": "fengcai.project.settings"}
    warm.run([sys.executable, "-c", POST], env=settings, check=True)
    with closing(sqlite3.connect(data / DATABASE, timeout=30, isolation_level=None)) as database:

        def rows() -> dict[str, tuple[str, bool]]:
            told = database.execute("SELECT key, state, unsure FROM outbox_message")
            return {key: (state, bool(unsure)) for key, state, unsure in told}

        def until(what: Any) -> None:
            late = time.monotonic() + 40
            while not what():
                assert time.monotonic() < late, (rows(), server.mails)
                time.sleep(0.05)

        worker = here.begin("worker")
        try:
            until(lambda: server.mails == 2)  # the server has both, whole, and has not answered
            assert {state for state, _ in rows().values()} == {"sending"}
        finally:
            worker.kill()
            worker.communicate()
        server.mute = False
        # As if the lease of the dead worker had run out.
        database.execute("UPDATE jobs_job SET lease_until = '2020-01-01' WHERE state = 'running'")
        worker = here.begin("worker")
        try:
            until(lambda: rows() == {"once": ("held", True), "harmless": ("sent", False)})
            time.sleep(0.5)
        finally:
            worker.terminate()
            worker.communicate(timeout=30)
        # What a second copy harms went out once; what it does not, under the same Message-ID, twice.
        assert server.mails == 3
        (cause,) = database.execute("SELECT cause FROM outbox_message WHERE key = 'once'")
        assert "不能确定是否已经发出" in cause[0]
    server.close()
