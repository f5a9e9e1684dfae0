"""The meter itself: its window, what it forgets, and what it hands over."""

from datetime import UTC, datetime

from agentmux.core import events as e
from agentmux.core.meter import Meter, Who, by_day, start_of
from agentmux.core.meters import fold
from agentmux.core.tally import merged
from tests.support.day import answered, asked, dequeued, ended, enqueued, here, used
from tests.support.events import at, exited, in_state, launch, opened


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


def blind(*rows: e.Event) -> Meter:
    """After a leader that was killed at 200 and followed by one at 1000."""
    leaders = [e.LeaderStarted(at=at(s), pid=1, version="1") for s in (0, 1000)]
    started: list[e.Event] = [
        opened("s1"),
        in_state("s1", "working", seconds=10),
        in_state("s1", "working", seconds=200),
        e.Renamed(at=at(150), session="s1", name="late"),
    ]
    meter = Meter()
    history: list[e.Event] = [leaders[0], *started, leaders[1], *rows]
    for event in history:
        fold(meter, event)
    return meter


def worked(meter: Meter) -> float:
    return merged(meter.tallies.values()).get("wall.working") / 1e6


def test_a_gap_begins_with_the_newest_row_before_it() -> None:
    (gap,) = blind().gaps
    assert (gap.since, gap.until) == (at(200), at(1000))


def test_what_is_found_dead_ended_when_it_was_last_heard_of_or_the_last_leader_ended() -> None:
    dead = exited("s1", seconds=1001, certain=False)
    assert worked(blind(dead)) == 190
    heard = in_state("s1", "working", seconds=700)
    assert worked(blind(heard, dead)) == 690
    assert worked(blind(in_state("s1", "working", seconds=1000.5), dead)) == 991
    assert worked(blind(exited("s1", seconds=1400, certain=False))) == 1390
    assert worked(blind(exited("s1", seconds=1001))) == 991


def test_an_ask_that_is_found_gone_ended_with_what_asked() -> None:
    heard = in_state("s1", "asking", seconds=700)
    meter = blind(asked("s1", 1, 500), heard, answered("s1", 1, 1001, "gone"))
    assert merged(meter.tallies.values()).samples["ask"] == [200_000_000]


def test_the_end_of_an_older_run_ends_nothing() -> None:
    meter = blind(launch("s1", 2, seconds=1002), in_state("s1", "working", seconds=1003))
    fold(meter, exited("s1", run=1, seconds=1010))
    assert meter.opened["s1"].doing == "working"


def test_the_end_of_a_window_is_outside_of_it() -> None:
    for seconds, turns in ((9, 0), (10, 1), (19, 1), (20, 0)):
        meter = Meter(since=at(10), until=at(20))
        fold(meter, opened("s1"))
        fold(meter, ended("s1", 1, seconds))
        assert merged(meter.tallies.values()).get("turns.done") == turns, seconds
