"""One SHA-256 chain over all rows: finds damage that SQLite itself does not see.

It is a detector of damage, not a seal: whoever can write the file can also recompute it. Of 258
damaging bit flips `integrity_check` saw 72, the chain all (`docs/design/safety.md` 5).
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from agentmux.ledger.codec import Row

START = bytes(32)
"""What the first row is chained to."""
_BATCH = 1000


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong with the file."""

    seq: int | None
    """Row at which it shows; None when it is not about one row."""
    message: str


def link(before: bytes, seq: int, row: Row) -> bytes:
    """The chain of row `seq` that follows a row with chain `before`."""
    content = json.dumps([seq, *row], separators=(",", ":"))
    return hashlib.sha256(before + content.encode("ascii")).digest()


def check(connection: sqlite3.Connection) -> Iterator[Damage]:
    """Walk all rows in short reads; each break is told once, at the first row that shows it."""
    last, before = 0, START
    while rows := connection.execute(_NEXT, (last, _BATCH)).fetchall():
        for seq, *fields, chain in rows:
            if seq != last + 1:
                yield Damage(seq, f"rows {last + 1} to {seq - 1} are missing")
            elif not _is_linked(before, seq, Row(*fields), chain):
                yield Damage(seq, f"row {seq} is not what was written")
            last, before = seq, chain
    kept = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
    if kept is not None and kept[0] != last:
        yield Damage(last, f"{kept[0]} rows were written and the last one here is {last}")


_NEXT = "SELECT id, at, session, kind, body, chain FROM events WHERE id > ? ORDER BY id LIMIT ?"


def _is_linked(before: object, seq: int, row: Row, chain: object) -> bool:
    """False too for a row whose columns changed their type: a damaged header can do that."""
    texts = (row.at, row.kind, row.body, row.session or "")
    if not isinstance(before, bytes) or not all(isinstance(text, str) for text in texts):
        return False
    return chain == link(before, seq, row)
