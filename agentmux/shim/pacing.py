"""When to speak: output after quiet, quiet after output, and the newest of values that change fast.

Pure; the clock is an argument. Each has a `due`, the next moment at which it wants to be asked,
and none while nothing is pending: an idle shim never wakes.
"""

from __future__ import annotations

Row = dict[str, object]


class Quiet:
    """Alternates `output` and `quiet`; an agent that never says anything is quiet too."""

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._heard = False
        self.due: float | None = None

    def begin(self, now: float) -> None:
        """The agent has started; from here on silence counts."""
        self.due = now + self._after_s

    def heard(self, now: float) -> bool:
        """There was output; whether that is news."""
        news = not self._heard
        self._heard = True
        self.due = now + self._after_s
        return news

    def tick(self, now: float) -> bool:
        """Whether quiet has begun, told once."""
        if self.due is None or now < self.due:
            return False
        self._heard = False
        self.due = None
        return True


class Newest:
    """Lets one row through per interval, the newest, and none twice in a row."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._free_at = 0.0
        self._told: Row | None = None
        self._waiting: Row | None = None

    @property
    def due(self) -> float | None:
        return self._free_at if self._waiting else None

    def offer(self, row: Row, now: float) -> Row | None:
        """A new value; returns it if it may be told at once."""
        self._waiting = row
        return self.tick(now)

    def tick(self, now: float) -> Row | None:
        """The value to tell now, if there is one and its time has come."""
        return self.take(now) if self._waiting and now >= self._free_at else None

    def take(self, now: float) -> Row | None:
        """The value that waits, whatever the time; None if it is what was told last."""
        row, self._waiting = self._waiting, None
        if row is None or row == self._told:
            return None
        self._told = row
        self._free_at = now + self._every_s
        return row
