"""`./dev test` tells one closing line for all its passes, in the form that pytest itself uses."""

from __future__ import annotations

import argparse

import pytest

from tooling import checking
from tooling.checking import CLOSING, PASSES, SHARED, WAITING, summed
from tooling.servers.together import KNOWN


def test_the_sum_of_several_passes():
    line = summed(
        [
            "============ 1500 passed, 3 skipped in 700.25s (0:11:40) =============",
            "====== 1 failed, 400 passed, 1 error in 90.50s (0:01:30) ======",
        ]
    )
    assert line == " 1900 passed, 3 skipped, 1 failed, 1 error in 790.75s ".center(80, "=")
    assert CLOSING.match(line)


def test_a_pass_that_never_closed_counts_for_nothing():
    assert "no tests ran in 0.00s" in summed(["", ""])


def test_the_first_pass_runs_everything_and_each_server_serves_one():
    (_, nothing, core), (_, none, others) = PASSES[:2]
    assert (nothing, none) == ((), ())
    assert core == (*SHARED, "--cov", "--cov-report=", "tests/core")
    assert others == (*WAITING, "--durations=20", "--ignore=tests/core")
    assert {name for _, servers, _ in PASSES for name in servers} == set(KNOWN)


@pytest.mark.parametrize(
    ("names", "done"),
    [
        (["mailbox"], ["packages", "project", "mailbox"]),
        (["rulebook", "zip"], ["project", "rulebook", "zip"]),
    ],
)
def test_a_benchmark_beside_servers_has_their_packages_first(
    names: list[str], done: list[str], monkeypatch: pytest.MonkeyPatch
):
    order: list[str] = []
    monkeypatch.setattr(checking.debian, "ready", lambda: order.append("packages"))
    monkeypatch.setattr(checking, "prepare", lambda pages: order.append("project"))
    monkeypatch.setattr(checking, "call", lambda words: order.append(words[-1].split(".")[1]) or 0)
    assert checking.bench(argparse.Namespace(names=names, storage="")) == 0
    assert order == done
