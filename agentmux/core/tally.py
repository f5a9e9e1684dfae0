"""A tally: what was counted, in whole numbers, so that any two can be added without loss.

Durations are microseconds and money is 10^-15 dollars, because sums of floats depend on their
order and roll-ups of days must equal a count over all rows. Waits keep every sample: percentiles
of parts do not add up to that of the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

MICROSECOND = timedelta(microseconds=1)
FEWEST = 5
"""Samples below which a percentile says nothing."""
_PLACES = 15
_DEAREST = 12
"""Digits before the point of a price that can be one."""


@dataclass
class Tally:
    """Counts and samples by name; changed in place by whoever counts."""

    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[int]] = field(default_factory=dict)
    """Name → every single duration, in microseconds."""

    def add(self, name: str, number: int = 1) -> None:
        """Count `number` more; a count that comes to nothing has no entry."""
        total = self.counts.get(name, 0) + number
        if total:
            self.counts[name] = total
        else:
            self.counts.pop(name, None)

    def add_all(self, counts: Mapping[str, int], sign: int = 1) -> None:
        """Count all of `counts`, or take them back with -1."""
        own = self.counts
        for name, number in counts.items():
            # As `add`, in place: a report over years does this a million times.
            total = own.get(name, 0) + sign * number
            if total:
                own[name] = total
            else:
                own.pop(name, None)

    def sample(self, name: str, microseconds: int) -> None:
        """One more wait of this length."""
        self.samples.setdefault(name, []).append(microseconds)

    def merge(self, other: "Tally") -> None:
        """Count all that `other` has counted."""
        self.add_all(other.counts)
        for name, durations in other.samples.items():
            self.samples.setdefault(name, []).extend(durations)

    def get(self, name: str) -> int:
        """The count under `name`, 0 when there is none."""
        return self.counts.get(name, 0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not self.counts and not self.samples


def merged(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    whole = Tally()
    for tally in tallies:
        whole.merge(tally)
    return whole


def percentile(ordered: Sequence[int], per_cent: int) -> int | None:
    """The sample of that rank (nearest rank); None of fewer than `FEWEST`."""
    if len(ordered) < FEWEST:
        return None
    return ordered[-(-per_cent * len(ordered) // 100) - 1]


def microseconds(since: datetime, until: datetime) -> int:
    """How long it was; never negative, whatever the clock did."""
    return max(0, (until - since) // MICROSECOND)


def seconds(counted: int) -> float:
    """Microseconds as the seconds of a report."""
    return counted / 1_000_000


def money(usd: Decimal | None) -> int | None:
    """Dollars as a whole number; None for what cannot be a price."""
    if usd is None or not usd.is_finite() or usd.adjusted() > _DEAREST:
        return None
    return int(usd.scaleb(_PLACES).to_integral_value()) if usd.adjusted() > -_PLACES * 2 else 0


def dollars(counted: int) -> str:
    """The whole number as a decimal string, without an exponent and with at least six places."""
    whole, part = divmod(abs(counted), 10**_PLACES)
    places = f"{part:0{_PLACES}d}".rstrip("0").ljust(6, "0")
    return f"{'-' if counted < 0 else ''}{whole}.{places}"
