"""`fengcai mailbox`: try the contests' mailboxes, and fetch letters now. Settings are made on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

if TYPE_CHECKING:
    from fengcai.apps.mailbox.models import Connection

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="[活动网址名]", help="留空则是全部接入了邮箱的活动")]


@app.callback()
def mailbox() -> None:
    """活动的报送邮箱；服务器和授权码在网页的“来信 › 邮箱设置”里填。"""


@app.command()
def check(slug: Slug = "") -> int:
    """连一次邮箱，说出结果；不取信，也不改动邮箱。"""
    rows = _chosen(slug)
    from fengcai.apps.mailbox.polling import check as try_out

    failed = 0
    for row in rows:
        works, said = try_out(row)
        failed += not works
        for line in said:
            typer.echo(f"{'✓' if works else '✗'} {row.contest.slug}：{line}")
    return 1 if failed else 0


@app.command()
def poll(slug: Slug = "") -> int:
    """现在收一次信；归类和收附件由后台任务接着做。"""
    rows = _chosen(slug)
    from fengcai.apps.mailbox.polling import look
    from fengcai.apps.mailbox.queries import connection_of

    failed = 0
    for row in rows:
        made = look(row)
        after = connection_of(row.contest)
        if after is not None and after.trouble:
            failed += 1
            typer.echo(f"✗ {row.contest.slug}：{after.trouble}")
        else:
            typer.echo(f"✓ {row.contest.slug}：新收 {made} 封")
    return 1 if failed else 0


def _chosen(slug: str) -> list[Connection]:
    open_installation()
    require_database()
    from fengcai.apps.mailbox.queries import connections

    rows = [row for row in connections() if not slug or row.contest.slug == slug]
    if not rows:
        what = f"活动“{slug}”没有接入邮箱" if slug else "没有活动接入邮箱"
        raise Failure(what, mend="组织者在网页的“来信 › 邮箱设置”里接入", code=2)
    return rows
