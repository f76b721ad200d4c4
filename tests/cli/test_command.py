"""The `fengcai` command: it finds its subcommands late and words every failure in one line."""

from __future__ import annotations

import errno
import subprocess
import sys
import time

import pytest
import typer

from fengcai import __version__, cli
from fengcai.cli.errors import Failure, explain


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fengcai.cli", *words],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_first_page_lists_every_command(capsys: pytest.CaptureFixture[str]):
    assert cli.main([]) == 0
    page = capsys.readouterr().out
    assert [name for name in cli.COMMANDS if f"\n  {name} " not in page] == []


def test_version(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"fengcai {__version__}\n"


def test_an_unknown_command_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["fly"]) == 2
    assert capsys.readouterr().err == (
        "✗ 没有名为“fly”的命令。运行 fengcai --help 查看全部命令。\n"
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["serve", "--prt", "1"], "✗ 没有选项 --prt。用法：fengcai serve --help\n"),
        (["serve", "--port", "x"], "✗ --port 的值不对：应为整数。用法：fengcai serve --help\n"),
        (["serve", "--port", "0"], "✗ --port 的值不对：应不小于 1。用法：fengcai serve --help\n"),
    ],
)  # fmt: skip
def test_a_command_line_that_cannot_be_read(
    words: list[str], line: str, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(words) == 2
    assert capsys.readouterr().err == line


def test_debug_keeps_the_traceback():
    with pytest.raises(Failure, match="没有名为"):
        cli.main(["--debug", "fly"])


def test_a_failure_of_ours_carries_its_own_exit_code(monkeypatch: pytest.MonkeyPatch, capsys):
    def broken() -> None:
        raise Failure("规则书读不懂", where="a.yaml 第 3 行", mend="改好后再试", code=7)

    monkeypatch.setattr(cli, "_load", lambda name: broken)
    assert cli.main(["doctor"]) == 7
    assert capsys.readouterr().err == "✗ 规则书读不懂（a.yaml 第 3 行）。改好后再试。\n"


def test_exit_codes_of_a_subcommand_reach_the_shell(monkeypatch: pytest.MonkeyPatch):
    app = typer.Typer()

    @app.command()
    def check() -> None:
        raise typer.Exit(3)

    @app.command()
    def explain() -> int:
        return 4

    monkeypatch.setattr(cli, "_load", lambda name: app)
    assert cli.main(["rulebook", "check"]) == 3
    assert cli.main(["rulebook", "explain"]) == 4


class OperationalError(Exception):
    """Named as Django names it, so that no database is needed to test the sentence."""


class ImproperlyConfigured(Exception):
    """As above."""


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (FileNotFoundError(errno.ENOENT, "x", "a.mp4"), "找不到 a.mp4。检查路径是否写对。"),
        (
            OSError(errno.ENOSPC, "x"),
            "磁盘已满，没有写完。清理空间后重新运行；已有的数据没有改动。",
        ),
        (
            PermissionError(errno.EACCES, "x", "/data"),
            "没有权限读写 /data。检查文件的所有者和权限，或换一个位置。",
        ),
        (
            UnicodeDecodeError("utf-8", b"\xb7\xe7", 0, 1, "x"),
            "文件不是 UTF-8 文本（第 1 字节起读不出）。另存为 UTF-8 后再试。",
        ),
        (
            ModuleNotFoundError("x", name="av"),
            "这套安装缺少 av。重新安装风采后再试。",
        ),
        (
            OperationalError("no such table: people_user"),
            "数据库还没有建立，或需要升级。先运行 fengcai init。",
        ),
        (
            OperationalError("unable to open database file"),
            "打不开数据库。检查 FENGCAI_DATA 指向的目录是否存在、可写。",
        ),
        (
            OperationalError("database is locked"),
            "数据库正忙，没有写入。稍后再试；若一直如此，运行 fengcai doctor。",
        ),
        (
            ImproperlyConfigured("配置有误：FENGCAI_JOBS：x"),
            "配置有误：FENGCAI_JOBS：x。检查环境变量或 FENGCAI_CONFIG 指向的 TOML 文件。",
        ),
        (
            ZeroDivisionError("division by zero"),
            "没有预料到的错误：ZeroDivisionError：division by zero。加 --debug 重新运行可看到经过。",
        ),
        (typer.Abort(), "已取消，没有改动。"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_people_meet_is_worded(error: Exception, line: str):
    assert explain(error, command="doctor") == (line, 1)


def test_a_refusal_speaks_for_itself():
    from fengcai.apps.refusals import Refused

    refusal = Refused("网址名“a”已被另一个活动使用，\n请换一个。")
    assert explain(refusal, command="x") == ("网址名“a”已被另一个活动使用， 请换一个。", 1)


def test_a_wrong_setting_is_said_by_its_name():
    import os

    said = subprocess.run(
        [sys.executable, "-m", "fengcai.cli", "serve"],
        capture_output=True, text=True, check=False,
        env=os.environ | {"FENGCAI_JOBS": "pigeons"},
    )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr.startswith("✗ 配置有误：FENGCAI_JOBS：")
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["rulebook", "inspect"])
def test_what_needs_no_database_does_not_load_django(command: str):
    program = (
        "import sys; from fengcai.cli import main; code = main([sys.argv[1], '--help']);"
        "sys.exit(code or ('django' in sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, command], capture_output=True, check=False
    )
    assert said.returncode == 0, said.stderr


def test_a_command_that_is_told_to_end_unwinds_first(tmp_path):
    """What a command started for itself (a server, a folder) must not outlive it."""
    program = (
        "import pathlib, sys, time; from fengcai import cli\n"
        "mark = pathlib.Path(sys.argv[1])\n"
        "def busy():\n"
        "    try:\n"
        "        mark.write_text('began'); time.sleep(30)\n"
        "    finally:\n"
        "        mark.write_text('unwound')\n"
        "cli._load = lambda name: busy\n"
        "sys.exit(cli.main(['doctor']))\n"
    )
    mark = tmp_path / "mark"
    child = subprocess.Popen([sys.executable, "-c", program, str(mark)])
    until = time.monotonic() + 30
    while not mark.exists() or not mark.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    child.terminate()
    assert child.wait(20) == 143
    assert mark.read_text() == "unwound"
