"""The ledger: append events, read those after a row, notice that there are new ones.

Facts are appended, chained and on the disk before `append` returns. Gauges are volatile: written
over in place, unchained, and not worth a disk flush. Reads are short, because a reader that stays
makes the write-ahead log grow (161 MB in 4 s). A connection belongs to the thread that opened it.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from agentmux.core.events import Event, UsageReported
from agentmux.core.fleet import Fleet, apply_all, with_gauges
from agentmux.core.session import Gauge
from agentmux.ledger import chain, checkpoints, codec, reserve
from agentmux.ledger.chain import Damage
from agentmux.ledger.database import explained, is_full, open_database, writing

if TYPE_CHECKING:
    from agentmux.ledger.rollups import Rollups
    from agentmux.ledger.windows import Counted

_BATCH = 1000
"""Rows read in one go."""
_LOG, _SHORT_LOG = 1000, 16
"""Pages of write-ahead log after which it is folded into the file: always, and on a full disk."""


class Ledger:
    """One connection to the ledger; any number of them, in any number of processes, get along."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.skipped: set[int] = set()
        """Rows read here that this version does not understand; they are passed over."""
        self._connection = connection
        self._version: int | None = None
        self._wrote = False
        self._rollups: Rollups | None = None

    @classmethod
    def open(cls, path: Path, *, create: bool = True, read_only: bool = False) -> Self:
        """Open the ledger at `path`, in a folder that exists; made and migrated where needed.

        Read-only, nothing is created, a read-only folder will do, and a ledger that does not
        exist yet reads as an empty one. LedgerError when the file is not a ledger.
        """
        with explained(path):
            connection = open_database(path, create=create, read_only=read_only)
            if not read_only:
                reserve.make(path)
        return cls(path, connection)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, *events: Event) -> list[int]:
        """Record all of `events` or none, durably, and return the ids of their rows.

        On a full disk the reserve is given up for them; LedgerError when even that does not help.
        """
        rows = [codec.encode_event(event) for event in events]
        if not rows:
            return []
        with explained(self.path):
            try:
                ids = self._insert(rows)
            except sqlite3.OperationalError as error:
                if not is_full(error):
                    raise
                self._make_room()
                ids = self._insert(rows)
            if self.reserve_spent:
                self._restore_reserve()
        self._tell()
        return ids

    def _insert(self, rows: list[codec.Row]) -> list[int]:
        with writing(self._connection):
            last = self._connection.execute(_LAST).fetchone()
            seq, before = last or (0, chain.START)
            first = seq + 1
            for seq, row in enumerate(rows, first):
                before = chain.link(before, seq, row)
                self._connection.execute(_INSERT, (seq, *row, before))
        self._wrote = True
        return list(range(first, first + len(rows)))

    def _make_room(self) -> None:
        """Give up the reserve and keep the write-ahead log short, which would eat it in no time."""
        reserve.free(self.path)
        with contextlib.suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {_SHORT_LOG}")

    def _restore_reserve(self) -> None:
        reserve.make(self.path)
        if not self.reserve_spent:
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG}")

    @property
    def reserve_spent(self) -> bool:
        """Whether the disk was full and still is: nothing new should be started."""
        return reserve.is_spent(self.path)

    def since(self, seq: int, limit: int | None = None) -> list[tuple[int, Event]]:
        """The events after row `seq`, oldest first, at most `limit`."""
        found: list[tuple[int, Event]] = []
        while limit is None or len(found) < limit:
            batch = _BATCH if limit is None else min(_BATCH, limit - len(found))
            with explained(self.path):
                rows = self._connection.execute(_SINCE, (seq, batch)).fetchall()
            if not rows:
                break
            for seq, *stored in rows:
                event = codec.decode_event(codec.Row(*stored))
                if event is None:
                    self.skipped.add(seq)
                else:
                    found.append((seq, event))
        return found

    def of_session(
        self, session: str, kinds: Iterable[type[Event]] = ()
    ) -> list[tuple[int, Event]]:
        """`(id, event)` of one session, oldest first; of these kinds alone when some are named."""
        words = [codec.kind_of(kind) for kind in kinds]
        chosen = f" AND kind IN ({','.join('?' * len(words))})" if words else ""
        with explained(self.path):
            query = _OF_SESSION + chosen + " ORDER BY id"
            rows = self._connection.execute(query, (session, *words)).fetchall()
        decoded = ((seq, codec.decode_event(codec.Row(*stored))) for seq, *stored in rows)
        return [(seq, event) for seq, event in decoded if event is not None]

    def usage_of(self, responses: Iterable[str]) -> dict[str, list[UsageReported]]:
        """What is on record of these responses, in any session, oldest first."""
        from agentmux.ledger.counting import told_before  # `ls` counts nothing

        with explained(self.path):
            end = self.last + 1
            told = ((name, list(told_before(self._connection, name, end))) for name in responses)
            return {name: rows for name, rows in told if rows}

    def rows(
        self, after: int = 0, session: str | None = None, kind: str | None = None
    ) -> Iterator[tuple[int, codec.Row, bytes]]:
        """`(id, row, chain)` as they are stored, oldest first, of kinds nobody knows too."""
        chosen = " AND session = :session" if session is not None else ""
        chosen += " AND kind = :kind" if kind is not None else ""
        query = f"{_STORED}{chosen} ORDER BY id LIMIT {_BATCH}"
        while True:
            given = {"after": after, "session": session, "kind": kind}
            with explained(self.path):
                found = self._connection.execute(query, given).fetchall()
            for after, *row, chain_ in found:
                yield after, codec.Row(*row), chain_
            if len(found) < _BATCH:
                return

    @property
    def last(self) -> int:
        """The id of the newest row, 0 when there is none."""
        with explained(self.path):
            return int(self._connection.execute("SELECT max(id) FROM events").fetchone()[0] or 0)

    def recount(self, now: datetime, since: datetime | None, until: datetime | None) -> "Counted":
        """As `count`, from the rows alone."""
        from agentmux.ledger.rollups import Rollups
        from agentmux.ledger.windows import count_window

        with explained(self.path):
            rollups = Rollups(self._connection, anew=True)
            return count_window(self._connection, rollups, since, until, now)

    def changed(self) -> bool:
        """Whether rows or gauges may be new since the last call; True at the first (13 µs)."""
        with explained(self.path):
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        news = self._wrote or version != self._version
        self._version, self._wrote = version, False
        return news

    def set_gauges(self, gauges: Mapping[str, Gauge]) -> None:
        """Overwrite the readings of these sessions; the others keep theirs."""
        rows = [(session, codec.encode(gauge)) for session, gauge in gauges.items()]
        with self._volatile_write():
            self._connection.executemany("REPLACE INTO gauges VALUES (?, ?)", rows)

    def gauges(self) -> dict[str, Gauge]:
        """The newest readings, by session; one that cannot be read is left out."""
        with explained(self.path):
            rows = self._connection.execute("SELECT session, body FROM gauges").fetchall()
        found = {}
        for session, body in rows:
            with contextlib.suppress(ValueError):
                found[session] = codec.decode(Gauge, body)
        return found

    def save_checkpoint(self, fleet: Fleet) -> None:
        """Keep `fleet`, as of row `fleet.seq`, for the next start; it replaces the one before."""
        with self._volatile_write():
            checkpoints.save(self._connection, fleet)

    def load_fleet(self) -> Fleet:
        """Everything now: the checkpoint, the rows after it, the newest gauges.

        Equal to a replay of all rows, only sooner.
        """
        with explained(self.path):
            fleet = checkpoints.load(self._connection)
        while rows := self.since(fleet.seq, _BATCH):
            fleet = apply_all(fleet, rows)
        return with_gauges(fleet, self.gauges())

    def roll_up(self, most: int = 2000) -> bool:
        """Count up to `most` more rows into the roll-ups; whether more are left.

        Whoever leads does this now and then, so that a report has little left to count.
        """
        from agentmux.ledger.rollups import Rollups  # `ls` counts nothing

        with explained(self.path):
            if self._rollups is None:
                self._rollups = Rollups(self._connection)
            is_more = self._rollups.advance(most)
        with self._volatile_write():
            self._rollups.save()
        return is_more

    def count(self, now: datetime, since: datetime | None, until: datetime | None) -> "Counted":
        """Everything counted between two moments, what is under way up to `now`; stores nothing."""
        from agentmux.ledger.rollups import Rollups
        from agentmux.ledger.windows import count_window

        with explained(self.path):
            rollups = Rollups(self._connection)
            return count_window(self._connection, rollups, since, until, now)

    @property
    def uncounted(self) -> int:
        """How many rows no roll-up has counted yet."""
        from agentmux.ledger.rollups import Rollups

        with explained(self.path):
            rollups = Rollups(self._connection)
            return rollups.end - rollups.seq

    def verify(self) -> list[Damage]:
        """Read everything and say what is damaged; empty when all is as it was written."""
        try:
            found = self._connection.execute("PRAGMA integrity_check").fetchall()
            told = [Damage(None, f"SQLite: {line}") for (line,) in found if line != "ok"]
            return [*told, *chain.check(self._connection)]
        except sqlite3.DatabaseError as error:
            return [Damage(None, f"SQLite: {error}")]

    @contextlib.contextmanager
    def _volatile_write(self) -> Iterator[None]:
        """A transaction that is not flushed: the next append flushes it along, or it is lost."""
        with explained(self.path):
            self._connection.execute("PRAGMA synchronous = NORMAL")
            try:
                with writing(self._connection):
                    yield
            finally:
                self._connection.execute("PRAGMA synchronous = FULL")
        self._wrote = True
        self._tell()

    def _tell(self) -> None:
        """Touch the file once all can be read: whoever follows is woken by the kernel.

        SQLite's own writes come before the moment in which others see them.
        """
        with contextlib.suppress(OSError):
            os.utime(self.path)


_LAST = "SELECT id, chain FROM events ORDER BY id DESC LIMIT 1"
_INSERT = "INSERT INTO events (id, at, session, kind, body, chain) VALUES (?, ?, ?, ?, ?, ?)"
_OF_SESSION = "SELECT id, at, session, kind, body FROM events WHERE session = ?"
_STORED = "SELECT id, at, session, kind, body, chain FROM events WHERE id > :after"
_SINCE = "SELECT id, at, session, kind, body FROM events WHERE id > ? ORDER BY id LIMIT ?"
