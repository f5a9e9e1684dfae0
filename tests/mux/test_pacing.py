"""When a pane is captured, on paper."""

import pytest

from agentmux.mux.pacing import LIVELY_S, TICK_S, VOLUME, Pace


def rung(*bells: float, last: float = 0.0, typed: float = -9.0) -> Pace:
    """A pane captured at `last` that has rung at these times since."""
    pace = Pace(typed=typed)
    pace.take(last)
    for bell in bells:
        pace.ring(bell, 10)
    return pace


@pytest.mark.parametrize(
    ("pace", "due"),
    [
        (rung(5.000), 5.005),
        (rung(5.000, 5.002), 5.007),
        (rung(5.000, 5.010, 5.020, 5.030), 5.033),
        (rung(5.000, last=4.990), 5.023),
    ],
    ids=["after quiet", "quiet counts from the last bell", "at the latest", "not too often"],
)
def test_a_focused_pane_is_captured(pace: Pace, due: float) -> None:
    assert pace.due(5.1) == pytest.approx(due)


def test_an_echo_is_captured_at_once() -> None:
    pace = rung(5.001, last=4.998, typed=5.0)

    assert pace.due(5.001) == pytest.approx(5.002)
    assert pace.due(5.060) == pytest.approx(5.031)


def test_a_flood_is_captured_less_often_typed_into_or_not() -> None:
    pace = rung(5.0)
    pace.ring(5.0, VOLUME)
    pace.take(5.001)
    pace.ring(5.002, 10)
    assert pace.due(5.002) == pytest.approx(5.101)

    pace.typed = 5.003
    assert pace.due(5.004) == pytest.approx(5.034)

    pace.take(5.2)
    pace.ring(5.201, 10)
    assert pace.due(5.4) == pytest.approx(5.233)


def test_a_capture_begins_a_new_count() -> None:
    pace = rung(5.0)
    pace.ring(5.1, VOLUME)
    assert pace.is_flooding

    pace.take(5.2)

    assert (pace.is_flooding, pace.dirty, pace.busy) == (False, False, True)
    pace.ring(5.3, 1)
    assert pace.first == 5.3


def test_a_pane_is_lively_while_each_tick_shows_something_new() -> None:
    pace = Pace()
    for now, changed in ((5.0, True), (5.2, True), (5.4, False)):
        pace.take(now)
        pace.show(changed)
        assert pace.is_lively(now + TICK_S) is changed

    pace.take(5.6)
    pace.show(True)
    assert not pace.is_lively(5.6 + LIVELY_S)
