"""`fengcai samples`: load the demo editions, or walk the whole journey without a browser."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help="演示活动与样例作品", rich_markup_mode=None)


@app.command()
def load() -> None:
    """载入演示：一个征集中、一个评审中、一个已公布的活动，以及湖北赛事的待明确问题。"""
    _django()
    from fengcai.samples.editions import load_editions, logins

    load_editions(say=_say)
    for line in logins():
        typer.echo(line)


@app.command()
def logins() -> None:
    """列出演示账号。"""
    _django()
    from fengcai.samples import editions

    for line in editions.logins():
        typer.echo(line)


@app.command()
def journey(
    out: Annotated[Path, typer.Option("--out", help="结果写到哪个目录")],
) -> None:
    """不用浏览器走完全程：从通知到证书。每一步都真的发生，才以 0 退出。"""
    _django()
    from django.core.management import call_command

    from fengcai.samples.journey import JourneyBroken, run

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory(prefix="films-") as films:
        try:
            summary = run(out, films=Path(films), say=_say)
        except JourneyBroken as broken:
            typer.echo(f"✗ 没有走完：{broken}", err=True)
            raise typer.Exit(1) from None
    for name, value in summary.items():
        typer.echo(f"{name:<16} {value}")
    typer.echo(f"✓ 全程走完，结果在 {out}")


def _say(line: str) -> None:
    typer.echo(f"· {line}")
    sys.stdout.flush()


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengcai.project.settings")
    import django

    django.setup()
