"""`move`: carries this installation to PostgreSQL and to other storage, and proves each row and byte.

Can be stopped and run again at any moment. Files travel first, while the site may still be used;
the rows travel in one transaction when it stands still.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from fengcai.cli.database import described, named, require_database
from fengcai.cli.errors import Failure
from fengcai.cli.installation import open_installation, whoever_runs

DESTINATION = "destination"
POSTGRESQL = ("postgres://", "postgresql://")


def move(
    to: Annotated[
        str,
        typer.Option(
            metavar="去处",
            envvar="FENGCAI_MOVE_TO",
            help="postgres://…（数据库）、s3://… 或绝对路径（文件）；也可写进环境变量，"
            "口令便不会出现在进程列表里",
        ),
    ] = "",
    further: Annotated[
        list[str] | None, typer.Argument(metavar="[去处]", help="另一个去处：数据库和文件可一起搬")
    ] = None,
    drop_uploads: Annotated[
        bool, typer.Option("--drop-uploads", help="没有传完、又带不走的上传让对方从头再传")
    ] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="不搬了：让这一套重新可用")] = False,
    bring_uploads: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> int:
    """把这一套搬到 PostgreSQL 和/或新的文件存储，逐行、逐字节核对；可以随时中断，再运行接着搬。"""
    if bring_uploads:
        open_installation()
        return _bring_uploads(bring_uploads)
    places = [*to.split(), *(further or [])]
    database, storage = ("", "") if cancel else _destinations(places)
    data = open_installation()
    if cancel:
        return _stay()
    require_database(leaving=True)
    if storage:
        _move_files(data, storage)
    _stand_still(data, done="文件已搬好，" if storage else "")
    if storage and not drop_uploads:
        _refuse_to_drop(storage)
    if storage:
        _finish_uploads()
        _move_files(data, storage, again=True)  # what came in since
    if database:
        _move_rows(data, database, storage)
    else:
        _note_files(data, storage)
    _say_how_to_go_on(data, database, storage)
    return 0


def _destinations(places: list[str]) -> tuple[str, str]:
    """The database's URL and the storage's, either of them possibly empty."""
    databases = [place for place in places if place.startswith(POSTGRESQL)]
    storages = [place for place in places if place not in databases]
    if not places or len(databases) > 1 or len(storages) > 1:
        raise Failure(
            "要写明搬到哪里：至多一个数据库、一处文件",
            mend="例如 fengcai move --to postgres://用户:口令@主机:5432/fengcai s3://桶名/前缀",
            code=2,
        )
    for place in storages:
        if not place.startswith("s3://") and not Path(place).is_absolute():
            raise Failure(f"去处“{place}”不合用", mend="写 s3://桶名/前缀 或绝对路径", code=2)
    return (databases or [""])[0], (storages or [""])[0]


def _stay() -> int:
    from fengcai.engines.transfer import stay

    _say("已取消搬迁：这一套重新可用。" if stay() else "这一套没有在搬，不需要取消。")
    return 0


def _move_files(data: Path, url: str, *, again: bool = False) -> None:
    from fengcai.engines import storage, transfer

    source, destination = storage.store(), storage.open_store(url, storage.access())
    if source.url == destination.url:
        raise Failure("文件的去处就是现在这一处", where=url, mend="写另一处", code=2)
    if problem := destination.check():
        raise Failure(problem.rstrip("。"), where=url, mend="改好后再运行同一条命令")
    journal = data / "move" / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.txt"
    moved = transfer.copy_files(source, destination, journal=journal, say=_progress("文件"))
    _clear_line()
    if again and not moved.files:
        return
    before = f"（另有 {moved.already} 个已在上次核对）" if moved.already else ""
    _say(f"文件：{moved.files} 个、{moved.bytes} 字节，逐字节核对一致{before}")
    for what, keys in (("原处就缺", moved.missing), ("原处就已损坏", moved.damaged)):
        if keys:
            _say(f"！{what}的文件 {len(keys)} 个，如 {keys[0]}；搬迁没有改变它们，请从备份找回")


def _move_rows(data: Path, url: str, storage: str) -> None:
    from django.db import connections
    from django.utils import timezone
    from django.utils.module_loading import import_string

    from fengcai.engines import transfer

    # The settings module of the new installation would say the same.
    destination: dict[str, Any] = import_string("fengcai.project.databases.postgresql")(url, pool=0)
    here, there = described(), named(destination)
    if there == here:
        raise Failure("去处就是现在这个数据库", where=here, mend="写另一个空库的地址", code=2)
    filled = connections.configure_settings({"default": {}, DESTINATION: destination})
    connections.databases[DESTINATION] = filled[DESTINATION]
    connections[DESTINATION].ensure_connection()

    number = transfer.leave("default", destination=there, at=timezone.now())
    try:
        _stand_still(data)  # whoever starts from now on meets the mark
        if transfer.prepare(DESTINATION, source=here, move=number, at=timezone.now()):
            _say(f"数据库：{here} → {there}")
            moved = transfer.copy_rows(
                "default", DESTINATION, move=number, at=timezone.now(), say=_progress()
            )
            _clear_line()
            _say(f"数据库：{len(moved.tables)} 张表、{moved.rows} 行，逐行核对一致")
        else:
            _say("数据库：上一次已经搬完，逐行核对过")
    except (transfer.TransferRefused, Failure):
        if not _surely_absent(number):
            raise Failure(
                "与目的数据库的连接在最后一刻断了，不能确定有没有搬完",
                where=there,
                mend="连通之后再运行同一条命令，它会查明并接着做；在此之前两边都不会提供服务",
            ) from None
        transfer.stay()  # nothing arrived: the installation may be used again, and mended
        raise
    _carry_uploads(data, url, storage)
    if storage:
        transfer.note_files(DESTINATION, store=storage, at=timezone.now())
    transfer.left("default", move=number, at=timezone.now())


def _surely_absent(number: UUID) -> bool:
    """Whether the destination itself says that the rows of this move are not there."""
    from django.db import DatabaseError

    from fengcai.engines.transfer import has_arrived

    try:
        return not has_arrived(DESTINATION, move=number)
    except DatabaseError as error:
        return "transfer_move" in str(error)  # no such table: nothing was ever laid down there


def _stand_still(data: Path, *, done: str = "") -> None:
    if running := whoever_runs(data):
        raise Failure(
            f"{done}{running}还在运行，最后一步要在停下之后做",
            mend="停下它（fengcai serve、web、worker），再运行同一条命令接着搬",
        )


def _finish_uploads() -> None:
    """Whole uploads are handed over here, where they arrived."""
    from fengcai.engines import uploads

    uploads.finish_pending()
    if waiting := uploads.unregistered():
        raise Failure(
            f"有 {waiting} 个文件已经收齐，却登记不了",
            mend="运行 fengcai serve 看日志里的原因，处理后再运行同一条命令；文件都还在",
        )


def _refuse_to_drop(storage: str) -> None:
    """What has half arrived in S3 cannot be carried: say so before anything is given up."""
    from fengcai.engines import storage as stores
    from fengcai.engines import uploads

    if stores.multiparts() is not None and (half := uploads.half_received()):
        raise Failure(
            f"有 {half} 个没有传完的上传在原来的 S3 里，带不到 {storage}",
            mend="等它们传完再搬；或加 --drop-uploads，对方要从头再传这几个文件",
        )


def _note_files(data: Path, storage: str) -> None:
    """Only the files have moved: from now on the database is served from with the new place."""
    from django.utils import timezone

    from fengcai.engines.transfer import note_files

    _carry_uploads(data, "", storage)
    note_files("default", store=storage, at=timezone.now())


def _carry_uploads(data: Path, database: str, storage: str) -> None:
    """Have the new installation take over what is still arriving, in a process of its settings."""
    if not storage.startswith("s3://") or not (data / "uploads").is_dir():
        return
    settings = {"FENGCAI_STORAGE": storage}
    if database:
        settings["FENGCAI_DATABASE_URL"] = database
    command = [
        sys.executable,
        "-m",
        "fengcai.cli",
        "move",
        "--bring-uploads",
        str(data / "uploads"),
    ]
    if code := subprocess.run(command, env=os.environ | settings, check=False).returncode:
        raise Failure("没有传完的上传没有全部带过去", mend="再运行同一条命令接着搬", code=code)


def _bring_uploads(directory: Path) -> int:
    from fengcai.engines.uploads import bring_unfinished

    uploads, sent = bring_unfinished(directory)
    if uploads:
        _say(f"没有传完的上传：{uploads} 个、{sent} 字节，对方可以从断点接着传")
    return 0


def _progress(what: str = "") -> Callable[[Any, int], None]:
    """A line that is written over again, where somebody watches."""
    if not sys.stderr.isatty():
        return lambda name, count: None

    def say(name: Any, count: int) -> None:
        line = f"{what} {name} 个，{count} 字节" if what else f"{name} {count} 行"
        sys.stderr.write(f"\r\x1b[K  {line}")
        sys.stderr.flush()

    return say


def _clear_line() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def _say_how_to_go_on(data: Path, database: str, storage: str) -> None:
    _say("搬完了。新的一套这样设置：")
    if database:
        _say("  FENGCAI_DATABASE_URL=（上面的 postgres://… 地址）")
    if storage:
        _say(f"  FENGCAI_STORAGE={storage}")
    if (data / "secret.key").exists():
        _say(f"  FENGCAI_SECRET_KEY=（{data}/secret.key 的内容；不同则所有人要重新登录、链接失效）")
    if any((data / "uploads").glob("*.part")) and not storage.startswith("s3://"):
        _say(f"  没有传完的上传在 {data}/uploads：换机器时一起拷到新的数据目录")
    if database and not storage:
        _say("  作品文件没有搬：FENGCAI_STORAGE（默认 DATA/files）要指向原来的那些文件")
    _say("设好后先运行 fengcai doctor，再启动。")
    if database:
        _say("这里的数据原样留着，但不再提供服务；若要退回来用它，运行 fengcai move --cancel。")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
