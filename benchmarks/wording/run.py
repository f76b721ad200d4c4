"""Characters a second that `core.wording.find` reads, in processor time of this process, on a quarter of a
million characters of the example notices and the lexicons' own examples; and how much longer the same words take
as one alternation of `re` on the same text, which sees through no disguise.

The median of the rounds counts; the first round warms up.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from fengcai.core.wording import find, shipped

NOTICES = Path(__file__).resolve().parents[2] / "examples" / "notices" / "sources"
CHARACTERS = 250_000
LEAST = 300_000
"""Characters a second; a work's texts are some ten thousand."""


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    text = sample()
    lexicon = shipped()
    words = {word for term in lexicon.terms for word in (*term.words, *term.unless)}
    peer = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    ours = measured(lambda: find(text), options.rounds)
    theirs = measured(lambda: peer.findall(text), options.rounds)
    speed = len(text) / ours
    told = {
        "name": "wording.find",
        "figure": round(speed),
        "unit": "characters/s",
        "ratio": round(speed / LEAST, 2),
        "against": LEAST,
        "characters": len(text),
        "words": len(words),
        "hits": len(find(text)),
        "peer": "one alternation of re",
        "peer_figure": round(len(text) / theirs),
    }
    print(json.dumps(told, ensure_ascii=False), flush=True)


def sample() -> str:
    """Notices, with the examples of every term between them, repeated up to the size."""
    notices = [file.read_text("utf-8") for file in sorted(NOTICES.glob("*.txt"))]
    examples = "\n".join(x for term in shipped().terms for x in (*term.hits, *term.clear))
    whole = f"\n{examples}\n".join(notices)
    return (whole * (CHARACTERS // len(whole) + 1))[:CHARACTERS]


def measured(act: Callable[[], object], rounds: int) -> float:
    """Median seconds of processor time."""
    act()
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        act()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
