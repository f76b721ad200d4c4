"""`fengcai account`: one clear line each, and every step in the account's own log."""

from __future__ import annotations

import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from fengcai.apps.people.actions import create_account, issue_personal_link
from fengcai.apps.people.models import AccountEvent, User
from fengcai.cli import main

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr("fengcai.cli.account._open", lambda: None)
    return create_account(username="guanli", name="管理员", password="chang-mi-ma-2026")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["account", *words])
    told = capsys.readouterr()
    return code, told.out + told.err


def logged() -> list[tuple[str, str]]:
    return list(AccountEvent.objects.order_by("pk").values_list("kind", "detail"))


def test_the_list_tells_how_each_comes_in(
    capsys: pytest.CaptureFixture[str], somebody: User
) -> None:
    create_account(username="lly", name="联络员")
    TOTP.activate(somebody, "A" * 32)
    code, told = run(capsys, "list")
    assert code == 0
    assert "guanli\t管理员\t密码\t第二步：动态验证码\t上次登录：从未" in told
    assert "lly\t联络员\t专属链接\t第二步：无" in told
    assert "共 2 个账号" in told


def test_unlocking(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "unlock", "guanli") == (
        0,
        "账号 guanli：已解除暂停，清掉 0 条输错记录，现在就可以登录。\n",
    )
    assert logged() == [("unlocked", "管理员，命令行")]


def test_a_lost_factor_is_taken_away_only_when_confirmed(
    capsys: pytest.CaptureFixture[str], somebody: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    TOTP.activate(somebody, "A" * 32)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, told = run(capsys, "reset-second-factor", "guanli")
    assert (code, Authenticator.objects.count()) == (2, 1)
    assert "核实是本人后，加 --yes" in told
    code, told = run(capsys, "reset-second-factor", "guanli", "--yes")
    assert (code, Authenticator.objects.count()) == (0, 0)
    assert "已撤销动态验证码" in told
    assert logged() == [("factors_reset", "动态验证码；管理员，命令行")]
    assert run(capsys, "reset-second-factor", "guanli", "--yes")[0] == 1


def test_a_password_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run(capsys, "set-password", "guanli", "--password-stdin")[0] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("xin-de-mi-ma-88\n"))
    assert run(capsys, "set-password", "guanli", "--password-stdin")[0] == 0
    assert User.objects.get(username="guanli").check_password("xin-de-mi-ma-88")
    assert logged() == [("password_set", "管理员，命令行")]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run(capsys, "set-password", "guanli")[0] == 2


@pytest.mark.parametrize("command", ["set-password", "reset-second-factor"])
def test_what_else_was_closed_is_said(
    capsys: pytest.CaptureFixture[str],
    somebody: User,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    TOTP.activate(somebody, "A" * 32)
    issue_personal_link(user=somebody, by=None, at=timezone.now())
    monkeypatch.setattr("sys.stdin", io.StringIO("xin-de-mi-ma-88\n"))
    more = "--yes" if command == "reset-second-factor" else "--password-stdin"
    code, told = run(capsys, command, "guanli", more)
    assert code == 0
    assert "所有设备已退出，1 个个人链接已停用（需要的请重新发放）。" in told


def test_tying_and_untying(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "link", "guanli", "--subject", "staff-7")[0] == 0
    assert "统一认证 staff-7" in run(capsys, "list")[1]
    assert run(capsys, "link", "guanli", "--remove")[0] == 0
    assert run(capsys, "link", "guanli")[0] == 2
    assert run(capsys, "link", "guanli", "--remove", "--subject", "x")[0] == 2


@pytest.mark.parametrize(
    "words", [("unlock",), ("reset-second-factor", "--yes"), ("link", "--remove")]
)
def test_a_name_that_is_nobody_s(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, told = run(capsys, words[0], "nobody", *words[1:])
    assert (code, told) == (1, "✗ 没有名为“nobody”的账号。\n")


def test_who_looks_after_the_installation(
    capsys: pytest.CaptureFixture[str], somebody: User
) -> None:
    said = [
        run(capsys, "administrator", "guanli", *more)[1]
        for more in ((), (), ("--remove",), ("--remove",))
    ]
    assert said == [
        "账号 guanli：已设为系统管理员。\n",
        "账号 guanli：本来就是系统管理员。\n",
        "账号 guanli：已不再是系统管理员。\n",
        "账号 guanli：本来就不是系统管理员。\n",
    ]
    assert [kind for kind, _ in logged()] == ["administrator", "no_administrator"]
    run(capsys, "administrator", "guanli")
    assert run(capsys, "list")[1].splitlines()[0].endswith("\t系统管理员")
    assert run(capsys, "administrator", "nobody")[0] == 1
