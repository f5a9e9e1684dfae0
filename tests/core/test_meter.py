"""The meter itself: its window, what it forgets, and what it hands over."""

from datetime import UTC, datetime

from agentmux.core import events as e
from agentmux.core.meter import Meter, Who, by_day, start_of
from agentmux.core.meters import fold
from tests.support.day import answered, asked, dequeued, enqueued, here, used
from tests.support.events import at, opened


def test_a_stretch_is_cut_at_midnight() -> None:
    first, last = start_of("2026-03-01"), start_of("2026-03-02")
    assert list(by_day(at(0), at(60))) == [(at(0), at(60))]
    assert next(iter(by_day(at(0), at(12 * 3600)))) == (at(0), last)
    assert list(by_day(first, last)) == [(first, last)]
    assert list(by_day(at(1), at(0))) == []


def test_a_clock_that_was_wrong_for_centuries_costs_little() -> None:
    pieces = list(by_day(datetime(1, 1, 1, tzinfo=UTC), at(0)))
    assert len(pieces) == 401


def test_draining_hands_over_what_was_counted_and_what_sessions_are_called() -> None:
    meter = Meter()
    for event in (opened("s1", branch="b"), used("s1", "r1"), enqueued("s2", 0)):
        fold(meter, event)
    fold(meter, e.Renamed(at=at(2), session="s1", name="new"))
    fold(meter, dequeued("s2", 3, "cancelled"))
    tallies, who, _ = meter.drain()
    assert {key.session for key in tallies} == {"s1", "s2", None}
    assert who == {"s1": Who("new", "claude", "b"), "s2": Who("n-s2", "codex", None)}
    assert meter.drain() == ({}, {}, [])
    assert meter.opened.keys() == {"s1"}


def test_absence_is_kept_for_as_long_as_something_open_reaches_back_to_it() -> None:
    meter = Meter()
    first: list[e.Event] = [opened("s1"), asked("s1", 1, 0), here(10, False), here(20, True)]
    for event in first:
        fold(meter, event)
    assert len(meter.away.closed) == 1
    then: list[e.Event] = [answered("s1", 1, 30), here(40, False), here(50, True)]
    for event in then:
        fold(meter, event)
    assert meter.away.closed == [(at(40), at(50))]
