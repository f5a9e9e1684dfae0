"""The tables, as a list of migrations; the file remembers the names of those it has seen.

A change is one more function at the end of `MIGRATIONS`; a landed one is never edited. Each runs
once, inside the transaction that records its name.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeAlias

from agentmux.errors import LedgerError

APPLICATION_ID = 0x616D7578
"""`amux` in the header of the file: what tells a ledger of ours from any other SQLite file."""

Migration: TypeAlias = Callable[[sqlite3.Connection], object]


def m001_record(connection: sqlite3.Connection) -> None:
    """Events (append-only, chained), and beside them the two tables that may be overwritten."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for statement in _M001:
        connection.execute(statement)


# AUTOINCREMENT: an id is never used again, and rows lost from the end of the table are noticed,
# because SQLite keeps the highest id elsewhere.
_M001 = (
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        session TEXT,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        chain BLOB NOT NULL
    )""",
    """CREATE TRIGGER events_are_final BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    """CREATE TRIGGER events_are_kept BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    "CREATE TABLE gauges (session TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE checkpoints (
        seq INTEGER PRIMARY KEY,
        fold TEXT NOT NULL,
        body TEXT NOT NULL,
        digest BLOB NOT NULL
    )""",
)


def m002_by_session(connection: sqlite3.Connection) -> None:
    """The rows of one session are found without reading all others."""
    connection.execute("CREATE INDEX events_by_session ON events (session, kind, id)")


def m003_rollups(connection: sqlite3.Connection) -> None:
    """Days that are counted already, and the rows of a response are found by its id."""
    for statement in _M003:
        connection.execute(statement)


_M003 = (
    """CREATE TABLE rollups (
        day TEXT PRIMARY KEY,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        carry TEXT NOT NULL,
        body TEXT NOT NULL,
        digest BLOB NOT NULL
    )""",
    """CREATE TABLE rollup_head (
        seq INTEGER PRIMARY KEY,
        fold TEXT NOT NULL,
        body TEXT NOT NULL,
        digest BLOB NOT NULL
    )""",
    # A damaged body is passed over here too: without that the index could not be made.
    """CREATE INDEX events_by_response ON events (json_extract(body, '$.response'), id)
        WHERE kind = 'usage_reported' AND json_valid(body)""",
)


MIGRATIONS: list[Migration] = [m001_record, m002_by_session, m003_rollups]
"""In the order in which they are applied."""


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether nothing is left to migrate; LedgerError when the file is not ours to touch."""
    # In this order: another process may make the ledger between the two.
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if owner != APPLICATION_ID:
        if owner or tables:
            raise LedgerError(
                "It belongs to another program.", "Move it away; agentmux will begin a new ledger."
            )
        return False
    seen = _seen(connection)
    newer = sorted(seen - {m.__name__ for m in MIGRATIONS})
    if newer:
        raise LedgerError(
            f"A newer agentmux wrote it ({newer[-1]}).", "Upgrade agentmux, then try again."
        )
    return len(seen) == len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest schema, inside the caller's transaction."""
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)")
    seen = _seen(connection)
    for migration in MIGRATIONS:
        if migration.__name__ not in seen:
            migration(connection)
            connection.execute("INSERT INTO migrations VALUES (?)", (migration.__name__,))


def _seen(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM migrations")}
