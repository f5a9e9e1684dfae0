"""Days counted already, so that a report over years reads days and not rows.

A roll-up is a cache. Like a checkpoint it counts only for the very code that folded it and for the
history it was folded from: the head's digest covers the chain of its row and every day. What a
late row adds to a closed day is added to its roll-up.
"""

import hashlib
import json
import pkgutil
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from agentmux.core.meter import Gap, Meter, Who, day_of
from agentmux.core.meters import settle
from agentmux.core.tally import Tally
from agentmux.ledger import counting

FOLD = (
    "core/recorded.py",
    "core/waiting.py",
    "core/charges.py",
    "core/events.py",
    "core/state.py",
    "core/usage.py",
    "core/turns.py",
    "core/tally.py",
    "core/spans.py",
    "core/spending.py",
    "core/meter.py",
    "core/meters.py",
    "core/waits.py",
    "ledger/codec.py",
    "ledger/counting.py",
    "ledger/rollups.py",
)


@cache
def fold_version() -> str:
    """What identifies the present way of counting."""
    digest = hashlib.sha256()
    for module in FOLD:
        digest.update(pkgutil.get_data("agentmux", module) or b"")
    return digest.hexdigest()


@dataclass
class Day:
    """What was counted of one day."""

    tallies: dict[tuple[str | None, str | None], Tally] = field(default_factory=dict)
    """By session and model."""
    who: dict[str, Who] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    first: int = 0
    """The first row of the day, 0 when it has none: what is counted came from later rows."""
    last: int = 0
    carry: str = ""
    """What was open just before `first`."""

    def merge(self, later: "Day") -> None:
        """Add what was counted later of the same day."""
        for key, tally in later.tallies.items():
            self.tallies.setdefault(key, Tally()).merge(tally)
        self.who |= later.who
        self.gaps += later.gaps
        if later.first:
            self.carry = self.carry if self.first else later.carry
            self.first, self.last = self.first or later.first, max(self.last, later.last)


