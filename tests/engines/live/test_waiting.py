"""What waits for a stream that is slow, what a ticket says, and what a hint may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fengcai.engines.live import tickets
from fengcai.engines.live.hub import AGAIN, WAITING_MAX, Seat
from fengcai.engines.live.job_signs import Allowance
from fengcai.engines.live.messages import MAX_BYTES, BadMessage, decode, encode

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_of_events_of_one_kind_only_the_last_waits_and_order_is_kept():
    seat = Seat("t", frozenset({"job:1", "job:2"}))
    for channel, event, n in [
        ("job:1", "progress", 1),
        ("job:2", "progress", 2),
        ("job:1", "changed", 3),
        ("job:1", "progress", 4),
    ]:
        seat.put(decode(encode(channel, event, {"n": n})))
    assert seat.wakes.is_set()
    assert seat.take() == (
        b'data: {"channel":"job:2","event":"progress","data":{"n":2}}\n\n'
        b'data: {"channel":"job:1","event":"changed","data":{"n":3}}\n\n'
        b'data: {"channel":"job:1","event":"progress","data":{"n":4}}\n\n'
    )
    assert not seat.wakes.is_set()
    assert seat.take() == b""


def test_past_the_limit_one_word_stands_for_all():
    seat = Seat("t", frozenset({"job:1"}))
    for n in range(WAITING_MAX + 2):
        seat.put(decode(encode("job:1", "e" + "x" * (n % 30) + "_" * (n // 30), {})))
    assert seat.take() == AGAIN + b'data: {"channel":"job:1","event":"exxxxx__","data":{}}\n\n'
    assert seat.take() == b""


def test_an_ended_seat_stays_awake():
    seat = Seat("t", frozenset({"job:1"}))
    seat.end()
    assert seat.take() == b""
    assert seat.wakes.is_set()


def test_a_ticket_says_what_and_until_when():
    text = tickets.ticket("job:1", "board:hall-2", expires=timedelta(minutes=5), at=NOON)
    found = tickets.read(text, at=NOON + timedelta(seconds=299))
    assert found.channels == ("job:1", "board:hall-2")
    assert found.expires == NOON.timestamp() + 300
    with pytest.raises(tickets.BadTicket) as caught:
        tickets.read(text, at=NOON + timedelta(seconds=300))
    assert caught.value.expired


def test_two_pages_get_two_tickets():
    assert tickets.ticket("job:1", at=NOON) != tickets.ticket("job:1", at=NOON)


@pytest.mark.parametrize("text", ["", "x", "a:b", "é", "." * 3_000, "W10:x" * 100])
def test_a_ticket_that_is_not_ours_is_forged(text: str):
    with pytest.raises(tickets.BadTicket) as caught:
        tickets.read(text, at=NOON)
    assert not caught.value.expired


def test_a_ticket_cannot_be_stretched_to_another_channel():
    one, two = tickets.ticket("job:1", at=NOON), tickets.ticket("job:2", at=NOON)
    with pytest.raises(tickets.BadTicket):
        tickets.read(f"{one.partition(':')[0]}:{two.partition(':')[2]}", at=NOON)


@pytest.mark.parametrize("channels", [(), ("Job:1",), ("job 1",), ("",), ("job:1",) * 17])
def test_a_ticket_for_no_proper_channel_is_not_issued(channels: tuple[str, ...]):
    with pytest.raises(ValueError, match="channel"):
        tickets.ticket(*channels)


@pytest.mark.parametrize(
    ("channel", "event", "data"),
    [
        ("job:1\n", "changed", {}),
        ("job:1", "Changed", {}),
        ("job:1", "changed", {"n": object()}),
        ("job:1", "changed", {"n": float("nan")}),
        ("job:1", "changed", {"text": "字" * (MAX_BYTES // 3)}),
    ],
)
def test_what_is_no_hint_is_not_sent(channel: str, event: str, data: dict[str, object]):
    with pytest.raises(BadMessage):
        encode(channel, event, data)


def test_a_job_sends_four_at_once_and_four_a_second():
    allowance = Allowance()
    assert [allowance.take(1, at=10.0) for _ in range(6)] == [True] * 4 + [False] * 2
    assert [allowance.take(1, at=10.25) for _ in range(2)] == [True, False]
    assert allowance.take(2, at=10.25)
    allowance.forget(1)
    assert allowance.take(1, at=10.25)
    assert sum(allowance.take(3, at=20 + n / 100) for n in range(1_000)) == 4 + 39


def test_jobs_that_never_end_are_forgotten():
    allowance = Allowance(remembered=2)
    for job in (1, 2, 3):
        for _ in range(4):
            assert allowance.take(job, at=1.0)
    assert allowance.take(1, at=1.0), "the oldest had to be forgotten"
    assert not allowance.take(3, at=1.0)
