"""Moving an installation to PostgreSQL and other storage: whole, once, and never half unnoticed."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import databases
from tests.cli.installed import Installation, free_port
from tests.furnished import furnish
from tooling.servers import postgresql, s3

pytestmark = pytest.mark.timeout(240)

BOOK = Path(__file__).parents[2] / "examples/rulebooks/jiangxi-2026.yaml"
KEY = "ab/cd/abcd{:028x}.bin"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.PostgreSQL]:
    with postgresql.running(tmp_path_factory.mktemp("postgresql"), durable=False) as server:
        yield server


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An administrator, a contest with its questions, an audit chain."""
    installation = Installation(tmp_path_factory.mktemp("original") / "data")
    furnish(installation.data)
    words = ("init", "--admin", "office", "--password-stdin")
    assert installation.run(*words, said="yizhangtongzhi-1\n").returncode == 0
    create = ("contest", "create", str(BOOK), "--slug", "yike", "--organiser", "office")
    assert installation.run(*create).returncode == 0
    return installation


@pytest.fixture
def source(original: Installation, tmp_path: Path) -> Installation:
    """A copy of the original that a test may spoil, with three stored files."""
    data = tmp_path / "data"
    subprocess.run(["cp", "-a", str(original.data), str(data)], check=True)
    for number in range(3):
        file = data / "files" / KEY.format(number)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes([number]) * (1000 + number))
    return Installation(data)


@pytest.fixture
def url(server: postgresql.PostgreSQL) -> str:
    """An empty database of its own."""
    return created(server)


@pytest.fixture
def laid(server: postgresql.PostgreSQL) -> str:
    """One of its own in which the tables lie already, empty: laying them down takes ten seconds."""
    databases.postgresql_template(server.url)
    return created(server, f"TEMPLATE {databases.TEMPLATE}")


def created(server: postgresql.PostgreSQL, how: str = "") -> str:
    name = f"move_{time.monotonic_ns()}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}")
    return server.url.rpartition("/")[0] + f"/{name}"


