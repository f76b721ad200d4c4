"""`fengcai account`: what the office does when somebody cannot come in. Each step is written to the
account's own log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from fengcai.cli.database import require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

if TYPE_CHECKING:
    from fengcai.apps.people.access import Closed

app = typer.Typer(add_completion=False, help="账号与登录", rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="账号名", help="登录时用的账号名")]


@app.callback()
def account() -> None:
    """账号：查看、解除暂停、撤销第二步验证、重设密码、绑定统一认证。"""


@app.command(name="list")
def list_() -> None:
    """列出全部账号：登录方式、第二步验证、近来输错的次数。"""
    _open()
    from django.conf import settings
    from django.utils import timezone

    from fengcai.apps.people.access import accounts

    rows = accounts(at=timezone.now(), cool_off=settings.AXES_COOLOFF_TIME)
    for row in rows:
        ways = ["密码"] if row.has_password else ["专属链接"]
        ways += [f"统一认证 {row.identity}"] if row.identity else []
        ways += row.ties
        marks = [] if row.active else ["已停用"]
        marks += ["系统管理员"] if row.administrator else []
        marks += [f"近来输错 {row.failures} 次"] if row.failures else []
        last = f"{timezone.localtime(row.last_login):%Y-%m-%d %H:%M}" if row.last_login else "从未"
        typer.echo(
            f"{row.username}\t{row.name}\t{'、'.join(ways)}\t"
            f"第二步：{'、'.join(row.factors) or '无'}\t上次登录：{last}"
            + (f"\t{'、'.join(marks)}" if marks else "")
        )
    typer.echo(f"共 {len(rows)} 个账号")


@app.command()
def unlock(name: Name) -> None:
    """解除因连续输错而暂停的登录。"""
    _open()
    from django.utils import timezone

    from fengcai.apps.people.access import unlock_account

    gone = unlock_account(username=name, at=timezone.now())
    typer.echo(f"账号 {name}：已解除暂停，清掉 {gone} 条输错记录，现在就可以登录。")


@app.command(name="reset-second-factor")
def reset_second_factor_(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问（已核实是本人）")] = False,
) -> None:
    """手机或密钥丢了：撤销全部第二步验证和恢复码，让所有设备退出，停用个人链接和接口令牌。请先核实是本人。"""
    _open()
    from django.utils import timezone

    from fengcai.apps.people.access import reset_second_factor

    if not yes:
        _ask(f"撤销账号 {name} 的第二步验证？撤销后只凭密码即可登录，请确认已核实是本人")
    gone, closed = reset_second_factor(username=name, at=timezone.now())
    typer.echo(
        f"账号 {name}：已撤销{'、'.join(gone)}，所有设备已退出{_closed(closed)}。"
        "请本人尽快登录，重新启用第二步验证。"
    )


@app.command(name="set-password")
def set_password_(
    name: Name,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="从标准输入读密码（一行），用于自动部署")
    ] = False,
) -> None:
    """重设密码（询问两次），让所有设备退出，停用个人链接和接口令牌。"""
    _open()
    from django.utils import timezone

    from fengcai.apps.people.access import set_password
    from fengcai.cli.first_run import ask_password

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin is not None and sys.stdin.isatty():
        password = ask_password()
    else:
        raise Failure("没有终端，不能询问密码", mend="加 --password-stdin", code=2)
    closed = set_password(username=name, password=password, at=timezone.now())
    typer.echo(
        f"账号 {name}：密码已重设，所有设备已退出{_closed(closed)}。"
        "请用安全的方式告知本人，并请其登录后修改。"
    )


@app.command()
def link(
    name: Name,
    subject: Annotated[
        str, typer.Option(metavar="SUB", help="统一认证系统给这个人的用户标识（sub）")
    ] = "",
    remove: Annotated[bool, typer.Option("--remove", help="解除绑定")] = False,
    way: Annotated[
        str,
        typer.Option(
            metavar="方式",
            help="oidc、cas（标识为 CAS 用户名）、wecom（企业 ID:成员账号）、ldap（entryUUID:…）、wechat（只可解除）",
        ),
    ] = "oidc",
) -> None:
    """把账号与单位统一认证、企业微信等的身份绑定，或解除。"""
    _open()
    from django.utils import timezone

    from fengcai.apps.people.access import link_identity, unlink_identity
    from fengcai.apps.people.identities import NAMES

    if way not in NAMES or (way == "wechat" and not remove):
        raise Failure(
            f"不能用 --way {way} 绑定", mend="可用：oidc、cas、wecom、ldap；微信由本人绑定", code=2
        )
    if remove == bool(subject):
        raise Failure("--subject 与 --remove 要写一个，也只写一个", mend="查看 --help", code=2)
    if remove:
        unlink_identity(username=name, at=timezone.now(), provider=way)
        typer.echo(f"账号 {name}：已解除{NAMES[way]}的绑定。")
    else:
        link_identity(username=name, subject=subject, at=timezone.now(), provider=way)
        typer.echo(f"账号 {name}：已与{NAMES[way]}身份 {subject} 绑定。")


@app.command()
def administrator(
    name: Name,
    remove: Annotated[bool, typer.Option("--remove", help="不再是系统管理员")] = False,
) -> None:
    """设为系统管理员（看全部后台任务、建立活动），或撤去；不因此能看任何活动的作品和评分。"""
    _open()
    from django.utils import timezone

    from fengcai.apps.people.access import appoint_administrator, dismiss_administrator

    if remove:
        gone = dismiss_administrator(username=name, at=timezone.now())
        typer.echo(f"账号 {name}：{'已不再' if gone else '本来就不'}是系统管理员。")
    else:
        new = appoint_administrator(username=name, at=timezone.now())
        typer.echo(f"账号 {name}：{'已设为' if new else '本来就是'}系统管理员。")


def _closed(closed: Closed) -> str:
    """What else was closed; whoever needs it gets a new one."""
    return f"，{closed}已停用（需要的请重新发放）" if str(closed) else ""


def _open() -> None:
    open_installation()
    require_database()


def _ask(question: str) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise Failure("没有终端，不能询问", mend="核实是本人后，加 --yes", code=2)
    typer.confirm(question, abort=True)
