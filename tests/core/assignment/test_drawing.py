"""An order drawn by lot can be drawn again from its seed by anybody."""

from __future__ import annotations

import hashlib

import pytest

from fengcai.core.assignment import AssignmentError, draw

SEED = "3c" * 32


def test_the_order_follows_from_the_seed_alone() -> None:
    drawn = draw(["a", "b", "c", "d"], seed=SEED)
    assert drawn == draw(["d", "c", "b", "a"], seed=SEED)
    assert list(drawn) == sorted(
        "abcd",
        key=lambda work: hashlib.sha256(bytes.fromhex(SEED) + b"\0" + work.encode()).digest(),
    )
    assert sorted(drawn) == ["a", "b", "c", "d"]
    assert draw(["a", "b", "c", "d"], seed="4d" * 32) != drawn


def test_every_order_of_three_is_as_likely_as_any_other() -> None:
    found: dict[tuple[str, ...], int] = {}
    for n in range(600):
        order = draw(["a", "b", "c"], seed=hashlib.sha256(str(n).encode()).hexdigest())
        found[order] = found.get(order, 0) + 1
    assert len(found) == 6
    assert all(70 <= many <= 130 for many in found.values())


@pytest.mark.parametrize("seed", ["", "无", "3c" * 15])
def test_without_a_seed_nothing_is_drawn(seed: str) -> None:
    with pytest.raises(AssignmentError) as caught:
        draw(["a"], seed=seed)
    assert caught.value.problems == ("没有事先封存的种子，不能抽签。",)
