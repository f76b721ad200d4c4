"""Milliseconds to check the largest and the slowest example, seconds to draft a rulebook from the
longest example of a notice, and seconds to judge the requirements of 10 000 works, each against its
limit, in processor time of this process.

Works have facts of their own (sizes, lengths, rates differ), so that no figure comes from a store of
answers. The median of the rounds counts; the first round warms up.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from fengcai.core.inspection import Value, evaluate
from fengcai.core.notice import draft
from fengcai.core.rulebook import check, no_answers, parse, parse_answers, resolve

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WORKS = 10_000


def main() -> None:
    """Print one JSON line for each figure; the last is the headline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    books = sorted(EXAMPLES.glob("rulebooks/*.yaml"), key=lambda file: file.stat().st_size)
    seconds = {}
    for file in books:
        text = file.read_text("utf-8")
        seconds[file.stem] = measured(partial(whole_check, text), options.rounds)
    slowest = max(seconds, key=seconds.__getitem__)
    largest = books[-1].stem
    say("rulebook.check.largest", seconds[largest] * 1000, "ms", 50, book=largest,
        bytes=books[-1].stat().st_size)  # fmt: skip
    say("rulebook.check.slowest", seconds[slowest] * 1000, "ms", 50, book=slowest)
    notice = max(EXAMPLES.glob("notices/sources/*.txt"), key=lambda file: file.stat().st_size)
    text = notice.read_text("utf-8")
    drafting = measured(partial(draft, text, id=notice.stem), options.rounds)
    say("rulebook.draft", drafting, "s", 1, notice=notice.stem, characters=len(text))
    judged, findings = judging(options.rounds)
    say("rulebook.evaluate", judged, "s", 1, works=WORKS, findings=findings)


def whole_check(text: str) -> None:
    """What `fengcai rulebook check` does with a file's text."""
    book = parse(text, name="book.yaml")
    if check(book, no_answers(book.id)):
        raise SystemExit(f"{book.id} is not sound")


def judging(rounds: int) -> tuple[float, int]:
    """Seconds to judge every requirement on the Jiangxi films, and how many findings there are."""
    book = parse((EXAMPLES / "rulebooks/jiangxi-2026.yaml").read_text("utf-8"), name="book.yaml")
    answers = (EXAMPLES / "answers/jiangxi-2026.yaml").read_text("utf-8")
    rules = resolve(book, parse_answers(answers, name="answers.yaml"))
    slots = [slot for track in rules.tracks for slot in track.slots]
    turns = [works(turn) for turn in range(rounds + 1)]

    def all_of_them() -> int:
        facts = turns.pop()
        return sum(len(evaluate(slot.requirements, each)) for slot in slots for each in facts)

    return measured(all_of_them, rounds), sum(len(slot.requirements) for slot in slots) * WORKS


def works(turn: int) -> list[dict[str, Value]]:
    """Facts of 10 000 films, others in each turn."""
    return [
        {
            "container": "mp4",
            "width": 1920 + number % 3 * 960,
            "height": 1080 + number % 3 * 540,
            "fps": Fraction(30000 + number % 7, 1001),
            "duration": Fraction(240_000 + turn * WORKS + number, 1000),
            "has_audio": number % 50 > 0,
            "size": 100_000_000 + turn * WORKS + number,
        }
        for number in range(WORKS)
    ]


def measured(work: Callable[[], Any], rounds: int) -> float:
    """Processor seconds, the median of the rounds after one to warm up."""
    figures = []
    for _ in range(rounds + 1):
        began = time.process_time()
        work()
        figures.append(time.process_time() - began)
    return sorted(figures[1:])[rounds // 2]


def say(name: str, figure: float, unit: str, limit: float, **about: object) -> None:
    """One line of JSON; a ratio above 1 is in our favour."""
    line = {"name": name, "figure": round(figure, 3), "unit": unit}
    line["ratio"] = round(limit / figure, 2)
    print(json.dumps({**line, "against": limit, **about}), flush=True)


if __name__ == "__main__":
    main()
