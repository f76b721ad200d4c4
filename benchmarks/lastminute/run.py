"""p50, p95, p99 of a submission while 300 units submit within the last seconds before the deadline.

One real web process on SQLite, over HTTP; sessions and complete drafts are prepared beforehand. First
every unit at once (the worst that can be), shortly before the deadline; the server answers each when it
can, and what counts is when the request had come in. A few come a second after the deadline and must be
refused. Exits with 1 when a submission that came in time is lost or called late, or one that did not is
taken. There is no peer: the limit is an answer within 60 s, the usual patience of a proxy.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.served import Served

LIMIT_S = 60.0
TOKEN = "f" * 32


@dataclass
class Answer:
    """How one submission went."""

    entry: str
    begun: float
    seconds: float
    status: int
    text: str


def submit(served: Served, stage: dict[str, Any], work: dict[str, str], at: float) -> Answer:
    """Send one form at an instant (seconds since the epoch) on a connection that is open already."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=180)
    connection.connect()
    body = urlencode(
        [("version", work["version"]), ("signed_name", work["name"]),
         ("csrfmiddlewaretoken", TOKEN), *(("declared", each) for each in stage["declared"])]
    )  # fmt: skip
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{work['cookie']}; {stage['cookie_name']}={TOKEN}",
    }
    time.sleep(max(0.0, at - time.time()))
    begun, clock = time.time(), time.perf_counter()
    try:
        connection.request("POST", f"/works/{work['entry']}/submit", body, headers)
        answer = connection.getresponse()
        text, status = answer.read().decode(errors="replace"), answer.status
    except OSError as error:
        text, status = f"{type(error).__name__}: {error}", 0
    finally:
        connection.close()
    return Answer(work["entry"], begun, time.perf_counter() - clock, status, text)


def volley(
    served: Served, stage: dict[str, Any], plan: list[tuple[dict[str, str], float]]
) -> list[Answer]:
    """Every submission of the plan in a thread of its own."""
    answers: list[Answer] = []
    lock = threading.Lock()

    def one(work: dict[str, str], at: float) -> None:
        found = submit(served, stage, work, at)
        with lock:
            answers.append(found)

    threads = [threading.Thread(target=one, args=each) for each in plan]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def main() -> None:
    """Measure and reckon."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=300)
    options.add_argument("--late", type=int, default=5, help="how many come after the deadline")
    options.add_argument("--spread", type=float, default=0.0, help="seconds over which they come")
    options.add_argument("--prepare", type=float, default=90.0, help="seconds until the deadline")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fengcai-bench-lastminute-") as folder:
        served = Served(Path(folder))
        whole = asked.units + asked.late
        stage = served.stage(
            "benchmarks.lastminute.stage", str(whole), str(asked.prepare + asked.spread)
        )
        with served.running():
            found = measure(asked, served, stage)
        reckon(asked, served, stage, found)


def measure(asked: argparse.Namespace, served: Served, stage: dict[str, Any]) -> list[Answer]:
    """Warm up, wait for the last seconds, and let everybody in."""
    works = stage["works"]
    for work in works:
        work["version"] = "2"
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    for work in works[:8]:  # templates and rules are read once
        connection.request("GET", f"/works/{work['entry']}/", headers={"Cookie": work["cookie"]})
        connection.getresponse().read()
    connection.close()
    closes = stage["closes"]
    begins = closes - asked.spread - 2.0
    if time.time() > begins - 1:
        raise SystemExit("the stage took longer than --prepare; ask for more")
    step = asked.spread / max(asked.units, 1)
    plan = [(work, begins + number * step) for number, work in enumerate(works[: asked.units])]
    plan += [(work, closes + 2.0) for work in works[asked.units :]]
    before = served.cpu_s()
    answers = volley(served, stage, plan)
    print(f"CPU of the web process: {served.cpu_s() - before:.1f} s", file=sys.stderr)
    return answers


def reckon(
    asked: argparse.Namespace, served: Served, stage: dict[str, Any], answers: list[Answer]
) -> None:
    """Hold the answers against the database; print the figures; exit with 1 where anything is wrong."""
    stands = json.loads(served.python("-m", "benchmarks.lastminute.reckon").splitlines()[-1])
    closes = stage["closes"]
    in_time = [each for each in answers if each.begun < closes]
    after = [each for each in answers if each.begun >= closes + 1]
    lost = [a for a in in_time if a.status != 302 or stands["states"][a.entry] != "submitted"]
    taken = [a for a in after if a.status == 302 or stands["states"][a.entry] == "submitted"]
    if lost or taken:
        print((served.folder / "web.log").read_text()[-3000:], file=sys.stderr)
    seconds = sorted(each.seconds for each in in_time)
    late_answers = sum(1 for each in in_time if each.begun + each.seconds > closes + 1)
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    wrong = len(lost) + len(taken) + stands["late"] + (0 if stands["chain"] else 1)
    print(
        json.dumps({
            "bench": "lastminute.submit", "value": round(cuts[94], 3), "unit": "s (p95)",
            "p50": round(cuts[49], 3), "p99": round(cuts[98], 3), "worst": round(seconds[-1], 3),
            "peer": LIMIT_S, "ratio": round(cuts[94] / LIMIT_S, 4), "better": "less",
            "units": len(in_time), "spread_s": asked.spread, "errors": wrong, "lost": len(lost),
            "wrongly_late": stands["late"], "wrongly_taken": len(taken),
            "recorded": stands["recorded"], "refused_after": len(after) - len(taken),
            "answered_after_the_deadline": late_answers,
        })
    )  # fmt: skip
    if wrong or stands["recorded"] != len(in_time) - len(lost) or seconds[-1] > LIMIT_S:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
