"""`fengcai token`: keys for programs, made, listed and taken back by whoever runs the system."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

app = typer.Typer(add_completion=False, help="接口令牌", rich_markup_mode=None)
BY = "system:command"


@app.callback()
def token() -> None:
    """接口（/api/v1/）的令牌：建立、查看、停用。"""


@app.command()
def create(
    account: Annotated[str, typer.Option(metavar="账号名", help="令牌以哪个账号的身份读写")],
    name: Annotated[str, typer.Option(metavar="用途", help="如 “OA 每晚同步作品”")],
    scope: Annotated[list[str], typer.Option(metavar="权限", help="如 entries:read；可重复写多项")],
    days: Annotated[int, typer.Option(min=1, max=366, help="有效多少天")] = 90,
) -> None:
    """建立一个令牌。令牌只在标准输出显示这一次；说明写在标准错误，便于脚本取用。"""
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.people.tokens.actions import create_token

    made, key = create_token(
        user=_account(account),
        name=name,
        scopes=scope,
        life=timedelta(days=days),
        by=BY,
        at=timezone.now(),
    )
    typer.echo(
        f"令牌 {made.pk}“{made.name}”，有效期至 {_day(made.expires_at)}，只显示这一次：", err=True
    )
    typer.echo(key)


@app.command("list")
def list_tokens(
    account: Annotated[str, typer.Option(metavar="账号名", help="只列这个账号的")] = "",
) -> None:
    """列出令牌（只有开头几位）。"""
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.people.tokens.queries import tokens_of

    rows = tokens_of(_account(account) if account else None, at=timezone.now())
    words = {"alive": "有效", "expired": "已过期", "revoked": "已停用"}
    for row in rows:
        used = f"上次使用 {_day(row.last_used_at)}" if row.last_used_at else "没有用过"
        typer.echo(
            f"{row.id}\t{words[row.state]}\t{row.username}\t{row.hint}…\t{row.name}\t"
            f"{' '.join(row.scopes)}\t至 {_day(row.expires_at)}\t{used}"
        )
    if not rows:
        typer.echo("没有令牌", err=True)


@app.command()
def revoke(
    id: Annotated[int, typer.Argument(metavar="编号", help="fengcai token list 的第一列")],
) -> None:
    """停用一个令牌；重复停用没有害处。"""
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.people.tokens.actions import revoke_token

    made = revoke_token(token_id=id, owner=None, by=BY, at=timezone.now())
    typer.echo(f"令牌 {made.pk}“{made.name}”已停用")


def _account(name: str):  # type: ignore[no-untyped-def]
    from fengcai.apps.people.queries import account

    found = account(name)
    if found is None:
        raise Failure(f"没有账号“{name}”", mend="先用 fengcai init --admin 账号名 建立", code=2)
    return found


def _day(instant):  # type: ignore[no-untyped-def]
    from django.utils import timezone

    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}"
