"""The stream of jobs, works and marks: a process of the installation that calls its actions.

It is not killed itself. Every action that returned is written down; one that raised is asked after
again once the database answers. Ends when it has ordered all its jobs and `stop` stands.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import django

# The threads keep their connections; a pool would leave some of them waiting for ever.
os.environ["FENGCAI_DATABASE_POOL"] = "0"
faulthandler.register(signal.SIGUSR1)  # the conductor asks so when it waits in vain
django.setup()

from django.db import DatabaseError, InterfaceError, connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.faults.acknowledged import Acknowledged  # noqa: E402
from benchmarks.faults.effects.jobs import KIND  # noqa: E402
from fengcai.apps.contests.models import Contest, Unit  # noqa: E402
from fengcai.apps.entries.actions import save_draft, start_entry, withdraw_entry  # noqa: E402
from fengcai.apps.entries.models import Entry  # noqa: E402
from fengcai.apps.judging.actions import save_sheet  # noqa: E402
from fengcai.apps.judging.models import Round, ScoreSheet  # noqa: E402
from fengcai.apps.people.models import User  # noqa: E402
from fengcai.engines.jobs import enqueue  # noqa: E402

BATCH = 20
LONGEST_JOB = 0.01
TROUBLE = (DatabaseError, InterfaceError, OSError)


class Stream:
    """What the threads share."""

    def __init__(self, folder: Path, plan: dict, *, jobs: int, seconds: float, seed: int) -> None:
        self.plan, self.jobs, self.seconds, self.seed = plan, jobs, seconds, seed
        self.done = Acknowledged(folder / "acting.jsonl")
        self.stop_file = folder / "stop"
        self.ordered = threading.Event()

    def going(self) -> bool:
        """Whether there is more to do."""
        return not (self.ordered.is_set() and self.stop_file.exists())

    def order(self) -> None:
        """All jobs, in batches of one transaction each, spread over the drill's time."""
        chance = random.Random(self.seed)
        pause = self.seconds * BATCH / max(self.jobs, 1)
        for first in range(0, self.jobs, BATCH):
            numbers = range(first, min(first + BATCH, self.jobs))
            began = time.monotonic()
            sure = True
            try:
                with transaction.atomic():
                    for number in numbers:
                        seconds = chance.random() * LONGEST_JOB
                        enqueue(KIND, {"number": number, "seconds": seconds})
            except TROUBLE:
                sure = False
                forget_connection()
            for number in numbers:
                self.done.note("job", sure=sure, number=number)
            time.sleep(max(0.0, pause - (time.monotonic() - began)))
        self.ordered.set()

    def write(self, writer: dict) -> None:
        """One contact's works: begun, written in, withdrawn, again and again."""
        by = patient(lambda: User.objects.get(pk=writer["user"]))
        unit = patient(lambda: Unit.objects.select_related("contest").get(pk=writer["unit"]))
        contest = patient(lambda: Contest.objects.select_related("version").get(pk=unit.contest_id))
        count = 0
        while self.going():
            count += 1
            entry = self.try_(
                "entry", lambda: start_entry(
                    contest=contest, unit=unit, track="video", by=by, at=timezone.now()
                ),
                lambda made: {"entry": str(made.pk), "action": "entries.start"},
            )  # fmt: skip
            if entry is None:  # begun or not: go on from what stands
                entry = patient(
                    lambda: Entry.objects.filter(unit=unit).exclude(state="withdrawn").first()
                )
                if entry is None:
                    continue
            for draft in range(3):
                title = f"演练 {count}-{draft}"
                self.try_(
                    "draft", lambda title=title, pk=entry.pk: save_draft(
                        entry_id=pk, changes={"title": title}, by=by, at=timezone.now(),
                        expected_version=Entry.objects.get(pk=pk).version,
                    ),
                    lambda made, title=title: {
                        "entry": str(made.pk), "version": made.version, "title": title
                    },
                )  # fmt: skip
                time.sleep(0.05)
            self.try_(
                "entry", lambda pk=entry.pk: withdraw_entry(
                    entry_id=pk, by=by, at=timezone.now()
                ),
                lambda made: {"entry": str(made.pk), "action": "entries.withdraw"},
            )  # fmt: skip

    def judge(self, judge: int) -> None:
        """One judge's sheets, each saved again and again."""
        chance = random.Random(self.seed + judge)
        by = patient(lambda: User.objects.get(pk=judge))
        round = patient(lambda: Round.objects.get(pk=self.plan["round"]))
        criteria = ("theme", "content", "distinct", "craft", "creative")
        while self.going():
            work = UUID(chance.choice(self.plan["works"]))
            values = {name: str(chance.randint(1, 20)) for name in criteria}
            standing = patient(
                lambda work=work: ScoreSheet.objects.filter(
                    round=round, judge=by, entry=work
                ).first()
            )
            self.try_(
                "mark", lambda work=work, values=values, standing=standing: save_sheet(
                    round=round, entry_id=work, values=values, comment="", by=by,
                    expected_version=standing.version if standing else 0, at=timezone.now(),
                ),
                lambda made, work=work, values=values: {
                    "judge": judge, "entry": str(work), "version": made.version, "values": values
                },
            )  # fmt: skip
            time.sleep(0.05)

    def try_(self, kind: str, act, told):
        """Act once; write down what came of it. None when no answer came."""
        try:
            made = act()
        except TROUBLE:
            forget_connection()
            return None
        self.done.note(kind, **told(made))
        return made


def patient(ask):
    """The answer to a read, asked again until the database answers."""
    while True:
        try:
            return ask()
        except TROUBLE:
            forget_connection()


def forget_connection() -> None:
    """Let go of a connection that may be broken, and give the server a moment."""
    connection.close()
    time.sleep(0.2)


def main() -> None:
    folder, jobs, seconds, seed = sys.argv[1:]
    plan = json.loads((Path(folder) / "plan.json").read_text())
    stream = Stream(Path(folder), plan, jobs=int(jobs), seconds=float(seconds), seed=int(seed))
    work = [stream.order]
    work += [lambda writer=writer: stream.write(writer) for writer in plan["writers"]]
    work += [lambda judge=judge: stream.judge(judge) for judge in plan["judges"]]
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
