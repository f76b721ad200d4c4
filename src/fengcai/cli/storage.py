"""`storage`: whether the store works, and whether every file in it is what was received."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def storage() -> None:
    """存放作品文件的地方：能不能用，文件是否完好。"""


@app.command()
def check(
    every: Annotated[
        bool, typer.Option("--all", help="逐个读出所有文件，核对 SHA-256（可能很久）")
    ] = False,
) -> int:
    """检查存储的读写权限，并报告上次核对文件的结果；加 --all 现在就核对全部文件。"""
    open_installation()
    from fengcai.engines import storage

    kept = storage.store()
    if problem := kept.check():
        raise Failure(f"存储 {kept.url} 不能用", where=problem, mend="处理后再运行一次")
    print(f"✓ {kept.url} 可以写入、读出和删除")
    if every:
        _look_at_all()
    found = storage.report()
    if found.newest is None and not (found.missing or found.changed or found.unknown):
        print("! 还没有核对过文件；加 --all 现在核对")
        return 0
    if found.oldest is not None:
        print(f"✓ {found.good} 个文件完好（最早一次核对在 {found.oldest:%Y-%m-%d %H:%M}）")
    for key, owner, state in found.examples:
        print(f"✗ {state}：{key}{f'（{owner}）' if owner else ''}")
    if found.unknown:
        print(f"! {found.unknown} 个文件没有登记：不影响使用，可在备份后删除")
    if not found.whole:
        print(f"✗ 缺失 {found.missing} 个，内容变了 {found.changed} 个：从备份恢复这些文件")
    return 0 if found.whole else 1


def _look_at_all() -> None:
    from fengcai.engines import storage

    for looked, _ in enumerate(storage.scrub(seconds=float("inf")), start=1):
        if looked % 100 == 0:
            print(f"  已核对 {looked} 个文件", file=sys.stderr, flush=True)
