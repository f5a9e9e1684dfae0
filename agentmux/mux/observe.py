"""The fleet as it really is now, without asking tmux, git or a leader.

The ledger knows what was recorded; what happened since stands in the spools of the living
sessions and in the process table. `ls` and `wait` read all three, so that they tell the truth
while no leader runs and in the moment after something was killed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from agentmux.core import events as e
from agentmux.core.fleet import Fleet, apply, is_ending, state_age_s
from agentmux.core.session import Session
from agentmux.mux.processes import is_running
from agentmux.paths import Places

if TYPE_CHECKING:
    from agentmux.core.agent import Agent

STRANDED_S = 30.0
"""A start that has not said anything for this long has failed: its server was killed under it."""
SPOOL_PAGE = 1 << 20
"""Bytes of a spool read at once."""
PASSED_OVER = 1 << 16
"""Bytes of a spool without an event after which it is recorded how far it was read."""


def observe(fleet: Fleet, places: Places, now: datetime) -> Fleet:
    """`fleet` with everything applied that is true and not recorded yet; records nothing."""
    for session in fleet.live:
        if rows := list(unrecorded(session, places, now)):
            fleet = _with(fleet, session, rows, now)
    return fleet


def _with(fleet: Fleet, session: Session, rows: list[e.Event], now: datetime) -> Fleet:
    """`fleet` after `rows` and what they mean."""
    if not session.truth.claims and not any(isinstance(row, e.Reported) for row in rows):
        for row in rows:  # nobody has told a state: they mean what they say
            fleet = apply(fleet, row)
        return fleet
    from agentmux.core.turns import with_verdicts  # only where there is something to think about

    ranks, ending = agent_of(session).RANKS, is_ending(fleet, session.id)
    for event in with_verdicts(session, rows, now, ranks, ending=ending):
        fleet = apply(fleet, event)
    return fleet


def agent_of(session: Session) -> "Agent":
    """Its adapter; that of a plain command for a row of a newer version's table.

    Imported when it is asked for: `ls` has nothing to ask an adapter in most of its answers.
    """
    from agentmux.agents import AGENTS

    return AGENTS.get(session.agent, AGENTS["command"])


def unrecorded(session: Session, places: Places, now: datetime) -> Iterator[e.Event]:
    """Events about `session` that the ledger lacks, oldest first; the last may be its end."""
    ended = False
    # The process is looked at before the spool is read: a shim writes its exit row and then ends.
    if session.shim_pid is None:
        alive = not _is_stranded(session, now)
    else:
        alive = is_running(session.shim_pid, session.shim_start)
    for event in read_spool(session, places, now):
        if isinstance(event, e.AgentStarted):
            alive = is_running(event.shim_pid, event.shim_start)
        ended = ended or isinstance(event, e.Exited)
        yield event
    if not ended and not alive:
        yield from _ended_unseen(session, places, now)


def _ended_unseen(session: Session, places: Places, now: datetime) -> Iterator[e.Event]:
    """The end of a session whose shim is gone; read again, for it may have written meanwhile."""
    late = [event for event in read_spool(session, places, now) if isinstance(event, e.Exited)]
    if late:
        yield from late
        return
    yield e.Exited(
        at=now,
        session=session.id,
        run=session.run,
        source="process",
        certain=False,
        why="the shim was killed or the machine went down",
    )


def read_spool(
    session: Session, places: Places, now: datetime
) -> Iterator[e.SpoolFact | e.SpoolRead]:
    """What this run's spool holds behind the recorded offset, to its end."""
    offset = told = session.spool_offset
    while whole := _whole_lines(_read_page(session, places, offset)):
        from agentmux.core.spool import parse_spool

        adapter = agent_of(session)
        reports = adapter.LEVEL > 0
        for event in parse_spool(
            replace(session, spool_offset=offset), whole, adapter.parse, reports=reports
        ):
            told = event.spool_offset or told
            yield event
        offset += len(whole)
    if offset - told >= PASSED_OVER:
        yield e.SpoolRead(at=now, session=session.id, run=session.run, spool_offset=offset)


def _read_page(session: Session, places: Places, offset: int) -> bytes:
    if not session.run:
        return b""
    try:
        with places.spool(session.id, session.run).open("rb") as spool:
            spool.seek(offset)
            return spool.read(SPOOL_PAGE)
    except FileNotFoundError:
        return b""


def _whole_lines(page: bytes) -> bytes:
    """`page` up to its last line end; one that is full of a single line is no shim's: all of it."""
    return page if len(page) == SPOOL_PAGE and b"\n" not in page else page[: page.rfind(b"\n") + 1]


def _is_stranded(session: Session, now: datetime) -> bool:
    """Whether a start left no trace for so long that nothing can come of it any more."""
    return session.shim_pid is None and session.run > 0 and state_age_s(session, now) > STRANDED_S
