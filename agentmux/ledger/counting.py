"""Folding the ledger's rows through a meter, from any row on.

Only the kinds that count are read and decoded. A response may be told of again at any time, and a
year of them is not kept in memory: what was told before is looked up by its id, in the ledger.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agentmux.core.events import Event, UsageReported
from agentmux.core.meter import Gap, Meter, Open, Queue
from agentmux.core.meters import METERED, fold, recall
from agentmux.core.spans import Spans
from agentmux.ledger import codec

PAGE = 5000
"""Rows read in one go."""
REMEMBERED = 4096
"""Responses kept in memory."""


@dataclass(frozen=True)
class Carry:
    """All of a meter that a later row can still bear on; the tallies left out."""

    opened: Mapping[str, Open] = field(default_factory=dict)
    asleep: tuple[tuple[datetime, datetime], ...] = ()
    away: tuple[tuple[datetime, datetime], ...] = ()
    away_since: datetime | None = None
    queue: Queue = field(default_factory=Queue)
    last_at: datetime | None = None
    led: bool | None = None
    blind: Gap | None = None


def carry_of(meter: Meter) -> str:
    """What is open, as text."""
    return codec.encode(
        Carry(
            meter.opened,
            tuple(meter.asleep.closed),
            tuple(meter.away.closed),
            meter.away.since,
            meter.queue,
            meter.last_at,
            meter.led,
            meter.blind,
        )
    )


def meter_of(
    carry: str,
    since: datetime | None = None,
    until: datetime | None = None,
    asof: datetime | None = None,
) -> Meter:
    """The meter that goes on from there, in a window as `Meter` has it; ValueError: it is none."""
    known = codec.decode(Carry, carry)
    return Meter(
        opened=dict(known.opened),
        asleep=Spans(list(known.asleep)),
        away=Spans(list(known.away), known.away_since),
        queue=known.queue,
        last_at=known.last_at,
        led=known.led,
        blind=known.blind,
        since=since,
        until=until,
        asof=asof,
    )


def rows_after(
    connection: sqlite3.Connection, seq: int, last: int, limit: int = PAGE
) -> list[tuple[int, codec.Row]]:
    """The rows that count behind `seq`, up to row `last`."""
    found = connection.execute(_ROWS, (seq, last, limit)).fetchall()
    return [(seq, codec.Row(*row)) for seq, *row in found]


def count(connection: sqlite3.Connection, meter: Meter, seq: int, row: codec.Row) -> None:
    """Fold one row; one that this version does not understand is passed over."""
    event = codec.decode_event(row)
    if event is None:
        return
    if isinstance(event, UsageReported) and event.response not in meter.spent:
        if len(meter.spent) >= REMEMBERED:
            for response in list(meter.spent)[: REMEMBERED // 2]:
                del meter.spent[response]
        recall(meter, told_before(connection, event.response, seq))
    fold(meter, event)


def count_range(connection: sqlite3.Connection, meter: Meter, first: int, last: int) -> None:
    """Fold the rows from `first` to `last`, both included."""
    seq = first - 1
    while rows := rows_after(connection, seq, last):
        for seq, row in rows:
            count(connection, meter, seq, row)


def told_before(connection: sqlite3.Connection, response: str, seq: int) -> Iterator[UsageReported]:
    """What the rows before `seq` say of a response, in any session, oldest first."""
    for row in connection.execute(_TOLD, (response, seq)).fetchall():
        event: Event | None = codec.decode_event(codec.Row(*row))
        if isinstance(event, UsageReported):
            yield event


_KINDS = ",".join(f"'{codec.kind_of(kind)}'" for kind in METERED)
_ROWS = (
    "SELECT id, at, session, kind, body FROM events"
    f" WHERE id > ? AND id <= ? AND kind IN ({_KINDS}) ORDER BY id LIMIT ?"
)
_TOLD = (
    "SELECT at, session, kind, body FROM events"
    " WHERE kind = 'usage_reported' AND json_valid(body)"
    " AND json_extract(body, '$.response') = ? AND id < ? ORDER BY id"
)
