"""Several checks fed together, so that one that breaks does not take the others with it.

A check that raises is fed no more and answers "unmeasured". Memory that runs out is no such fault: it
ends the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from fengcai.media.checks import Check
from fengcai.media.facts.measures import Measure

BROKEN = "这项检查出了错，没有结论，请人工查看"

C = TypeVar("C", bound=Check)


class Together(Generic[C]):
    """The checks of one room, and what broke of them."""

    def __init__(self, checks: Sequence[C]) -> None:
        self._checks = list(checks)
        self._broken: dict[str, str] = {}

    def feed(self, give: Callable[[C], None], only: Sequence[C] | None = None) -> None:
        """Call `give` with each check that still works (of `only`, where given)."""
        for check in self._checks if only is None else only:
            if check.name in self._broken:
                continue
            try:
                give(check)
            except MemoryError:
                raise
            except Exception as problem:  # one check's fault is not the film's
                self._broken[check.name] = f"{type(problem).__name__}: {problem}"[:200]

    def results(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """`facts.measures` as JSON-ready values, and the files that belong to them."""
        found: dict[str, Measure] = {}
        files: dict[str, bytes] = {}

        def ask(check: C) -> None:
            measure = check.result()
            if measure is not None:
                found[check.name] = measure
            files.update(check.files)

        self.feed(ask)
        for name, problem in self._broken.items():
            found[name] = Measure(method=problem, answer="unmeasured", why=BROKEN)
        return {name: each.model_dump(mode="json") for name, each in found.items()}, files