def rows(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert found is not None
    return int(found[0])


def change(source: Installation, statement: str) -> None:
    with sqlite3.connect(source.data / "fengcai.sqlite3") as connection:
        assert connection.execute(statement).rowcount >= 1


def marks(source: Installation) -> list[tuple[str, bool]]:
    """The direction of each move that the database knows of, and whether it is done."""
    with sqlite3.connect(source.data / "fengcai.sqlite3") as connection:
        found = connection.execute("SELECT direction, finished FROM transfer_move").fetchall()
    return [(direction, finished is not None) for direction, finished in found]


def test_everything_arrives_once_and_the_old_place_closes(
    source: Installation, url: str, tmp_path: Path
):
    files = tmp_path / "elsewhere"
    moved = source.run("move", "--to", url, str(files))
    assert (moved.stderr, moved.returncode) == ("", 0)
    assert "文件：3 个、3003 字节，逐字节核对一致\n" in moved.stdout
    assert "行，逐行核对一致\n" in moved.stdout
    assert "fengcai@" not in moved.stdout  # no password in what is printed

    there = Installation(source.data, FENGCAI_DATABASE_URL=url, FENGCAI_STORAGE=str(files))
    code, states = there.doctor()
    assert (code, states["数据库"], states["审计链"]) == (0, ["good"], ["good"])
    assert [rows(url, table) for table in ("people_user", "contests_contest")] == [1, 1]
    for number in range(3):
        assert (files / KEY.format(number)).read_bytes() == bytes([number]) * (1000 + number)
    # New rows are numbered on from the old ones.
    again = ("contest", "create", str(BOOK), "--slug", "zweite", "--organiser", "office")
    assert there.run(*again).returncode == 0
    assert rows(url, "contests_contest") == 2

    refused = source.run("web", "--port", str(free_port()))
    assert refused.returncode == 1
    assert refused.stderr.startswith("✗ 这一套已搬到 PostgreSQL 127.0.0.1:")
    assert source.doctor()[1]["搬迁"] == ["warning"]

    twice = source.run("move", "--to", url, str(files))
    assert (twice.stderr, twice.returncode) == ("", 0)
    assert "数据库：上一次已经搬完，逐行核对过" in twice.stdout
    assert "文件：0 个、0 字节，逐字节核对一致（另有 3 个已在上次核对）" in twice.stdout
    assert rows(url, "contests_contest") == 2

    assert source.run("move", "--cancel").stdout == "已取消搬迁：这一套重新可用。\n"
    assert marks(source) == []
    # After that it is another move, and the destination is somebody's already.
    third = source.run("move", "--to", url)
    assert third.returncode == 1
    assert "目的数据库有别的搬迁的记号（" in third.stderr
    assert "没有改动它" in third.stderr
    assert rows(url, "contests_contest") == 2


def test_killed_in_the_middle_neither_place_serves_and_the_same_command_goes_on(
    source: Installation, laid: str
):
    # A lock that lets readers in holds it among its rows.
    with psycopg.connect(laid) as holding:
        holding.execute("LOCK TABLE people_user IN EXCLUSIVE MODE")
        moving = source.begin("move", "--to", laid)
        with psycopg.connect(laid, autocommit=True) as watching:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            until = time.monotonic() + 60
            while watching.execute(waiting).fetchone() == (0,):
                assert time.monotonic() < until, moving.communicate()
                time.sleep(0.05)
        moving.kill()
        moving.communicate()
        assert moving.returncode == -9

    there = Installation(source.data, FENGCAI_DATABASE_URL=laid)
    for place, reason in ((source, "正在搬往 PostgreSQL"), (there, "正在从 ")):
        refused = place.run("serve", "--port", str(free_port()))
        assert refused.returncode == 1
        assert reason in refused.stderr
        assert "还没有搬完" in refused.stderr
    assert there.doctor()[1]["搬迁"] == ["bad"]
    assert there.run("init", "--no-admin").returncode == 1

    assert source.run("move", "--to", laid).returncode == 0
    assert marks(source) == [("out_of", True)]
    assert rows(laid, "people_user") == 1


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE people_user SET name = 'a' || char(0)", "people_user 第 1 行的 name 含有空字符"),
        (f"UPDATE people_user SET name = '{'长' * 61}'", "name 有 61 个字符，超过 60 个"),
    ],
)  # fmt: skip
def test_a_row_that_postgresql_cannot_hold_is_named_and_nothing_changes(
    source: Installation, laid: str, statement: str, reason: str
):
    change(source, statement)
    refused = source.run("move", "--to", laid)
    assert refused.returncode == 1
    assert reason in refused.stderr
    assert rows(laid, "people_user") == 0
    assert marks(source) == []  # the site may be used, and the row mended


def test_a_database_that_holds_something_else_is_left_alone(
    source: Installation, url: str, laid: str, tmp_path: Path
):
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE patients (id int)")
    refused = source.run("move", "--to", url)
    assert (refused.returncode, "已有别的表（如 patients）" in refused.stderr) == (1, True)
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE patients")
        # Nothing else was laid down there: it might be another program's.
        found = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
        assert found == (0,)
    other = Installation(tmp_path / "other", FENGCAI_DATABASE_URL=laid)
    words = ("init", "--admin", "somebody", "--password-stdin")
    assert other.run(*words, said="yizhangtongzhi-1\n").returncode == 0
    refused = source.run("move", "--to", laid)
    assert (refused.returncode, "已经有一套风采的数据" in refused.stderr) == (1, True)
    assert rows(laid, "people_user") == 1
    # One that was itself moved away from holds all its rows still, and a mark.
    with psycopg.connect(laid) as connection:
        connection.execute(
            "INSERT INTO transfer_move (move, direction, other, began, finished) "
            "VALUES (gen_random_uuid(), 'out_of', 'elsewhere', now(), now())"
        )
    refused = source.run("move", "--to", laid)
    assert (refused.returncode, "别的搬迁的记号（搬出 elsewhere）" in refused.stderr) == (1, True)
    assert rows(laid, "people_user") == 1


