"""How often a check answers what: recall and false alarms with Wilson's interval at 95 %."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Answers by label; `wanted` says which answer is right for it."""

    family: str
    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, label: str, answer: str) -> None:
        self.answers[label][answer] += 1

    def lines(self, check: str, faulty: tuple[str, ...]) -> list[dict[str, object]]:
        """One for each label: the share that was found, its interval, and the doubtful share."""
        told = []
        for label, counts in self.answers.items():
            total = sum(counts.values())
            found = counts["found"]
            low, high = wilson(found, total)
            told.append({
                "name": f"media.{check}.{label}",
                "family": self.family,
                "measures": "recall" if label.startswith(faulty) else "false alarms",
                "figure": round(found / total, 3),
                "interval": [round(low, 3), round(high, 3)],
                "doubtful": round(counts["doubtful"] / total, 3),
                "films": total,
                "unit": "share",
            })  # fmt: skip
        return told

    def share(self, labels: tuple[str, ...]) -> tuple[int, int]:
        """Found, and all, of the labels that begin so."""
        chosen = [c for label, c in self.answers.items() if label.startswith(labels)]
        return sum(c["found"] for c in chosen), sum(sum(c.values()) for c in chosen)


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5
    half /= 1 + z * z / total
    return max(0.0, middle - half), min(1.0, middle + half)


def say(line: dict[str, object]) -> None:
    """One line of JSON."""
    print(json.dumps(line, ensure_ascii=False), flush=True)
