"""A real installation in a folder of its own: first run, serving, ending, and the doctor's word."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.cli.installed import Installation, free_port

pytestmark = pytest.mark.timeout(180)

PASSWORD = "xin-nei-ke-2026"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("installation") / "data")
    ended = installation.run("init", "--no-admin")
    assert ended.returncode == 0, ended.stderr
    return installation


def test_serving_without_a_database_says_what_to_run(tmp_path: Path):
    ended = Installation(tmp_path).run("serve", "--port", str(free_port()))
    assert ended.returncode == 1
    assert ended.stderr == (
        f"✗ 还没有数据库（{tmp_path}/fengcai.sqlite3）。先运行 fengcai init。\n"
    )


def test_init_can_be_run_again(installation: Installation):
    ended = installation.run("init", "--no-admin")
    assert ended.returncode == 0
    assert ended.stdout == f"数据目录：{installation.data}\n数据库：已是最新\n"


def test_init_without_a_terminal_asks_nothing(installation: Installation):
    ended = installation.run("init")
    assert ended.returncode == 0
    assert "管理员：没有建立" in ended.stdout


def test_the_key_is_made_once_and_is_the_owner_s_alone(installation: Installation):
    key = installation.data / "secret.key"
    before = key.read_text()
    installation.run("init", "--no-admin")
    assert key.read_text() == before
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_first_account_is_made_once(installation: Installation):
    words = ("init", "--admin", "xuanchuan", "--name", "宣传科", "--password-stdin")
    made = installation.run(*words, said=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    assert made.stdout.endswith("管理员：xuanchuan（宣传科）\n")
    assert installation.run("account", "list").stdout.splitlines()[0].endswith("\t系统管理员")
    again = installation.run(*words, said=f"{PASSWORD}\n")
    assert again.returncode == 1
    assert again.stderr == "✗ 账号“xuanchuan”已存在，请换一个账号名。\n"


def test_a_weak_password_makes_no_account(installation: Installation):
    words = ("init", "--admin", "ruo", "--password-stdin")
    refused = installation.run(*words, said="12345\n")
    assert refused.returncode == 1
    assert refused.stderr.startswith("✗ 密码不合要求：")
    assert installation.run(*words, said=f"{PASSWORD}\n").returncode == 0


def test_the_doctor_sees_an_open_key(installation: Installation):
    key = installation.data / "secret.key"
    key.chmod(0o644)
    try:
        code, states = installation.doctor()
    finally:
        key.chmod(0o600)
    assert code == 1
    assert states["密钥"] == ["bad"]


def test_the_doctor_sees_a_demo_that_is_open_to_the_network(installation: Installation):
    installation.variables |= {"FENGCAI_DEMO": "1", "FENGCAI_ALLOWED_HOSTS": "fengcai.example.cn"}
    try:
        code, states = installation.doctor()
    finally:
        del installation.variables["FENGCAI_DEMO"]
        del installation.variables["FENGCAI_ALLOWED_HOSTS"]
    assert code == 1
    assert states["配置"] == ["good", "bad", "warning"]
    assert states["HTTPS"] == ["warning"]


def test_the_doctor_sees_a_missing_database(tmp_path: Path):
    code, states = Installation(tmp_path).doctor()
    assert code == 1
    assert states["数据库"] == ["bad"]


def test_serve_answers_pages_keeps_a_worker_and_ends_with_everything(installation: Installation):
    port = free_port()
    server = subprocess.Popen(
        installation.command("serve", "--port", str(port)),
        env=installation.variables, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert answer(port) == 200
        until = time.monotonic() + 30
        code, states = installation.doctor()
        while states["后台任务"] != ["good"] and time.monotonic() < until:
            code, states = installation.doctor()
        assert (code, states["后台任务"], states["媒体检测"]) == (0, ["good"], ["good"])

        taken = installation.run("serve", "--port", str(port))
        assert taken.returncode == 1
        assert taken.stderr.startswith(f"✗ 不能监听 127.0.0.1:{port}（端口已被占用）。")

        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert installation.doctor()[1]["后台任务"] == ["warning"]


def answer(port: int) -> int:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
                return int(page.status)
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < until, "the server did not answer"
            time.sleep(0.2)
