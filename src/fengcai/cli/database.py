"""Whether the installation's database can be worked with: reachable, as new as the program, whole.

Looks only; upgrading is `init`'s business and moving is `move`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from fengcai.cli.errors import Failure


def described() -> str:
    """This installation's database by a name that may stand in a log."""
    from django.conf import settings

    return named(settings.DATABASES["default"])


def named(database: Mapping[str, Any]) -> str:
    """A database of Django's settings by its path, or its host and name; never its password."""
    if database["ENGINE"].endswith("sqlite3"):
        return str(database["NAME"])
    host = database["HOST"] or "本机"
    return (
        f"PostgreSQL {host}{':' + database['PORT'] if database['PORT'] else ''}/{database['NAME']}"
    )


def pending_migrations() -> tuple[str, ...]:
    """Names of migrations that the database still lacks; all of them before the first run."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def unknown_migrations() -> tuple[str, ...]:
    """Names of migrations that the database has had and this program has never heard of."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    replaced = {key for known in loader.disk_migrations.values() for key in known.replaces}
    # A library's own old migrations may be squashed away; ours, and whole unknown apps, never are.
    libraries = {c.label for c in apps.get_app_configs() if not c.name.startswith("fengcai.")}
    strange = set(loader.applied_migrations) - set(loader.disk_migrations) - replaced
    return tuple(sorted(f"{app}.{name}" for app, name in strange if app not in libraries))


def clock_gap() -> timedelta:
    """This machine's clock less the database server's; nothing on SQLite, which has none."""
    from django.db import connection
    from django.utils import timezone

    if connection.vendor != "postgresql":
        return timedelta(0)
    with connection.cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    return before + (timezone.now() - before) / 2 - there


def require_database(*, leaving: bool = False) -> None:
    """Refuse to work on a database that is missing, older or newer than the program, or half moved.

    With `leaving` one that is being moved away from will do: that is `move` itself.
    Raises Failure; a server that cannot be reached raises OperationalError.
    """
    from django.conf import settings
    from django.db import connection

    where = described()
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        raise Failure("还没有数据库", where=where, mend="先运行 fengcai init")
    refuse_newer()
    refuse_half_moved(leaving=leaving)
    if pending := pending_migrations():
        raise Failure(
            f"数据库需要升级（{len(pending)} 步）", where=where, mend="先备份，再运行 fengcai init"
        )


def refuse_newer() -> None:
    """Raises Failure when the database has had migrations that this program does not know."""
    if strange := unknown_migrations():
        raise Failure(
            f"数据库比这个程序新（有 {len(strange)} 步升级是它不认识的，如 {strange[-1]}）",
            where=described(),
            mend="装回较新的风采版本；数据没有改动",
        )


def refuse_half_moved(*, leaving: bool = False) -> None:
    """Raises Failure when a move into or out of this database stands between it and its use."""
    from fengcai.engines.transfer import standing

    marks, where = standing(), described()
    if marks.arriving_from:
        raise Failure(
            f"这个数据库正在从 {marks.arriving_from} 搬入，还没有搬完",
            where=where,
            mend="在原来那一套上再运行同一条 fengcai move，把它搬完",
        )
    if marks.leaving_to and not leaving:
        raise Failure(
            f"这一套正在搬往 {marks.leaving_to}，还没有搬完",
            where=where,
            mend="再运行同一条 fengcai move 接着搬；不搬了则运行 fengcai move --cancel",
        )
    if marks.files_at and marks.files_at != (configured := _files_place()):
        raise Failure(
            f"作品文件已搬到 {marks.files_at}，设置里却是 {configured}",
            where="FENGCAI_STORAGE",
            mend="改正设置；若文件确实在设置的那一处，运行 fengcai move --cancel",
        )
    if marks.left_to and not leaving:
        raise Failure(
            f"这一套已搬到 {marks.left_to}，这里不再提供服务",
            where=where,
            mend="到新的一套去运行；若要退回来用它（那边此后的内容不会回来），运行 fengcai move --cancel",
        )


def _files_place() -> str:
    from fengcai.engines.storage import store

    return store().url
