"""`init`: the data directory, the database and the first account; safe to run again after an upgrade.

Makes what is missing and changes nothing else. Accounts are made by the same action as on the pages.
"""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from fengcai.cli.database import pending_migrations, refuse_half_moved, refuse_newer
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

ATTEMPTS = 3


def init(
    admin: Annotated[
        str, typer.Option(metavar="账号名", help="管理员账号名；不写则询问（无终端时跳过）")
    ] = "",
    name: Annotated[str, typer.Option(metavar="姓名", help="管理员的姓名或岗位")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="从标准输入读密码（一行），用于自动部署")
    ] = False,
    no_admin: Annotated[bool, typer.Option("--no-admin", help="不建管理员账号")] = False,
) -> int:
    """建立或升级数据目录和数据库，并建立第一个管理员账号；可以反复运行。"""
    if password_stdin and not admin:
        raise Failure("--password-stdin 需要同时写 --admin", mend="例如 --admin guanliyuan", code=2)
    data = open_installation()
    data.mkdir(parents=True, exist_ok=True)
    _say(f"数据目录：{data}")
    _migrate()
    if not no_admin:
        _first_account(admin, name, password_stdin)
        tell_setup_key()
    return 0


def tell_setup_key(address: str = "") -> None:
    """Print the key that opens `/setup/`, while nobody looks after the installation."""
    from fengcai.apps.people.setup import make_setup_key

    if key := make_setup_key():
        _say(f"还没有管理员。用浏览器打开 {address}/setup/ 开始设置，安装口令：{key}")


def _migrate() -> None:
    from django.core.management import call_command

    refuse_newer()
    refuse_half_moved()
    pending = pending_migrations()
    if pending:
        call_command("migrate", interactive=False, verbosity=0)
        _say(f"数据库：已执行 {len(pending)} 步")
    else:
        _say("数据库：已是最新")


def _first_account(username: str, name: str, password_stdin: bool) -> None:
    from fengcai.apps.people.actions import create_account
    from fengcai.apps.refusals import Refused

    asking = sys.stdin is not None and sys.stdin.isatty() and not password_stdin
    if not username and not asking:
        _say("管理员：没有建立（用 fengcai init --admin 账号名 --password-stdin 建立）")
        return
    if not username:
        username = typer.prompt("管理员账号名（直接回车则跳过）", default="", show_default=False)
        if not username:
            return
    if not name:
        name = typer.prompt("姓名或岗位", default=username) if asking else username
    if not asking and not password_stdin:
        raise Failure(
            "没有终端，不能询问密码", mend="加 --password-stdin，从标准输入给出密码", code=2
        )
    for left in reversed(range(ATTEMPTS if asking else 1)):
        password = ask_password() if asking else sys.stdin.readline().rstrip("\r\n")
        try:
            create_account(username=username, name=name, password=password, administrator=True)
        except Refused as refusal:
            # Only a weak password can be mended by asking again.
            if not left or "password" not in refusal.fields:
                raise
            _say(f"✗ {refusal}")
        else:
            _say(f"管理员：{username}（{name}）")
            return


def ask_password() -> str:
    """A new password, typed twice alike."""
    while True:
        first = getpass.getpass("密码（至少 10 位）：")
        if first == getpass.getpass("再输一次："):
            return first
        _say("两次输入不一样，请重输。")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
