"""Stretches of time: their overlap with another, and that old ones are forgotten."""

from agentmux.core.spans import Spans
from tests.support.events import at


def test_the_overlap_is_what_lies_inside() -> None:
    spans = Spans()
    spans.put(at(10), at(20))
    spans.put(at(30), at(40))
    assert spans.overlap(at(0), at(100)) == 20e6
    assert spans.overlap(at(15), at(35)) == 10e6
    assert spans.overlap(at(20), at(30)) == 0


def test_an_open_one_reaches_as_far_as_is_asked() -> None:
    spans = Spans()
    spans.begin(at(10))
    spans.begin(at(12))
    assert spans.overlap(at(0), at(15)) == 5e6
    spans.end(at(20))
    spans.end(at(25))
    assert spans.overlap(at(0), at(100)) == 10e6


def test_what_is_told_twice_counts_once() -> None:
    spans = Spans()
    spans.put(at(10), at(20))
    spans.put(at(15), at(25))
    spans.put(at(12), at(18))
    assert spans.overlap(at(0), at(100)) == 15e6


def test_what_nothing_reaches_back_to_is_forgotten() -> None:
    spans = Spans()
    spans.put(at(10), at(20))
    spans.put(at(30), at(40))
    spans.forget(at(20))
    assert spans.closed == [(at(30), at(40))]
