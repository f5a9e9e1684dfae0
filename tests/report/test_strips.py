"""A strip: what a session did when."""

from datetime import timedelta

from agentmux.core import events as e
from agentmux.report.strips import Stretch, strip
from tests.support.day import dequeued, enqueued, launched
from tests.support.events import at, exited, in_state, launch


def words(stretches: list[Stretch]) -> list[tuple[str, float, float]]:
    return [
        (s.doing, (s.since - at()).total_seconds(), (s.until - at()).total_seconds())
        for s in stretches
    ]


ROWS: list[e.Event] = [
    enqueued("s1", 0),
    dequeued("s1", 9),
    *launched("s1", 10),
    in_state("s1", "working", seconds=12),
    in_state("s1", "working", seconds=13, sub="retrying"),
    in_state("s1", "asking", seconds=20),
    in_state("s1", "failed", seconds=30),
    in_state("s1", "idle", seconds=30.1),
    exited("s1", run=1, seconds=40),
]


def test_a_strip_is_what_it_did_from_the_queue_to_its_end() -> None:
    assert words(strip(ROWS, at(0), at(99))) == [
        ("queued", 0, 10),
        ("starting", 10, 12),
        ("working", 12, 20),
        ("asking", 20, 30),
        ("failed", 30, 30.1),
        ("idle", 30.1, 40),
    ]


def test_it_is_cut_to_the_window() -> None:
    assert words(strip(ROWS, at(15), at(25))) == [("working", 15, 20), ("asking", 20, 25)]


def test_what_is_too_short_to_be_seen_is_not_drawn() -> None:
    told = words(strip(ROWS, at(0), at(99), finest=timedelta(seconds=1)))
    assert ("asking", 20, 30.1) in told


def test_one_that_lives_reaches_to_the_end_and_one_that_was_cancelled_does_not() -> None:
    assert words(strip([launch("s1", 1)], at(0), at(5))) == [("starting", 0, 5)]
    rows: list[e.Event] = [enqueued("s1", 0), dequeued("s1", 3, "cancelled")]
    assert words(strip(rows, at(0), at(5))) == [("queued", 0, 3)]