class Rollups:
    """The count over one connection: what is stored, and what was counted since.

    Any number of processes count; whoever saves first is right, and the others begin again from
    what was saved.
    """

    def __init__(self, connection: sqlite3.Connection, *, anew: bool = False) -> None:
        self._connection = connection
        self.meter, self.seq = Meter(), 0
        self._base = 0
        """The row up to which the stored days go."""
        self._news: dict[str, Day] = {}
        self._is_anew = anew
        """Whether nothing stored is believed, and all of it is to be replaced."""
        if not anew:
            self._load()

    def _load(self) -> None:
        """Go on from the stored head; from the first row when there is none that counts."""
        self._begin()
        head = self._connection.execute(_HEAD, (fold_version(),)).fetchone()
        if head is None or head[2] != self._digest(head[0], head[1]):
            return
        try:
            self.meter, self.seq = counting.meter_of(head[1]), head[0]
        except ValueError:
            return
        self._base = self.seq

    @property
    def end(self) -> int:
        """The newest row there is."""
        (last,) = self._connection.execute("SELECT max(id) FROM events").fetchone()
        return last or 0

    def advance(self, most: int = counting.PAGE) -> bool:
        """Count up to `most` more rows; False when none is left."""
        end = self.end
        rows = counting.rows_after(self._connection, self.seq, end, most)
        for seq, row in rows:
            day = self._news.get(row.at[:10])
            if day is None or not day.first:
                day = self._news.setdefault(row.at[:10], Day())
                day.first, day.carry = seq, counting.carry_of(self.meter)
            day.last = seq
            counting.count(self._connection, self.meter, seq, row)
            self.seq = seq
        if len(rows) == most:
            return True
        self.seq = max(self.seq, end)
        return False

    def save(self) -> None:
        """Store what was counted, inside the caller's transaction."""
        self._collect()
        if not self._is_anew and self._stored_seq() != self._base:
            self._load()  # somebody else has saved
            return
        if not self._base:
            self._connection.execute("DELETE FROM rollups")
        for name, news in self._news.items():
            day = self._stored(name)
            day.merge(news)
            row = (name, day.first, day.last, day.carry, _encode(day))
            digest = hashlib.sha256(repr(row).encode("ascii", "replace")).digest()
            self._connection.execute(_PUT_DAY, (*row, digest))
        carry = counting.carry_of(self.meter)
        whole = self._digest(self.seq, carry)
        if whole is not None:
            self._connection.execute("DELETE FROM rollup_head")
            self._connection.execute(_PUT_HEAD, (self.seq, fold_version(), carry, whole))
            self._base, self._news, self._is_anew = self.seq, {}, False

    def _stored_seq(self) -> int:
        """The row that the stored days go up to; 0 when there are none that count."""
        head = self._connection.execute(_HEAD, (fold_version(),)).fetchone()
        return 0 if head is None or head[2] != self._digest(head[0], head[1]) else int(head[0])

    def days(self, now: datetime, last: str = "~") -> dict[str, Day]:
        """The days up to `last`, in order: stored, counted since, and under way up to `now`.

        With that the count is used up: it cannot go on.
        """
        try:
            found = {name: self._stored(name) for name in self._names(last)}
        except ValueError:  # one damaged day undoes them all
            self._begin()
            self._is_anew = True
            while self.advance():
                pass
            found = {}
        settle(self.meter, now)
        self._collect()
        for name, news in self._news.items():
            if name <= last:
                found.setdefault(name, Day()).merge(news)
        return dict(sorted(found.items()))

    def _begin(self) -> None:
        """Count from the first row."""
        self.meter, self.seq, self._base, self._news = Meter(), 0, 0, {}

    def _collect(self) -> None:
        """Take what the meter has counted, by day."""
        tallies, who, gaps = self.meter.drain()
        for key, tally in tallies.items():
            day = self._news.setdefault(key.day, Day())
            day.tallies.setdefault((key.session, key.model), Tally()).merge(tally)
            if key.session in who:
                day.who[key.session or ""] = who[key.session or ""]
        for gap in gaps:
            self._news.setdefault(day_of(gap.since), Day()).gaps.append(gap)

    def _names(self, last: str) -> list[str]:
        """The stored days that count."""
        if not self._base:
            return []
        return [name for (name,) in self._connection.execute(_DAYS, (last,))]

    def _stored(self, name: str) -> Day:
        """The stored day, an empty one when there is none; ValueError when it is damaged."""
        row = self._connection.execute(_DAY, (name,)).fetchone()
        if row is None:
            return Day()
        *fields, digest = row
        if hashlib.sha256(repr((name, *fields)).encode("ascii", "replace")).digest() != digest:
            raise ValueError(f"the roll-up of {name} is damaged")
        return _decode(*fields)

    def _digest(self, seq: int, carry: str) -> bytes | None:
        """None when the ledger has no row `seq`."""
        chain = self._connection.execute("SELECT chain FROM events WHERE id = ?", (seq,)).fetchone()
        if chain is None:
            return None
        digest = hashlib.sha256(chain[0] + fold_version().encode())
        digest.update(carry.encode("ascii", "replace"))
        for (day,) in self._connection.execute("SELECT digest FROM rollups ORDER BY day"):
            digest.update(day)
        return digest.digest()


_HEAD = "SELECT seq, body, digest FROM rollup_head WHERE fold = ?"
_PUT_HEAD = "INSERT INTO rollup_head VALUES (?, ?, ?, ?)"
_DAY = "SELECT first, last, carry, body, digest FROM rollups WHERE day = ?"
_DAYS = "SELECT day FROM rollups WHERE day <= ?"
_PUT_DAY = "REPLACE INTO rollups VALUES (?, ?, ?, ?, ?, ?)"


def _encode(day: Day) -> str:
    cells = [[*key, tally.counts, tally.samples] for key, tally in day.tallies.items()]
    gaps = [[g.since.isoformat(), g.until.isoformat(), g.certain] for g in day.gaps]
    return json.dumps({"cells": cells, "who": day.who, "gaps": gaps}, separators=(",", ":"))


def _decode(first: int, last: int, carry: str, body: str) -> Day:
    stored = json.loads(body)
    return Day(
        {(session, model): Tally(c, s) for session, model, c, s in stored["cells"]},
        {session: Who(*names) for session, names in stored["who"].items()},
        [_gap(*gap) for gap in stored["gaps"]],
        first,
        last,
        carry,
    )


def _gap(since: str, until: str, certain: bool) -> Gap:
    return Gap(datetime.fromisoformat(since), datetime.fromisoformat(until), certain)
