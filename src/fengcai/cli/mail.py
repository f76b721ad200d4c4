"""`fengcai mail`: whether mail goes out, what waits in the outbox, and sending on what was held."""

from __future__ import annotations

from typing import Annotated

import typer

from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

app = typer.Typer(add_completion=False, help="邮件与消息", rich_markup_mode=None)


@app.callback()
def mail() -> None:
    """发件箱：试发一封、看看积压、把待处理的一并发出。"""


@app.command("test")
def try_out(address: Annotated[str, typer.Argument(metavar="邮箱地址")]) -> None:
    """试发一封邮件，当场说明结果。"""
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.messages.trying import check_server, send_test_mail

    reached = check_server()
    typer.echo(reached.sentence)
    if not reached.sent:
        raise Failure("测试邮件没有发出", mend="按上面一行改好设置后再试", code=1)
    tried = send_test_mail(to=address, at=timezone.now())
    if not tried.sent:
        raise Failure(tried.sentence, mend="改好后再试；发件箱里留有这一条", code=1)
    typer.echo(tried.sentence)


@app.command()
def status() -> None:
    """各种消息有多少发出、等待、没发出去，以及没发出去的原因。"""
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.messages.queries import CHANNELS, STATES, standing

    found = standing(at=timezone.now())
    if not found.counts:
        typer.echo("发件箱是空的。")
        return
    for channel, channel_name in CHANNELS.items():
        told = [
            f"{name} {count}"
            for state, name in STATES.items()
            if (count := found.counts.get((channel, state), 0))
        ]
        if told:
            typer.echo(f"{channel_name}：{'，'.join(told)}")
    if found.oldest_due is not None:
        local = timezone.localtime(found.oldest_due)
        typer.echo(f"到点还没发出的，最早一条应在 {local:%Y-%m-%d %H:%M} 发出")
    for channel, cause, count in found.causes:
        typer.echo(f"  {CHANNELS.get(channel, channel)} {count} 条：{cause}")


@app.command()
def release() -> None:
    """把因为没设置好而待处理的消息一并发出；不确定是否发出的不在其中。"""
    open_installation()
    require_database()
    from django.utils import timezone

    from fengcai.apps.messages.deciding import release as send_on

    count = send_on(contest=None, by=None, at=timezone.now())
    typer.echo(f"{count} 条消息已排队，陆续发出。" if count else "没有可以一并发出的消息。")