def test_while_the_site_runs_only_the_files_travel(source: Installation, laid: str, tmp_path: Path):
    port = free_port()
    web = source.begin("web", "--port", str(port))
    try:
        assert web.stdout is not None
        assert web.stdout.readline().startswith("网站：")
        refused = source.run("move", "--to", laid, str(tmp_path / "elsewhere"))
        assert refused.returncode == 1
        assert "文件已搬好，网站还在运行，最后一步要在停下之后做" in refused.stderr
    finally:
        web.terminate()
        web.communicate(timeout=30)
    moved = source.run("move", "--to", laid, str(tmp_path / "elsewhere"))
    assert moved.returncode == 0
    assert "（另有 3 个已在上次核对）" in moved.stdout


def test_a_full_disk_stops_the_files_and_the_same_command_goes_on(
    source: Installation, tmp_path: Path
):
    big = source.data / "files" / KEY.format(9)
    big.write_bytes(bytes(64 * 2**20))
    elsewhere = tmp_path / "elsewhere"
    limited = ["prlimit", f"--fsize={32 * 2**20}", *source.command("move", "--to", str(elsewhere))]
    full = subprocess.run(
        limited, env=source.variables, capture_output=True, text=True, check=False
    )
    assert (full.returncode, full.stderr.count("\n")) == (1, 1)
    assert "超过了系统允许的大小" in full.stderr
    moved = source.run("move", "--to", str(elsewhere))
    assert (moved.stderr, moved.returncode) == ("", 0)
    # Served with the old setting, what came in from now on would be missing in the new place.
    forgotten = source.run("web", "--port", str(free_port()))
    assert forgotten.returncode == 1
    assert f"作品文件已搬到 {elsewhere}，设置里却是 {source.data}/files" in forgotten.stderr
    assert "文件：1 个、67108864 字节，逐字节核对一致（另有 3 个已在上次核对）" in moved.stdout


def test_to_a_bucket_and_out_of_it(source: Installation, tmp_path: Path):
    with s3.running(tmp_path / "s3") as service:
        variables = {
            name: value for name, value in service.variables.items() if name != "FENGCAI_STORAGE"
        }
        here = Installation(source.data, **variables)
        absent = here.run("move", "--to", "s3://absent/works")
        assert (absent.returncode, absent.stderr.count("\n")) == (1, 1)
        assert "absent" in absent.stderr
        moved = here.run("move", "--to", f"s3://{service.bucket}/works")
        assert (moved.stderr, moved.returncode) == ("", 0)
        away = Installation(
            source.data, **variables, FENGCAI_STORAGE=f"s3://{service.bucket}/works"
        )
        back = away.run("move", "--to", str(tmp_path / "back"))
        assert (back.stderr, back.returncode) == ("", 0)
    for number in range(3):
        there = tmp_path / "back" / KEY.format(number)
        assert there.read_bytes() == bytes([number]) * (1000 + number)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "要写明搬到哪里"),
        (("--to", "mysql://x/y"), "去处“mysql://x/y”不合用"),
        (("--to", "postgres://"), "缺少库名"),
        (("--to", "/a", "/b"), "至多一个数据库、一处文件"),
        (("--to", "postgres://nobody:x@127.0.0.1:1/fengcai"), "连不上数据库服务器"),
    ],
)
def test_a_destination_that_cannot_be_is_one_line(
    source: Installation, words: tuple[str, ...], reason: str
):
    refused = source.run("move", *words)
    assert refused.returncode in (1, 2)
    assert refused.stderr.count("\n") == 1
    assert reason in refused.stderr
    assert marks(source) == []


def test_a_database_from_a_newer_version_is_not_served_from(source: Installation):
    change(
        source,
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('entries', '9999_of_the_future', '2027-01-01')",
    )
    refused = source.run("serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "数据库比这个程序新" in refused.stderr
    assert "9999_of_the_future" in refused.stderr
    assert source.run("init", "--no-admin").returncode == 1
    assert source.doctor()[1]["数据库"] == ["bad"]
