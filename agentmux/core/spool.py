"""What a line of a shim's spool means: rows in, events out.

The spool is written by the shim, one JSON object a line (`docs/design/shim.md`), and read by
offset, so that nothing is lost while no process of ours runs and nothing is counted twice: every
event made here carries the offset behind its line.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agentmux.core import events as e
from agentmux.core.changes import meaning
from agentmux.core.facts import AnyFact, KeyPressed, Source
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.core.text import clean

EPOCH = datetime.fromtimestamp(0, UTC)
REPORTS = {"status": Source.OSC7501, "title": Source.TITLE}
"""Kind of row → the source it is a record of."""

SAME_TITLE = timedelta(seconds=10)
"""A title that goes on saying the same, as a spinner does, is told as often as this."""

Parse = Callable[[Source, Mapping[str, Any], datetime], list[AnyFact]]
"""An adapter's `parse`."""


def parse_spool(
    session: Session, data: bytes, parse: Parse, *, reports: bool = False
) -> Iterator[e.SpoolFact]:
    """Events of the whole lines in `data`, which begins at `session.spool_offset`.

    `parse` is that of the session's agent; `reports` says that the agent tells its own state, so
    that its output alone tells nothing.

    A line of a kind unknown here, or one that no shim writes (an agent can reach the file), is
    passed over: the offset moves on with the next event, or with a `SpoolRead`.
    """
    offset = session.spool_offset
    titled = (session.titled, session.titled_at)
    for line in data.split(b"\n")[:-1]:
        offset += len(line) + 1
        try:
            event = _event(session, json.loads(line), offset, parse, reports)
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError):
            continue
        if isinstance(event, e.Reported) and event.source == Source.TITLE:
            said = (meaning(event.facts), event.at)
            if said[0] == titled[0] and titled[1] and event.at - titled[1] < SAME_TITLE:
                continue
            titled = said
        if event is not None:
            yield event


def _event(
    session: Session, row: dict[str, Any], offset: int, parse: Parse, reports: bool
) -> e.SpoolFact | None:
    at = EPOCH + timedelta(seconds=float(row.get("t", 0)))
    match row.get("e"):
        case "status" | "title" as kind:
            source = REPORTS[kind]
            return _reported(session, source, parse(source, row, at), at, offset)
        case "key" if row["key"] in ("esc", "ctrl-c"):
            pressed = KeyPressed(at=at, key=row["key"])
            return _reported(session, Source.KEYS, [pressed], at, offset)
        case "output" | "quiet" if reports:
            return None
        case "started":
            return e.AgentStarted(
                at=at,
                session=session.id,
                run=session.run,
                pid=int(row["pid"]),
                pgid=int(row.get("pgid", row["pid"])),
                shim_pid=int(row["shim"]),
                shim_start=_number(row.get("shim_start")),
                spool_offset=offset,
                reports=reports,
            )
        case "output":
            return _state(session, at, SessionState.RUNNING, "the pane shows output", offset)
        case "quiet":
            return _state(session, at, SessionState.QUIET, "no output", offset)
        case "exit":
            return _exited(
                session, at, _number(row.get("code")), _number(row.get("signal")), offset
            )
        case "failed":
            why = clean(str(row.get("message", "")), one_line=True)
            return _exited(session, at, 127, None, offset, why)
        case _:
            return None


def _reported(
    session: Session, source: Source, facts: list[AnyFact], at: datetime, offset: int
) -> e.Reported | None:
    if not facts:
        return None
    return e.Reported(
        at=at,
        session=session.id,
        run=session.run,
        source=source,
        facts=tuple(facts),
        spool_offset=offset,
    )


def _number(value: object) -> int | None:
    if value is not None and not isinstance(value, int):
        raise TypeError("not a number")
    return value


def _state(
    session: Session, at: datetime, to: SessionState, why: str, offset: int
) -> e.StateChanged:
    return e.StateChanged(
        at=at, session=session.id, to=to, source="shim", why=why, spool_offset=offset
    )


def _exited(
    session: Session,
    at: datetime,
    code: int | None,
    signal: int | None,
    offset: int,
    why: str = "",
) -> e.Exited:
    return e.Exited(
        at=at,
        session=session.id,
        run=session.run,
        code=code,
        signal=signal,
        why=why,
        spool_offset=offset,
    )
