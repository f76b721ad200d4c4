"""Brokers that are away, forget, repeat or come back empty: the rows decide, and no request waits."""

from __future__ import annotations

import shutil
import signal
import time

import pytest

from fengcai.engines.jobs.celery.line import Line
from tests.engines.jobs.drills import BROKERS, Drill, drilled
from tooling.servers.proxy import FlakyProxy

pytestmark = pytest.mark.timeout(240)

SLOW = "'drill.slow', {'before': 0.3, 'inside': 0.0}"


@drilled(*BROKERS)
def test_a_broker_that_comes_back_empty_costs_no_job(drill: Drill) -> None:
    """Killed under work with most numbers still in it, wiped, started again; then all at once."""
    drill.worker()
    drill.served()
    drill.enqueue(*[SLOW] * 12)
    drill.wait(lambda: drill.states().get("done", 0) >= 2, 20, "work has begun")
    drill.broker.kill()
    wipe(drill)
    assert set(drill.states()) != {"done"}
    drill.broker.start()
    drill.all_done(60)
    assert drill.effects() == [(number, 1) for number in range(1, 13)]


def test_everything_killed_at_once_and_started_again(drill_redis: Drill) -> None:
    """Worker, broker and database fall together under work, as when the power goes."""
    drill = drill_redis
    worker = drill.worker()
    drill.served()
    drill.enqueue(*[SLOW] * 12)
    drill.wait(lambda: drill.states().get("done", 0) >= 2, 20, "work has begun")
    worker.send_signal(signal.SIGKILL)
    drill.broker.kill()
    drill.servers.postgresql.kill()
    worker.wait()
    drill.servers.postgresql.start()
    drill.broker.start()
    drill.worker()
    drill.all_done(60)
    assert drill.effects() == [(number, 1) for number in range(1, 13)]


def test_a_database_that_restarts_uses_up_no_job(drill_redis: Drill) -> None:
    """Numbers come in while the database is away: they wait, and so do the running jobs."""
    drill = drill_redis
    drill.worker()
    drill.served()
    drill.enqueue(*[SLOW] * 8)
    drill.wait(lambda: drill.states().get("done", 0) >= 1, 20, "work has begun")
    drill.servers.postgresql.kill()
    time.sleep(0.7)
    drill.servers.postgresql.start()
    drill.all_done(60)
    assert drill.effects() == [(number, 1) for number in range(1, 9)]
    assert drill.sql("SELECT max(failures) FROM jobs_job") == [(0,)]


@drilled(*BROKERS)
def test_a_broker_that_accepts_and_drops_only_delays(drill: Drill) -> None:
    drill.enqueue(*["'drill.quick'"] * 10)
    assert drill.depth() == 10
    drill.empty_broker()
    assert drill.depth() == 0
    drill.worker()
    drill.all_done(30)
    assert drill.effects() == [(number, 1) for number in range(1, 11)]


@drilled(*BROKERS)
def test_numbers_that_come_twice_do_nothing_the_second_time(drill: Drill) -> None:
    """Before the job runs, while it runs, after it is done; and numbers of no job at all."""
    drill.enqueue(*[SLOW] * 5)
    line = Line(drill.broker.url)
    for number in [1, 2, 3, 4, 5, 99] * 3:
        line.send(number, "drill.slow", 0)
    drill.worker()
    drill.wait(lambda: "running" in drill.states(), 20, "one runs")
    for number in range(1, 6):
        line.send(number, "drill.slow", 0)
    drill.all_done(30)
    line.send(1, "drill.slow", 10)
    line.close()
    drill.wait(lambda: drill.depth() == 0, 20, "the broker is empty")
    time.sleep(0.5)
    assert drill.effects() == [(number, 1) for number in range(1, 6)]
    assert drill.sql("SELECT max(attempts), max(interruptions) FROM jobs_job") == [(1, 0)]


@drilled(*BROKERS)
def test_a_request_neither_fails_nor_waits_when_the_broker_is_away(drill: Drill) -> None:
    """Refused, or let in and never answered: committed at once, tried seldom, carried later."""
    many = (
        "import time\nfrom fengcai.engines.jobs import enqueue\n"
        "enqueue('drill.quick')\nbegan = time.monotonic()\n"
        "for _ in range(50): enqueue('drill.quick')\nprint('took', time.monotonic() - began)"
    )
    with FlakyProxy(drill.broker.port) as proxy:
        url = drill.broker.url
        drill.variables["DRILL_BROKER"] = url.replace(f":{drill.broker.port}", f":{proxy.port}")
        proxy.refuse()
        assert took(drill.python(many)) < 2.0
        proxy.drop()
        assert took(drill.python(many)) < 2.0
        assert proxy.connections <= 3, "a storm of tries"
        drill.variables["DRILL_BROKER"] = url
    assert drill.states() == {"queued": 102}
    drill.worker()
    drill.all_done(30)
    assert drill.effects() == [(number, 1) for number in range(1, 103)]


