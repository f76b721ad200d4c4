"""Settings that are half or wrong are named in Chinese, and nothing starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from fengcai.project.configuration import Configuration
from fengcai.project.databases import postgresql

PG = "postgres://fengcai:x@db:5432/fengcai"


def said(**settings: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Configuration(**settings)
    (error,) = refused.value.errors()
    return str(error["msg"]).removeprefix("Value error, ")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"jobs": "celery", "database_url": PG}, "FENGCAI_JOBS=celery 还需要 FENGCAI_BROKER_URL"),
        (
            {"jobs": "celery", "broker_url": "redis://mq:6379/0"},
            "FENGCAI_JOBS=celery 需要多台机器共用的数据库：设 FENGCAI_DATABASE_URL=postgres://…",
        ),
        ({"live": "redis"}, "FENGCAI_LIVE=redis 还需要 FENGCAI_REDIS_URL"),
        (
            {"s3_access_key": "x"},
            "FENGCAI_S3_ACCESS_KEY 与 FENGCAI_S3_SECRET_KEY 要一起设",
        ),
        ({"database_url": "mysql://db/x"}, "须以 sqlite://、postgres://、postgresql:// 开头，并写全地址"),
        ({"database_url": "postgres://"}, "须以 sqlite://、postgres://、postgresql:// 开头，并写全地址"),
        ({"broker_url": "kafka://mq"}, "须以 redis://、rediss://、amqp://、amqps:// 开头，并写全地址"),
        ({"redis_url": "mq:6379"}, "须以 redis://、rediss:// 开头，并写全地址"),
        ({"clamd": "clamd"}, "须是套接字文件的绝对路径，或“主机:端口”"),
        ({"speech_url": "127.0.0.1:9/v1"}, "须以 https://、http:// 开头，并写全地址"),
        (
            {"speech_url": "http://127.0.0.1:9/v1"},
            "FENGCAI_SPEECH_URL 还需要 FENGCAI_SPEECH_MODEL（模型名）",
        ),
        (
            {"speech_url": "https://speech.example/v1", "speech_model": "m"},
            "FENGCAI_SPEECH_URL 不在本机，影片的声音会离开这台机器；"
            "单位同意的，另设 FENGCAI_SPEECH_OUTSIDE=1",
        ),
        ({"storage": "files"}, "须是绝对路径或 s3://桶名/前缀"),
        ({"storage": "s3://"}, "s3:// 之后缺少桶名"),
    ],
)  # fmt: skip
def test_a_half_or_wrong_setting_is_named(settings: dict[str, Any], reason: str):
    assert said(**settings) == reason


def test_sound_leaves_the_machine_only_where_that_is_said():
    asked = {"speech_url": "https://speech.example/v1", "speech_model": "m"}
    assert Configuration(**asked, speech_outside=True).speech_url == asked["speech_url"]
    here = Configuration(speech_url="http://localhost:9/v1", speech_model="m")
    assert not here.speech_outside


def test_the_database_of_one_machine_lies_in_its_data(tmp_path: Path):
    database = Configuration(data=tmp_path).databases()["default"]
    assert (database["ENGINE"], database["NAME"]) == (
        "django.db.backends.sqlite3", tmp_path / "fengcai.sqlite3",
    )  # fmt: skip
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_server_s_address_is_read_as_libpq_reads_it():
    url = "postgres://u%40x:p%2Fw@h1:5433,h2:5434/f?sslmode=verify-full&target_session_attrs=read-write"
    database = Configuration(database_url=url, database_pool=5).databases()["default"]
    named = {name: database[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    assert named == {
        "USER": "u@x", "PASSWORD": "p/w", "HOST": "h1,h2", "PORT": "5433,5434", "NAME": "f",
    }  # fmt: skip
    options = database["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert options["target_session_attrs"] == "read-write"
    assert options["pool"]["max_size"] == 5
    assert "pool" not in postgresql(PG, pool=0)["OPTIONS"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [("postgres://db:5432", "缺少库名"), ("postgres://db/x?colour=red", "读不懂")],
)
def test_an_address_that_names_no_database_is_refused(url: str, reason: str):
    with pytest.raises(ValueError, match=reason):
        postgresql(url, pool=0)
