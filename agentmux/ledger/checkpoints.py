"""The fleet as of some row, so that a start replays the last hours and not the first year.

A checkpoint is a cache. It counts only for the very code that folded it: its version is the digest
of the modules which define the fold, so nobody can forget to raise it. Its own digest covers the
chain of its row as well, so a damaged one, or one of another history, is ignored.
"""

import hashlib
import pkgutil
import sqlite3
from dataclasses import replace
from functools import cache

from agentmux.core.fleet import Fleet
from agentmux.core.session import Gauge
from agentmux.ledger import codec

FOLD = (
    "core/recorded.py",
    "core/records.py",
    "core/waiting.py",
    "core/events.py",
    "core/facts.py",
    "core/state.py",
    "core/truth.py",
    "core/hearing.py",
    "core/session.py",
    "core/changes.py",
    "core/fleet.py",
    "core/bill.py",
    "core/charges.py",
    "core/purse.py",
    "core/usage.py",
    "ledger/codec.py",
)


@cache
def fold_version() -> str:
    """What identifies the present meaning of rows and of a stored fleet."""
    digest = hashlib.sha256()
    for module in FOLD:
        digest.update(pkgutil.get_data("agentmux", module) or b"")
    return digest.hexdigest()


def save(connection: sqlite3.Connection, fleet: Fleet) -> None:
    """Replace the checkpoint by `fleet`, its gauges left out; inside the caller's transaction."""
    bare = {i: replace(s, gauge=Gauge()) for i, s in fleet.sessions.items()}
    body = codec.encode(replace(fleet, sessions=bare))
    digest = _digest(connection, fleet.seq, body)
    if digest is not None:
        connection.execute("DELETE FROM checkpoints")
        row = (fleet.seq, fold_version(), body, digest)
        connection.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?)", row)


def load(connection: sqlite3.Connection) -> Fleet:
    """The newest fleet that may be trusted; an empty one when there is none."""
    found = connection.execute(
        "SELECT seq, body, digest FROM checkpoints WHERE fold = ? ORDER BY seq DESC LIMIT 1",
        (fold_version(),),
    ).fetchone()
    if found is None:
        return Fleet()
    seq, body, digest = found
    if digest != _digest(connection, seq, body):
        return Fleet()
    return codec.decode(Fleet, body)


def _digest(connection: sqlite3.Connection, seq: int, body: str) -> bytes | None:
    """None when the ledger has no row `seq`."""
    chain = connection.execute("SELECT chain FROM events WHERE id = ?", (seq,)).fetchone()
    if chain is None:
        return None
    return hashlib.sha256(
        chain[0] + fold_version().encode() + body.encode("ascii", "replace")
    ).digest()
