"""Checks of the figures: they hold on a sound record, and each planted fault fails one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agentmux.core import events as e
from agentmux.ledger.chain import Damage
from agentmux.ledger.rollups import Rollups
from agentmux.ledger.store import Ledger
from agentmux.ledger.windows import Counted
from agentmux.report.checks import (
    check_chain,
    check_counts,
    check_queue,
    check_sums,
    wrong_sums,
)
from agentmux.report.grouping import report_by
from agentmux.report.table import flat
from tests.report.conftest import NOW
from tests.support.day import dequeued, enqueued, launched, sample
from tests.support.events import at, in_state, opened


def test_a_sound_record_holds(ledger: Ledger, counted: Counted) -> None:
    assert check_queue(counted).ok
    assert check_queue(counted).message.startswith("Little's law holds: 1.00 queued by samples")
    assert check_sums(counted).ok
    assert check_counts(counted, ledger.recount(NOW, None, None)).ok
    assert check_counts(counted, None).ok
    assert check_chain(ledger.verify()).ok


def queue_of_a_morning() -> list[e.Event]:
    """Twelve tasks, four minutes apart on three slots; sampled each 10 s."""
    rows: list[tuple[float, e.Event]] = []
    for number in range(12):
        begin, end = number * 5.0, 30 + number * 240.0
        rows += [(begin, enqueued(f"s{number}", begin)), (end, dequeued(f"s{number}", end))]
    for second in range(0, 3000, 10):
        waits = sum(1 for n in range(12) if n * 5.0 <= second < 30 + n * 240.0)
        rows.append((second + 0.5, sample(second + 0.5, waits)))
    return [event for _, event in sorted(rows, key=lambda row: row[0])]


def test_littles_law_holds_for_a_queue_that_was_sampled(ledger: Ledger) -> None:
    ledger.append(*queue_of_a_morning())
    check = check_queue(ledger.count(NOW, None, None))
    assert check.ok, check.message
    assert "by samples" in check.message and "/min x" in check.message


@pytest.mark.parametrize("lost", [0, 5, 11])
def test_a_lost_dequeue_breaks_it(ledger: Ledger, lost: int) -> None:
    rows = [row for row in queue_of_a_morning()
            if not (isinstance(row, e.Dequeued) and row.session == f"s{lost}")]  # fmt: skip
    ledger.append(*rows)
    check = check_queue(ledger.count(NOW, None, None))
    assert not check.ok
    assert "does not hold" in check.message


def test_a_lost_enqueue_breaks_it_too(ledger: Ledger) -> None:
    rows = [row for row in queue_of_a_morning()
            if not (isinstance(row, e.Enqueued) and row.session == "s7")]  # fmt: skip
    ledger.append(*rows)
    assert not check_queue(ledger.count(NOW, None, None)).ok


def test_a_lost_dequeue_is_seen_without_any_sample(ledger: Ledger) -> None:
    ledger.append(
        enqueued("s1", 0), opened(), *launched("s1", 5), in_state("s1", "idle", seconds=60)
    )
    check = check_queue(ledger.count(NOW, None, None))
    assert (check.ok, check.message) == (False, "One task started and never left the queue.")


def test_a_queue_that_was_never_sampled_holds(ledger: Ledger) -> None:
    ledger.append(opened())
    assert check_queue(ledger.count(NOW, None, None)).ok


@pytest.mark.parametrize("name", ["turns_n", "attention_wait_total_s", "cost_usd", "sessions"])
def test_a_sum_that_is_off_is_named(counted: Counted, name: str) -> None:
    report = report_by(counted, ["day"])
    rows = [flat(row.figures.row()) for row in report.rows]
    total = flat(report.total.row())
    assert list(wrong_sums(rows, total)) == []
    rows[0] |= {name: "7.5"}
    assert list(wrong_sums(rows, total)) == ([] if name == "sessions" else [name])


def test_days_that_were_kept_wrong_are_seen(ledger: Ledger, counted: Counted) -> None:
    recounted = ledger.recount(NOW, None, None)
    next(iter(recounted.tallies.values())).add("turns.done")
    assert not check_counts(counted, recounted).ok


def test_a_recount_does_not_believe_what_is_stored(
    ledger: Ledger, counted: Counted, tmp_path: Path
) -> None:
    while ledger.roll_up():
        pass
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as plain, plain:
        forged = Rollups(plain)
        forged.meter.tally(at(0), "s1").add("turns.done", 5)
        forged.save()
    told = ledger.count(NOW, None, None)
    assert report_by(told, ["day"]).total.turns == 13
    assert not check_counts(told, ledger.recount(NOW, None, None)).ok


def test_damage_is_told_with_its_row() -> None:
    one = Damage(7, "row 7 is not what was written")
    assert check_chain([one]).message == "The ledger is damaged: row 7 is not what was written."
    assert check_chain([one, one, one]).message.endswith("written and 2 more.")
    assert not check_chain([one]).ok


def test_a_dequeue_lost_just_before_the_end_is_seen_by_the_samples(ledger: Ledger) -> None:
    """The area differs by less than sampling may err."""
    rows = [row for row in queue_of_a_morning() if row.at < at(2710)]
    (last,) = [row for row in rows if isinstance(row, e.Dequeued) and row.session == "s11"]
    rows.remove(last)
    ledger.append(*rows)
    assert not check_queue(ledger.count(NOW, None, None)).ok


def test_samples_that_are_wrong_now_and_then_do_not_fit_the_waits(ledger: Ledger) -> None:
    ledger.append(enqueued("s1", 0), *(sample(n * 10, 1 + 8 * (n % 2)) for n in range(20)))
    check = check_queue(ledger.count(NOW, None, None))
    assert (check.ok, "samples the queue was" in check.message) == (False, False)
