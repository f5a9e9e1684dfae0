"""Stretches of time in which waiting counts otherwise: the machine slept, the person was away.

Only those that can still overlap something open are kept, so that a year costs nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from agentmux.core.tally import microseconds


@dataclass
class Spans:
    """Closed stretches in order of their end, and perhaps one that has begun and not ended."""

    closed: list[tuple[datetime, datetime]] = field(default_factory=list)
    since: datetime | None = None
    """When the open one began."""

    def begin(self, at: datetime) -> None:
        """It begins, unless it has already."""
        self.since = self.since or at

    def end(self, at: datetime) -> None:
        """It ends; nothing when it had not begun."""
        if self.since is not None:
            self.put(self.since, at)
            self.since = None

    def put(self, since: datetime, until: datetime) -> None:
        """One whole stretch; the part that is known already is not told twice."""
        if self.closed and since < self.closed[-1][1]:
            since = self.closed[-1][1]
        if since < until:
            self.closed.append((since, until))

    def within(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Its pieces between two moments."""
        opened = [(self.since, until)] if self.since is not None else []
        for first, last in (*self.closed, *opened):
            if first < until and since < last:
                yield max(first, since), min(last, until)

    def overlap(self, since: datetime, until: datetime) -> int:
        """How many microseconds of it lie between two moments."""
        if not self.closed and self.since is None:
            return 0
        return sum(microseconds(*piece) for piece in self.within(since, until))

    def forget(self, before: datetime) -> None:
        """Drop what ended before a moment that no question goes back behind."""
        self.closed = [piece for piece in self.closed if piece[1] > before]
