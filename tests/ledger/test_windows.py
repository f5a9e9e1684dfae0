"""Any window counts what a fold over all rows counts inside of it."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core.meter import Key, Meter
from agentmux.core.meters import fold, settle
from agentmux.core.tally import Tally, merged
from agentmux.ledger.store import Ledger
from agentmux.ledger.windows import Counted
from tests.ledger.test_rollups import roll_up
from tests.support.day import answered, asked
from tests.support.days import DAY, HOUR, several_days
from tests.support.events import at, in_state, opened

NOW = at(6 * DAY)
MIDNIGHT = 12 * HOUR - 0.123456
MOMENTS = st.integers(-DAY, 7 * DAY) | st.sampled_from([MIDNIGHT + n * DAY for n in range(-1, 7)])


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    ledger = Ledger.open(tmp_path_factory.mktemp("days") / "ledger.db")
    ledger.append(*several_days())
    roll_up(ledger, 20)
    # A day without rows, in which sessions live on, and rows that no roll-up has counted.
    ledger.append(in_state("s1", "idle", seconds=5 * DAY), opened("s5", slot=5, seconds=5 * DAY))
    return ledger


def folded(since: datetime | None, until: datetime | None) -> dict[Key, Tally]:
    meter = Meter(since=since, until=until)
    rows = [*several_days(), in_state("s1", "idle", seconds=5 * DAY),
            opened("s5", slot=5, seconds=5 * DAY)]  # fmt: skip
    for event in rows:
        fold(meter, event)
    settle(meter, NOW)
    return meter.tallies


def plain(tallies: dict[Key, Tally]) -> dict[object, object]:
    """Without what depends on rows behind the window: asks that were open at its end."""
    shown: dict[object, object] = {}
    for key, tally in tallies.items():
        counts = {n: c for n, c in tally.counts.items() if not n.startswith(("ask.open", "queue."))}
        counts = {n: c for n, c in counts.items() if not n.startswith("little")}
        samples = {n: sorted(s) for n, s in tally.samples.items()}
        if counts or samples:
            shown[key] = (counts, samples)
    return shown


@given(MOMENTS | st.none(), MOMENTS | st.none())
def test_a_window_is_what_a_fold_over_everything_counts_in_it(
    days: Ledger, since: float | None, until: float | None
) -> None:
    first = None if since is None else at(since)
    last = None if until is None else at(until)
    counted = days.count(NOW, first, last)
    assert plain(counted.tallies) == plain(folded(first, last))


def total(counted: Counted) -> Tally:
    return merged(counted.tallies.values())


def test_what_was_open_at_the_end_of_a_past_window_is_open_in_it(days: Ledger) -> None:
    tally = total(days.count(NOW, None, at(DAY + 200)))
    assert (tally.get("ask.open"), tally.get("ask.open_us")) == (1, 100e6)
    tally = total(days.count(NOW, None, at(DAY + 8)))
    assert (tally.get("ask.open"), tally.get("queue.open")) == (0, 1)


def test_a_window_that_ends_before_it_begins_is_empty(days: Ledger) -> None:
    assert days.count(NOW, at(DAY), at(0)).tallies == {}
    assert days.count(NOW, at(9 * DAY), None).tallies == {}


def test_a_window_without_a_beginning_begins_with_the_first_row(days: Ledger) -> None:
    counted = days.count(NOW, None, None)
    assert (counted.since, counted.until) == (at(-60), NOW)


def test_an_empty_ledger_has_nothing(ledger: Ledger) -> None:
    counted = ledger.count(NOW, None, None)
    assert (counted.tallies, counted.since) == ({}, None)


def test_what_was_open_when_the_first_day_ended_is_not_open_at_the_end(ledger: Ledger) -> None:
    ledger.append(opened(), asked("s1", 1, 11 * HOUR), answered("s1", 1, 13 * HOUR))
    tally = total(ledger.count(NOW, at(HOUR), at(20 * HOUR)))
    assert (tally.get("ask.open"), tally.samples["ask"]) == (0, [2 * HOUR * 1_000_000])
