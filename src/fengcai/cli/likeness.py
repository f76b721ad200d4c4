"""`fengcai likeness`: put the films of past winners into the register, so that new works meet them.

Only fingerprints are kept. The register's table (title, unit, year, award) is imported on the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fengcai.cli.compare import works_in
from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

if TYPE_CHECKING:
    from fengcai.apps.contests.models import Contest

app = typer.Typer(add_completion=False, help="往届获奖作品", rich_markup_mode=None)


@app.callback()
def likeness() -> None:
    """往届获奖作品：登记影片的指纹。"""


@app.command()
def add(
    folder: Annotated[
        Path, typer.Argument(metavar="目录", help="往届作品的目录", exists=True, file_okay=False)
    ],
    contest: Annotated[str, typer.Option(metavar="网址名", help="登记到哪个活动（含它的各届）")],
    by: Annotated[str, typer.Option(metavar="账号名", help="以哪位组织者的名义")],
    year: Annotated[int, typer.Option(min=1980, max=2099, help="这些作品是哪一年的")],
    award: Annotated[str, typer.Option(help="登记表里没有的作品写什么奖项")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会登记什么，不写入")] = False,
) -> int:
    """登记一个目录里往届作品的影片：只存指纹，不存影片，登记后自动与本届作品比对。

    文件名就是作品名称；放在子目录里的，子目录名就是单位，如“检验科/清晨六点.mp4”。登记表里已有的作品
    按年份和名称对上。退出码：0 全部登记；2 有文件读不出来（其余已登记）。
    """
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.contests.queries import contest_by_slug
    from fengcai.apps.likeness.priors import keep_prior_film
    from fengcai.apps.people.queries import account
    from fengcai.apps.refusals import NotFound, Refused
    from fengcai.media.fingerprints.making import REASONS, fingerprint_file

    who = account(by)
    if who is None:
        raise Failure(f"没有账号“{by}”", mend="写一位组织者的账号名", code=2)
    try:
        held = contest_by_slug(contest)
    except NotFound:
        raise Failure(f"没有活动“{contest}”", mend="网址名就是 /c/ 后面的那一段", code=2) from None
    files = works_in(folder)
    if not files:
        raise Failure("这个目录里没有文件", where=str(folder), mend="写出放作品的目录", code=2)
    broken = 0
    for path in files:
        title, unit = path.stem, path.parent.name if path.parent != folder else ""
        if dry_run:
            typer.echo(_planned(held, year, title, unit))
            continue
        try:
            made = fingerprint_file(path)
            trouble = REASONS.get(made.trouble, "")
        except OSError as problem:
            trouble = f"打不开：{problem.strerror or problem}"
        if not trouble:
            try:
                prior = keep_prior_film(
                    contest=held, year=year, title=title, unit=unit, award=award,
                    film_name=path.name, data=made.data, by=who, at=timezone.now(),
                )  # fmt: skip
            except Refused as refusal:
                raise Failure(
                    str(refusal), where=path.name, mend="其余文件没有登记", code=2
                ) from None
            typer.echo(f"✓ {prior}{f'（{prior.unit}）' if prior.unit else ''}")
        else:
            broken += 1
            typer.echo(f"✗ 没有登记 {path.relative_to(folder)}：{trouble}")
    if not dry_run:
        typer.echo(f"登记了 {len(files) - broken} 件，正在后台与各届作品比对")
    return 2 if broken else 0


def _planned(contest: Contest, year: int, title: str, unit: str) -> str:
    from fengcai.apps.likeness.priors import prior_named

    standing = prior_named(contest=contest, year=year, title=title, unit=unit)
    return f"{'对上登记' if standing else '新登记'}：{standing or f'{year} 年《{title}》'}"
