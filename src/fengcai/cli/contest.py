"""`fengcai contest`: lay a contest down from its rulebook. What follows happens on the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

app = typer.Typer(add_completion=False, help="建立活动", rich_markup_mode=None)

LARGEST_RULEBOOK = 1024 * 1024


@app.callback()
def contest() -> None:
    """建立活动；答复问题、导入单位、启动都在网页的“办理这个活动”里做。"""


@app.command()
def create(
    rulebook: Annotated[Path, typer.Argument(metavar="规则书.yaml", help="规则书文件")],
    slug: Annotated[str, typer.Option(help="网址名：小写字母、数字和连字符，如 yike-2026")],
    organiser: Annotated[
        str, typer.Option(metavar="账号名", help="组织者的账号（fengcai init 建立）")
    ],
) -> None:
    """从一份规则书建立活动。通知没有写明的问题由组织者在网页上答复，然后启动。"""
    import re

    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.contests.actions import create_contest
    from fengcai.apps.contests.queries import questions
    from fengcai.apps.people.queries import account

    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60:
        raise Failure(f"网址名“{slug}”不合用", mend="只用小写字母、数字和连字符，60 字以内", code=2)
    who = account(organiser)
    if who is None:
        raise Failure(
            f"没有账号“{organiser}”", mend="先用 fengcai init --admin 账号名 建立", code=2
        )
    made = create_contest(
        slug=slug, rulebook_text=_text(rulebook), organiser=who, by=None, at=timezone.now()
    )
    waiting = len(questions(made))
    typer.echo(f"活动：{made.title}")
    typer.echo(f"网址：/c/{slug}/office/ （由 {who} 登录办理）")
    typer.echo(f"待明确的问题：{waiting} 个" if waiting else "没有待明确的问题，可以启动")


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_RULEBOOK:
            raise Failure(f"{file} 超过 1 MB", mend="请确认这是规则书文件", code=2)
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Failure(f"{file} 不是 UTF-8 文本", mend="请另存为 UTF-8 编码", code=2) from None
    except OSError as error:
        raise Failure(
            f"读不到 {file}", where=error.strerror or "", mend="请检查路径", code=2
        ) from None
