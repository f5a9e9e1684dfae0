"""A ledger of years: one day's rows, told again and again under new dates, sessions and ids.

The day is encoded once; a row of the millions is that text with its marks replaced, chained and
inserted as the ledger does it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.state import SessionState
from agentmux.core.usage import Tokens
from agentmux.ledger import chain
from agentmux.ledger.codec import Row, encode_event
from agentmux.ledger.store import Ledger

FIRST = date(2024, 1, 1)
SESSIONS = 12
"""Opened and removed on each day."""
TURNS = 60
"""Of each session and day."""
MODELS = ("opus", "sonnet", "gpt")


def write_years(path: Path, rows: int) -> int:
    """Make a ledger of at least `rows` rows; how many days it has."""
    Ledger.open(path).close()
    day = [encode_event(event) for event in _day()]
    days = -(-rows // len(day))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        indexes = connection.execute(_INDEXES).fetchall()
        for name, _ in indexes:  # made anew at the end, in a tenth of the time
            connection.execute(f"DROP INDEX {name}")
        seq, before = 0, chain.START
        for number in range(days):
            connection.execute("BEGIN")
            chained = []
            for row in _dated(day, number):
                seq += 1
                before = chain.link(before, seq, row)
                chained.append((seq, *row, before))
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", chained)
            connection.execute("COMMIT")
        for _, sql in indexes:
            connection.execute(sql)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return days


_INDEXES = (
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'events' AND sql > ''"
)


def _dated(rows: list[Row], number: int) -> Iterator[Row]:
    today, first = (FIRST + timedelta(days=number)).isoformat(), number * SESSIONS
    names = {f"s{n}": f"s{first + n}" for n in range(1, SESSIONS + 1)}
    mark = f"d{number}-"
    for row in rows:
        body = row.body.replace("@@", mark)
        yield Row(today + row.at[10:], names.get(row.session or ""), row.kind, body)


def _day() -> Iterator[e.Event]:
    """Twelve sessions that work all day, one after the other in each minute."""
    told = sorted((event for n in range(1, SESSIONS + 1) for event in _session(n)),
                  key=lambda event: event.at)  # fmt: skip
    yield from told


def _session(number: int) -> Iterator[e.Event]:
    session, begin = f"s{number}", datetime(2024, 1, 1, 0, 0, number, tzinfo=UTC)

    def at(seconds: float) -> datetime:
        return begin + timedelta(seconds=seconds)

    name = f"task-{number}"
    yield e.Enqueued(at=at(0), session=session, request="@@r", name=name, agent="claude")
    yield e.SessionOpened(
        at=at(1), session=session, request="@@r", name=name, slot=1 + number % 9,
        agent="claude", repo="/repo", worktree=f"/trees/{session}", argv=("claude",),
        branch=f"agentmux/{name}",
    )  # fmt: skip
    yield e.LaunchIntended(at=at(2), session=session, request="@@r", run=1, slot=1)
    yield e.Launched(at=at(2), session=session, run=1, pane="%1", window="@1", server="x")
    yield e.Dequeued(at=at(2 + number), session=session, how="launched")
    yield _state(session, at(20), SessionState.IDLE)
    for turn in range(1, TURNS + 1):
        yield from _turn(session, turn, at(turn * 1200.0))
    yield e.Exited(at=at(80_000), session=session, run=1, code=0)
    yield e.SessionRemoved(at=at(80_100), session=session)


def _turn(session: str, turn: int, begin: datetime) -> Iterator[e.Event]:
    """Some forty rows: most say what a source said, as in a ledger of real agents."""

    def at(seconds: float) -> datetime:
        return begin + timedelta(seconds=seconds)

    yield e.TurnStarted(at=at(0), session=session, turn=turn)
    yield _state(session, at(0), SessionState.WORKING)
    for step in range(6):
        second = 10.0 + step * 40
        for source in ("hook", "transcript", "osc7501"):
            fact = f.ToolStarted(at=at(second), tool="Bash", call=f"@@{session}{turn}{step}")
            yield e.Reported(at=at(second), session=session, run=1, source=source, facts=(fact,),
                             feed="transcript", offset=turn * 1000 + step)  # fmt: skip
        yield e.UsageReported(
            at=at(second + 1), session=session, response=f"msg_@@{session}-{turn}-{step}",
            model=MODELS[step % 3], tokens=Tokens(3, 40_000 + step, 900, 0, 300 + turn),
            source="transcript", cost_usd=Decimal("0.0123456") + step, price_date="2024-01-01",
        )  # fmt: skip
    for ask in range(2):
        second = 60.0 + ask * 100
        number = turn * 2 + ask
        yield e.AskOpened(at=at(second), session=session, ask=number, kind="permission")
        yield _state(session, at(second), SessionState.ASKING)
        yield e.AskClosed(at=at(second + 5 + turn), session=session, ask=number, how="allowed")
        yield _state(session, at(second + 5 + turn), SessionState.WORKING)
    failed = turn % 10 == 0
    yield e.TurnEnded(at=at(300 + turn), session=session, turn=turn,
                      outcome="failed" if failed else "done",
                      cause="api_error" if failed else None)  # fmt: skip
    yield _state(session, at(300 + turn), SessionState.DONE)


def _state(session: str, at: datetime, to: SessionState) -> e.StateChanged:
    evidence: dict[str, e.Json] = {"osc7501": str(to), "hook": str(to)}
    return e.StateChanged(at=at, session=session, to=to, source="osc7501", evidence=evidence)
