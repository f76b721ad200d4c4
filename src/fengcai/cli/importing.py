"""`fengcai import`: take another system's export in from the command line, by the same actions as the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

MARKS = {"new": "＋", "mend": "＋", "known": "＝", "refused": "✗"}


def take_in(
    table: Annotated[
        Path,
        typer.Argument(metavar="表格", help="导出的 .xlsx 或 .csv", exists=True, dir_okay=False),
    ],
    contest: Annotated[str, typer.Option(metavar="网址名", help="导入到哪个活动")],
    by: Annotated[str, typer.Option(metavar="账号名", help="以哪位组织者的名义")],
    source: Annotated[str, typer.Option(help="来源的名称；各列的意思记在它上面")],
    files: Annotated[
        Path | None,
        typer.Option(metavar="目录", help="作品文件所在的目录", file_okay=False, exists=True),
    ] = None,
    track: Annotated[str, typer.Option(help="表里没写类别时算哪一类（规则里的编号）")] = "",
    submit: Annotated[bool, typer.Option("--submit", help="材料齐全的直接提交")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试运行，不导入")] = False,
) -> int:
    """从别的系统的导出表导入作品：先逐行试运行，再导入；再运行一次不会重复。

    各列的意思按表头猜；猜不全的，请先在“导出导入”页对应一次，来源会记住。
    退出码：0 全部可导入；2 有的行没有导入。
    """
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.contests.queries import contest_by_slug, rules_of
    from fengcai.apps.exchange import sources
    from fengcai.apps.people.queries import account
    from fengcai.apps.refusals import NotFound, Refused
    from fengcai.engines.jobs import run_pending

    who = account(by)
    if who is None:
        raise Failure(f"没有账号“{by}”", mend="写一位组织者的账号名", code=2)
    try:
        held = contest_by_slug(contest)
    except NotFound:
        raise Failure(f"没有活动“{contest}”", mend="网址名就是 /c/ 后面的那一段", code=2) from None
    only = [each.id for each in rules_of(held).tracks]
    try:
        run = sources.begin_import(
            contest=held, source=source, filename=table.name, data=table.read_bytes(), by=who,
            at=timezone.now(), folder=str(files.resolve()) if files else "",
        )  # fmt: skip
        known = run.source
        sources.map_columns(
            run_id=run.pk,
            mapping=known.mapping,
            track=track or known.track or (only[0] if len(only) == 1 else ""),
            track_names=known.track_names,
            unit_names=known.unit_names,
            rule="submit" if submit else known.rule,
            honours_time=known.honours_time,
            by=who,
            at=timezone.now(),
        )
        _wait(run_pending, f"import:{run.pk}")
        told = sources.report(sources.import_for(run.pk, who))
        for row in told.rows:
            typer.echo(f"{MARKS[row.verdict]} 第 {row.line} 行 {row.unit} {row.title} {row.why}")
        if not dry_run:
            sources.start_import(run_id=run.pk, by=who, at=timezone.now())
            _wait(run_pending, f"import:{run.pk}")
            told = sources.report(sources.import_for(run.pk, who))
    except Refused as refusal:
        raise Failure(
            refusal.message.rstrip("。"),
            where=table.name,
            mend="改好后重新导入；已经导入的不会重复",
            code=2,
        ) from None
    new, refused = told.counts.get("new", 0), told.counts.get("refused", 0)
    done = "将导入" if dry_run else "已导入"
    typer.echo(f"{done} {new} 件，以前导入过 {told.counts.get('known', 0)} 件，不导入 {refused} 行")
    return 2 if refused else 0


def _wait(work_off: object, subject: str) -> None:
    """Until the job about `subject` has ended: a worker of the installation does it, or this process."""
    import time

    from fengcai.engines.jobs.queries import newest_by_subject

    while True:
        work_off(1)  # type: ignore[operator]
        job = newest_by_subject([subject]).get(subject)
        if job is None or not job.unfinished:
            break
        time.sleep(0.5)
    if job is not None and job.given_up:
        raise Failure(job.error or "任务没有完成", mend="看后台任务页", code=2)
