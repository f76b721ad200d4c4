"""The chain: what an event holds, and that every single change to a chain is caught."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.ledger import ORIGIN, Break, Event, Head, append, canonical, start, verify

from .test_canonical import text, values

NOON = datetime(2026, 4, 30, 12, 0, 0, 5, tzinfo=UTC)


def chain_of(count: int, begin: Head = ORIGIN) -> list[Event]:
    events: list[Event] = []
    head: Head | Event = begin
    for number in range(count):
        head = append(
            head,
            at=NOON + timedelta(seconds=number),
            actor="user:1",
            action="marks.signed",
            subject=f"work:{number}",
            details={"total": "89.5", "revision": number},
        )
        events.append(head)
    return events


def test_an_event_holds_the_documented_hash() -> None:
    beijing = timezone(timedelta(hours=8))
    event = append(
        None,
        at=NOON.astimezone(beijing),
        actor="user:1",
        action="entry.submitted",
        subject="entry:7",
        details={"files": ("a", "b"), "note": "e\u0301"},
    )
    content = {
        "action": "entry.submitted",
        "actor": "user:1",
        "at": "2026-04-30T12:00:00.000005Z",
        "details": {"files": ["a", "b"], "note": "\u00e9"},
        "previous": hashlib.sha256(b'fengcai.ledger.start.v1\n""').hexdigest(),
        "sequence": 1,
        "subject": "entry:7",
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert event.content() == content
    assert event.hash == hashlib.sha256(f"fengcai.ledger.event.v1\n{text}".encode()).hexdigest()
    assert event.head == Head(1, event.hash)
    assert Event.from_json(json.loads(json.dumps(event.to_json()))) == event


def test_an_event_needs_an_instant_and_exact_details() -> None:
    with pytest.raises(ValueError, match="time zone"):
        append(None, at=datetime(2026, 4, 30), actor="a", action="b", subject="c", details={})
    with pytest.raises(TypeError):
        append(None, at=NOON, actor="a", action="b", subject="c", details={"mark": 18.5})


def test_an_event_keeps_its_own_copy_of_the_details() -> None:
    details: dict[str, Any] = {"files": ["a"]}
    event = append(None, at=NOON, actor="a", action="b", subject="c", details=details)
    details["files"].append("b")
    assert event.details == {"files": ["a"]}
    assert verify([event]) == ()


@pytest.mark.parametrize(
    "change",
    [{"sequence": "1"}, {"sequence": True}, {"details": []}, {"hash": None}, {"more": 1}],
)
def test_other_json_is_no_event(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        Event.from_json({**chain_of(1)[0].to_json(), **change})


def test_a_missing_field_is_no_event() -> None:
    with pytest.raises(ValueError, match="actor"):
        Event.from_json({k: v for k, v in chain_of(1)[0].to_json().items() if k != "actor"})


def test_an_intact_chain() -> None:
    events = chain_of(5)
    assert verify([]) == ()
    assert verify(events) == ()
    assert verify(events, end=events[-1].head) == ()
    assert verify(events[2:], begin=events[1].head) == ()
    assert verify([], end=ORIGIN) == ()


def test_chains_of_two_names_do_not_pass_for_each_other() -> None:
    assert start("contest:1") != start("contest:2")
    events = chain_of(2, start("contest:1"))
    assert verify(events, begin=start("contest:1")) == ()
    assert [one.what for one in verify(events, begin=start("contest:2"))] == ["previous"]


def test_changed_content() -> None:
    events = chain_of(3)
    events[1] = dataclasses.replace(events[1], details={"total": "99.5", "revision": 1})
    assert verify(events) == (
        Break(2, "hash", "第 2 条记录的内容与它的校验值不符：内容被改动过。"),
    )


def test_changed_content_with_its_hash_made_anew() -> None:
    events = chain_of(3)
    false = append(
        events[0], at=NOON, actor="x", action="marks.signed", subject="work:1", details={}
    )
    assert verify([events[0], false, events[2]]) == (
        Break(3, "previous", "第 3 条记录所接的前一条，与链上的前一条不一致。"),
    )


def test_look_alike_text_is_a_change() -> None:
    event = append(None, at=NOON, actor="a", action="b", subject="\u00e9", details={})
    false = dataclasses.replace(event, subject="e\u0301")
    assert canonical(false.content()) == canonical(event.content())
    assert [one.what for one in verify([false])] == ["hash"]


def test_content_that_has_no_canonical_form_is_a_change() -> None:
    event = dataclasses.replace(chain_of(1)[0], details={"mark": 18.5})
    assert [one.what for one in verify([event])] == ["hash"]


def test_dropped_events() -> None:
    events = chain_of(5)
    assert verify([events[0], *events[3:]]) == (
        Break(2, "gap", "缺少第 2 条记录，后面直接是第 4 条。"),
    )


def test_moved_events() -> None:
    events = chain_of(4)
    assert verify([events[0], events[2], events[1], events[3]]) == (
        Break(2, "reorder", "第 2 条记录排到了第 3 条之后。"),
    )


def test_repeated_events() -> None:
    events = chain_of(3)
    broken = verify([*events[:2], events[0], events[2]])
    assert [(one.sequence, one.what) for one in broken] == [(3, "reorder"), (3, "previous")]
    assert broken[0].text == "应是第 3 条记录，却又出现第 1 条：记录重复或次序被改动。"


def test_a_tail_cut_off_needs_a_head_kept_elsewhere() -> None:
    events = chain_of(4)
    assert verify(events[:3]) == ()
    assert verify(events[:3], end=events[3].head) == (
        Break(4, "end", "记录到第 3 条为止，另存的链尾却是第 4 条。"),
    )
    assert verify(events, end=events[2].head) == (
        Break(4, "end", "记录到第 4 条为止，另存的链尾却是第 3 条。"),
    )
    other = Head(4, "0" * 64)
    assert verify(events, end=other) == (Break(4, "end", "第 4 条记录与另存的链尾不是同一条。"),)


def test_reading_keeps_one_event_at_a_time() -> None:
    events = iter(chain_of(6))
    bad = dataclasses.replace(next(events), actor="x")
    assert verify(event for event in [bad, *events]) != ()


@st.composite
def chains(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    for number in range(draw(st.integers(1, 5))):
        events.append(
            append(
                events[-1] if events else None,
                at=NOON + timedelta(seconds=number),
                actor=draw(text),
                action="a",
                subject=f"work:{number}",
                details={"n": draw(values) if number == 0 else number},
            )
        )
    return events


@given(chains(), st.data())
def test_any_single_change_of_a_field_is_caught_where_it_is(
    events: list[Event], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(events) - 1))
    field = data.draw(st.sampled_from([one.name for one in dataclasses.fields(Event)]))
    old = getattr(events[index], field)
    strategies: dict[str, st.SearchStrategy[Any]] = {
        "sequence": st.integers(-1, 9),
        "details": st.dictionaries(text, values, max_size=2),
    }
    new = data.draw(strategies.get(field, text).filter(lambda value: value != old))
    false = [*events]
    false[index] = dataclasses.replace(events[index], **{field: new})
    broken = verify(false, end=events[-1].head)
    assert broken != ()
    assert {one.sequence for one in broken} == {index + 1}


@given(chains(), st.data())
def test_any_dropped_event_is_caught(events: list[Event], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(events) - 1))
    broken = verify(events[:index] + events[index + 1 :], end=events[-1].head)
    last = index == len(events) - 1
    assert [(one.sequence, one.what) for one in broken] == [(index + 1, "end" if last else "gap")]


@given(chains(), st.data())
def test_any_inserted_event_is_caught(events: list[Event], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(events)))
    after = events[index - 1] if index else None
    false = append(after, at=NOON, actor="x", action="y", subject="z", details={"false": True})
    assert verify([*events[:index], false, *events[index:]], end=events[-1].head) != ()


@given(chains(), st.randoms(use_true_random=False))
def test_any_other_order_is_caught(events: list[Event], random: Any) -> None:
    other = events.copy()
    random.shuffle(other)
    broken = verify(other, end=events[-1].head)
    if other == events:
        assert broken == ()
        return
    first = next(n for n, (a, b) in enumerate(zip(other, events, strict=True)) if a != b)
    assert [(one.sequence, one.what) for one in broken] == [(first + 1, "reorder")]


@given(chains(), st.integers(0, 6))
def test_a_chain_may_be_verified_in_parts(events: list[Event], cut: int) -> None:
    cut = min(cut, len(events))
    head = events[cut - 1].head if cut else ORIGIN
    assert verify(events[:cut], end=head) == ()
    assert verify(events[cut:], begin=head, end=events[-1].head) == ()
