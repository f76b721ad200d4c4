"""The `fengcai` command: finds the subcommand, loads only that one, and words every failure.

A command that needs no database does not import Django. What a command does stands in its module.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import Any, NamedTuple

from fengcai import __version__
from fengcai.cli.errors import Failure, explain


class Entry(NamedTuple):
    """Where a subcommand lives (`module:name`, a function or a Typer app) and its line of help."""

    target: str
    help: str


COMMANDS: dict[str, Entry] = {
    "serve": Entry("fengcai.cli.server:serve", "启动网站和后台任务（单机）"),
    "web": Entry("fengcai.cli.server:web", "只启动网站"),
    "worker": Entry("fengcai.cli.server:worker", "只启动后台任务"),
    "init": Entry("fengcai.cli.first_run:init", "首次运行或升级后：数据目录、数据库、管理员"),
    "move": Entry("fengcai.cli.move:move", "搬到 PostgreSQL 和别的文件存储，逐行逐字节核对"),
    "doctor": Entry("fengcai.cli.doctor:doctor", "检查这套安装，并告诉您该做什么"),
    "account": Entry("fengcai.cli.account:app", "账号：解除暂停、撤销第二步验证、重设密码"),
    "contest": Entry("fengcai.cli.contest:app", "从规则书建立活动"),
    "mailbox": Entry("fengcai.cli.mailbox:app", "报送邮箱：试连接、现在收信"),
    "token": Entry("fengcai.cli.token:app", "接口令牌：建立、查看、停用"),
    "mail": Entry("fengcai.cli.mail:app", "邮件：试发一封、看发件箱的积压"),
    "samples": Entry("fengcai.samples.cli:app", "演示活动与样例作品"),
    "notice": Entry("fengcai.cli.notice:app", "从通知草拟规则书"),
    "rulebook": Entry("fengcai.cli.rulebook:app", "检查、解释规则书"),
    "storage": Entry("fengcai.cli.storage:app", "检查存储和其中的文件"),
    "inspect": Entry("fengcai.cli.inspect:inspect", "检测音视频文件，可对照规则书"),
    "compare": Entry("fengcai.cli.compare:compare", "在一个目录里找出相似的作品"),
    "wording": Entry("fengcai.cli.wording:wording", "查文字稿里可能不合宣传纪律的用语"),
    "import": Entry("fengcai.cli.importing:take_in", "从别的系统的导出表导入作品"),
    "likeness": Entry("fengcai.cli.likeness:app", "登记往届获奖作品的影片，供本届比对"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command line; returns the exit code. With `--debug` failures keep their traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if not words or words[0] in ("--help", "-h", "help"):
        sys.stdout.write(usage())
        return 0
    if words[0] == "--version":
        sys.stdout.write(f"fengcai {__version__}\n")
        return 0
    # SIGTERM unwinds a command like any exit, so that a server it started for itself ends with it.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return _run(words[0], words[1:])
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if debug:
            raise
        line, code = explain(error, command=words[0])
        sys.stderr.write(f"✗ {line}\n")
        return code
    finally:
        signal.signal(signal.SIGTERM, before)


def usage() -> str:
    """The first page of help."""
    width = max(map(len, COMMANDS))
    rows = "".join(f"  {name:<{width}}  {entry.help}\n" for name, entry in COMMANDS.items())
    return (
        "风采：把一场作品征集评选从通知走到证书\n\n"
        f"用法：fengcai [--debug] 命令 …\n\n{rows}\n"
        "每个命令的用法：fengcai 命令 --help；出错时加 --debug 可看到经过\n"
    )


def _run(name: str, words: list[str]) -> int:
    if name not in COMMANDS:
        raise Failure(f"没有名为“{name}”的命令", mend="运行 fengcai --help 查看全部命令", code=2)
    import typer
    from typer.main import get_command

    found = _load(name)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command()(found)
        found = single
    ended = get_command(found).main(args=words, prog_name=f"fengcai {name}", standalone_mode=False)
    return ended if isinstance(ended, int) else 0


def _load(name: str) -> Any:
    module, _, attribute = COMMANDS[name].target.partition(":")
    return getattr(import_module(module), attribute)
