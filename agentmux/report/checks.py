"""What a report can check of itself: Little's law, sums, and the record it was counted from.

The queue's length was counted in the queue by the leader's clock; the waits are intervals between
rows. Where the two do not meet, a row was lost.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agentmux.core.events import Json
from agentmux.core.tally import Tally, merged, seconds
from agentmux.ledger.chain import Damage
from agentmux.ledger.windows import Counted
from agentmux.report.grouping import GROUPS, report_by
from agentmux.report.table import flat

NO_SUM = frozenset(
    {
        "sessions",
        "queue_wait_p50_s",
        "queue_wait_p95_s",
        "start_p50_s",
        "start_p95_s",
        "attention_wait_p50_s",
        "attention_wait_p95_s",
        "interruption_rate",
        "failure_rate",
        "ask_rate_per_hour",
        "certain",
        "price_date",
    }
)
"""Figures of rows that do not add up to that of all."""


@dataclass(frozen=True)
class Check:
    """One check and what came of it."""

    id: str
    ok: bool
    message: str

    def json(self) -> dict[str, Json]:
        return {"id": self.id, "ok": self.ok, "message": self.message}


def check_queue(counted: Counted) -> Check:
    """Little's law: the mean length of the queue is the rate of arrivals times the mean wait.

    Sampling errs by less than one interval for each time the queue changed.
    """
    tally = merged(t for key, t in counted.tallies.items() if key.session is None)
    lost, off = tally.get("queue.lost"), tally.get("little.off")
    if lost:
        return Check("little", False, f"{_tasks(lost)} started and never left the queue.")
    samples, covered = tally.get("little.samples"), tally.get("little.covered")
    if not samples or not covered:
        return Check("little", True, "The queue was never sampled: nothing waited in it.")
    sampled, waited = tally.get("little.sampled"), tally.get("little.waited")
    every = tally.get("little.every") / samples
    changes = tally.get("queue.arrived") + tally.get("queue.left")
    ok = not off and abs(sampled - waited) <= every * changes
    words = _law(tally, sampled / covered, waited / covered, covered)
    if off:
        words += f"; in {off} samples the queue was longer or shorter than its rows say"
    return Check("little", ok, f"Little's law {'holds' if ok else 'does not hold'}: {words}.")


def _law(tally: Tally, sampled: float, waited: float, covered: int) -> str:
    arrived, minutes = tally.get("queue.arrived"), seconds(covered) / 60
    if not arrived:
        return f"{sampled:.2f} queued by samples, {waited:.2f} by waits"
    rate = arrived / minutes
    return f"{sampled:.2f} queued by samples, {rate:.2f}/min x {waited / rate:.1f} min by waits"


def _tasks(number: int) -> str:
    return "One task" if number == 1 else f"{number} tasks"


def check_sums(counted: Counted) -> Check:
    """The rows of every grouping add up to the total."""
    wrong = [f"{by}: {name}" for by in GROUPS for name in _wrong_sums(counted, by)]
    if wrong:
        return Check("sums", False, f"Rows do not add up to the total in {', '.join(wrong)}.")
    return Check("sums", True, f"The rows add up to the total by {', '.join(GROUPS)}.")


def _wrong_sums(counted: Counted, by: str) -> Iterator[str]:
    report = report_by(counted, [by])
    rows, total = [flat(row.figures.row()) for row in report.rows], flat(report.total.row())
    yield from wrong_sums(rows, total)


def wrong_sums(rows: Sequence[dict[str, Json]], total: dict[str, Json]) -> Iterator[str]:
    """Names of the figures of flat rows that do not add up to those of `total`."""
    for name, value in total.items():
        if name in NO_SUM:
            continue
        if not math.isclose(_sum(row.get(name) for row in rows), _sum([value]), abs_tol=1e-5):
            yield name


def _sum(values: Iterable[Json]) -> float:
    """Money comes as text; what cannot be given counts nothing."""
    return float(sum((Decimal(str(value)) for value in values if value is not None), Decimal()))


def check_counts(counted: Counted, recounted: Counted | None) -> Check:
    """What is kept of closed days equals a count over all rows."""
    if recounted is None:
        return Check("rollups", True, "The record is too long to be counted anew.")
    ok = _plain(counted) == _plain(recounted)
    return Check("rollups", ok, "Closed days " + (
        "are what a count over all rows gives." if ok else
        "differ from a count over all rows."))  # fmt: skip


def _plain(counted: Counted) -> dict[object, object]:
    return {
        key: (tally.counts, {name: sorted(us) for name, us in tally.samples.items()})
        for key, tally in counted.tallies.items()
        if not tally.is_empty
    }


def check_chain(damages: Sequence[Damage]) -> Check:
    """Every row is what was written, and none is missing."""
    if not damages:
        return Check("chain", True, "Every row is what was written, and none is missing.")
    more = f" and {len(damages) - 1} more" if len(damages) > 1 else ""
    return Check("chain", False, f"The ledger is damaged: {damages[0].message}{more}.")
