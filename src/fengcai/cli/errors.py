"""How a failure of the command line is worded: one Chinese line with what, where and what to do.

Knows the failures that people meet; anything else is named as unexpected, with the way to see more.
"""

from __future__ import annotations

import errno
import re
import sys

_ADVICE = {
    errno.ENOENT: ("找不到", "检查路径是否写对"),
    errno.EACCES: ("没有权限读写", "检查文件的所有者和权限，或换一个位置"),
    errno.EISDIR: ("需要文件，这里却是目录", "写出文件名"),
    errno.ENOTDIR: ("路径中有一段不是目录", "检查路径是否写对"),
    errno.ENOSPC: ("磁盘已满，没有写完", "清理空间后重新运行；已有的数据没有改动"),
    errno.EDQUOT: ("磁盘配额已用完，没有写完", "清理空间或提高配额后重新运行；已有的数据没有改动"),
    errno.EFBIG: (
        "文件超过了系统允许的大小，没有写完",
        "提高限制（ulimit -f）后重新运行；已有的数据没有改动",
    ),
    errno.EADDRINUSE: ("端口已被占用", "用 --port 换一个端口，或停止占用它的程序"),
    errno.EROFS: ("所在磁盘只读", "换一个可写的位置"),
}

_UNREACHABLE = (
    "connection failed", "Connection refused", "could not translate", "timeout", "closed the connection",
    "couldn't get a connection",
)  # fmt: skip


class Failure(Exception):
    """A command did not do what it was asked; carries the sentence for the person.

    `what` happened, `where` (a file, a setting; may be empty), `mend` says what to do.
    """

    def __init__(self, what: str, *, where: str = "", mend: str, code: int = 1) -> None:
        super().__init__(f"{what}{f'（{where}）' if where else ''}。{mend}。")
        self.code = code


def explain(error: Exception, *, command: str) -> tuple[str, int]:
    """One line and the exit code: 2 for a command line that cannot be read, else 1."""
    if isinstance(error, Failure):
        return _one_line(str(error)), error.code
    if hasattr(error, "format_message"):  # Typer's own: the command line could not be read
        return _one_line(f"{_misread(error)}。用法：fengcai {command} --help"), 2
    if type(error).__name__ == "Abort":
        return "已取消，没有改动。", 1
    return _one_line(_worded(error)), 1


def _worded(error: Exception) -> str:
    said = str(error)
    match type(error).__module__.split(".")[0], error:
        case "fengcai", _ if said:
            return said  # refusals and problems of ours are Chinese sentences already
        case _, OSError() if error.errno in _ADVICE:
            what, mend = _ADVICE[error.errno]
            where = f" {error.filename}" if error.filename else ""
            return f"{what}{where}。{mend}。"
        case _, UnicodeDecodeError():
            return (
                f"文件不是 UTF-8 文本（第 {error.start + 1} 字节起读不出）。另存为 UTF-8 后再试。"
            )
        case _, ModuleNotFoundError():
            return f"这套安装缺少 {error.name}。重新安装风采后再试。"
    match type(error).__name__:
        case "ImproperlyConfigured":
            return f"{said}。检查环境变量或 FENGCAI_CONFIG 指向的 TOML 文件。"
        case "OperationalError" if "no such table" in said or "no such column" in said:
            return "数据库还没有建立，或需要升级。先运行 fengcai init。"
        case "OperationalError" if "password authentication" in said:
            return "数据库拒绝了账号或口令。检查 FENGCAI_DATABASE_URL。"
        case "OperationalError" if "does not exist" in said and "database" in said:
            return "数据库服务器上没有这个库。先由管理员建库，再运行 fengcai init。"
        case "OperationalError" | "PoolTimeout" if any(sign in said for sign in _UNREACHABLE):
            return "连不上数据库服务器。检查它是否在运行、地址和防火墙；数据没有改动。"
        case "OperationalError" if "unable to open" in said:
            return "打不开数据库。检查 FENGCAI_DATA 指向的目录是否存在、可写。"
        case "OperationalError" if "locked" in said:
            return "数据库正忙，没有写入。稍后再试；若一直如此，运行 fengcai doctor。"
    return f"没有预料到的错误：{type(error).__name__}：{said}。加 --debug 重新运行可看到经过。"


def _misread(error: Exception) -> str:
    """Typer's complaint about the command line, in Chinese."""
    parameter = getattr(error, "param", None)
    name = ""
    if parameter is not None:
        options = list(getattr(parameter, "opts", []))
        is_option = options and str(options[0]).startswith("-")
        name = " / ".join(options) if is_option else str(parameter.name or "").upper()
    said = str(getattr(error, "message", "") or error)
    match type(error).__name__:
        case "MissingParameter":
            return f"缺少 {name}"
        case "NoSuchOption":
            return f"没有选项 {getattr(error, 'option_name', '')}"
        case "NoArgsIsHelpError":
            return "没有写明要做什么"
        case "BadParameter" | "BadOptionUsage":
            return f"{name or '参数'} 的值不对：{_value(said)}"
    return f"读不懂这行命令：{said}"


def _value(said: str) -> str:
    """Why a value was refused; the sentences of the checks that our own options use."""
    if "valid integer" in said:
        return "应为整数"
    if found := re.search(r"greater than or equal to (\S+)", said):
        return f"应不小于 {found[1]}"
    if found := re.search(r"less than or equal to (\S+)", said):
        return f"应不大于 {found[1]}"
    if found := re.search(r"'(.+)' does not exist", said):
        return f"找不到 {found[1]}"
    return said


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    encoding = sys.stderr.encoding or "utf-8"
    return line.replace("。。", "。").encode(encoding, "replace").decode(encoding)