@pytest.mark.timeout(240)
@drilled(*BROKERS)
def test_a_line_that_breaks_is_made_anew(drill: Drill) -> None:
    """The worker's connection and the web's are cut again and again under work.

    It takes seconds, but a cut that one side does not see is found by the heartbeat: twice 20 s.
    """
    with FlakyProxy(drill.broker.port) as proxy:
        url = drill.broker.url
        drill.variables["DRILL_BROKER"] = url.replace(f":{drill.broker.port}", f":{proxy.port}")
        drill.worker()
        drill.served()
        for _ in range(3):
            drill.enqueue(*[SLOW] * 4)
            proxy.cut()
        drill.all_done(90)
        drill.close()
    assert drill.effects() == [(number, 1) for number in range(1, 13)]


@drilled(*BROKERS)
def test_jobs_that_run_while_the_line_breaks_leave_the_worker_hearing(drill: Drill) -> None:
    """Both hands are full when the line is cut: their ends come after it is made anew, and it stays."""
    with FlakyProxy(drill.broker.port) as proxy:
        url = drill.broker.url
        drill.variables["DRILL_BROKER"] = url.replace(f":{drill.broker.port}", f":{proxy.port}")
        drill.worker()
        drill.served()
        drill.enqueue(*["'drill.slow', {'before': 5.0, 'inside': 0.0}"] * 2, *[SLOW] * 6)
        drill.wait(lambda: drill.states().get("running", 0) == 2, 20, "both hands are full")
        proxy.cut()
        drill.all_done(40)
        lines = proxy.connections
        drill.close()
    assert drill.effects() == [(number, 1) for number in range(1, 9)]
    if drill.engine == "rabbitmq":  # the request's, the worker's two, and those two made anew
        assert lines <= 5, "a stale acknowledgement broke the line again"


@drilled(*BROKERS)
def test_waiting_jobs_are_not_told_again_while_the_broker_has_them(drill: Drill) -> None:
    """Three hundred wait long past the dispatcher's patience; then a hundred numbers are lost."""
    said = drill.python(
        "import time\n"
        "from django.conf import settings\n"
        "from fengcai.engines.jobs import carriage, enqueue\n"
        "from fengcai.engines.jobs.celery.dispatch import Dispatcher\n"
        "from fengcai.engines.jobs.celery.line import Line\n"
        "before = carriage.install(None)\n"
        "for _ in range(300): enqueue('drill.quick')\n"
        "line = Line(settings.FENGCAI_BROKER_URL)\n"
        "one, other = Dispatcher(line, patience=0.2), Dispatcher(line, patience=0.2)\n"
        "print(one.round(), other.round())\n"
        "for _ in range(3):\n"
        "    time.sleep(0.3)\n"
        "    print(one.round(), other.round())\n"
        "queue = line._app.amqp.queues['fengcai.default'](line._open().channel())\n"
        "for _ in range(100): queue.get(no_ack=True)\n"
        "time.sleep(0.3)\n"
        "print(one.round(), other.round())\n"
    )
    numbers = [word for line in said.splitlines() if line[0].isdigit() for word in line.split()[:2]]
    told = [word for word in numbers if word.isdigit()]
    assert told == ["300", "0", *["0"] * 6, "100", "0"]


def took(said: str) -> float:
    """The seconds that the script told among the lines of its log."""
    [line] = [line for line in said.splitlines() if line.startswith("took ")]
    return float(line.split()[1])


def wipe(drill: Drill) -> None:
    """Take from a dead broker all that it kept."""
    for folder in ("appendonlydir", "mnesia"):
        shutil.rmtree(drill.broker.folder / folder, ignore_errors=True)


@pytest.fixture
def drill_redis(request: pytest.FixtureRequest, tmp_path, servers):  # type: ignore[no-untyped-def]
    """A drill over Redis for what concerns the database more than the broker."""
    drill = Drill(tmp_path, "redis", servers)
    yield drill
    servers.postgresql.start()
    drill.close()
