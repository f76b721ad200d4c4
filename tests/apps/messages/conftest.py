"""A real SMTP server for the outbox, and templates of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fengcai.apps.messages.templates import register_template
from fengcai.engines.delivery import mail
from tooling.servers.exim import USER, Exim, running

register_template("tests.plain", title="测试", subject="关于{作品}", body="{姓名}：请看{作品}。")
register_template(
    "tests.repeatable", title="可重发", subject="收到", body="已收到。", repeatable=True
)
register_template(
    "tests.code",
    title="验证码",
    subject="验证码",
    body="验证码 {code}，5 分钟内有效。",
    sms="验证码 {code}，5 分钟内有效。",
    repeatable=True,
    urgent=True,
    secret=("code",),
)
register_template("tests.bulk", title="邀请", subject="邀请", body="来看展播。", bulk=True)
register_template("tests.list", title="名单", subject="催报", body="{单位}", robot="催报：\n{单位}")


@pytest.fixture(scope="session")
def exim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exim]:
    """An exim that takes everything but `refused…` and `later…`."""
    with running(tmp_path_factory.mktemp("outbox-exim")) as server:
        yield server


@pytest.fixture(autouse=True)
def outbox(settings: Any, tmp_path: Path) -> None:
    """Nothing is set up, and nothing is kept outside the test's folder."""
    settings.FENGCAI_DATA = tmp_path / "data"
    settings.FENGCAI_MAIL = settings.FENGCAI_SMS = None
    settings.FENGCAI_PUBLIC_URL = "https://fengcai.hospital.test"


@pytest.fixture
def by_mail(settings: Any, exim: Exim) -> Exim:
    """Mail goes out by exim."""
    settings.FENGCAI_MAIL = mail.Server(
        "127.0.0.1", exim.port, mail.PLAIN, USER, "某某医院宣传部", timeout=5
    )
    return exim
