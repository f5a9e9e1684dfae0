"""What responses took, each counted once though several rows and sources tell of it.

The newest row of a response counts, on the day of its first. A branched-off session brings copies
of what another was told: the same response at the same time in another session is not counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agentmux.core.events import UsageReported
from agentmux.core.tally import money
from agentmux.core.usage import Tokens

COPIED = timedelta(minutes=1)
"""Two sessions that tell of one response so close together tell of the same one."""
BUCKETS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
"""Fields of `Tokens`."""


@dataclass(frozen=True)
class Spent:
    """What is counted of one response in one session."""

    session: str | None
    at: datetime
    """When it was first told."""
    model: str | None
    bill: Mapping[str, int]


def meet(
    known: tuple[Spent, ...], told: UsageReported
) -> tuple[tuple[Spent, ...], Spent | None, Spent | None]:
    """All that is known of a response after one more row; what to take back, what to count."""
    for number, spent in enumerate(known):
        if spent.session == told.session:
            new = Spent(spent.session, spent.at, told.model or spent.model, bill(told))
            return (*known[:number], new, *known[number + 1 :]), spent, new
    if any(abs(spent.at - told.at) <= COPIED for spent in known):
        return known, None, None
    new = Spent(told.session, told.at, told.model, bill(told))
    return (*known, new), None, new


def bill(told: UsageReported) -> dict[str, int]:
    """Counts of one response."""
    cost, reported = money(told.cost_usd), money(told.reported_usd)
    counts = {"responses": 1, **_counted(told.tokens)}
    counts |= {"unpriced": 1} if cost is None else {"cost": cost}
    counts |= {"reported": reported, "reported_responses": 1} if reported is not None else {}
    counts |= {} if told.complete else {"incomplete": 1}
    counts |= {"estimated": 1} if told.own_estimate else {}
    counts |= {f"price_date.{told.price_date}": 1} if told.price_date else {}
    return counts


def _counted(tokens: Tokens) -> dict[str, int]:
    return {f"tokens.{name}": n for name in BUCKETS if (n := getattr(tokens, name))}
