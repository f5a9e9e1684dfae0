"""Looks at a pane's text, for what an agent tells nowhere else: pages of its start, above all.

At most one look a second and session, and only when something was printed since the last: nothing
is looked at while an agent works that tells its own state. What a page says is known to be read
off a screen, and shown as uncertain.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.facts import Source
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.errors import AgentmuxError

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

LOOK_S = 1.0
IDLE_S = 5.0
"""While no agent runs that has anything to show: one that starts has as long to speak first."""
SCREEN_ONLY = 1
"""Level of an agent whose asks stand on its screen alone."""


class Looks:
    """What was looked at last: session and run → how much its shim had written by then."""

    def __init__(self, leader: Leader) -> None:
        self._leader = leader
        self._written: dict[tuple[str, int], int] = {}

    async def keep_looking(self) -> None:
        """Look where it is worth it, for as long as this runs."""
        while True:
            for session in self._leader.mux.fleet.live:
                if self._is_worth_it(session):
                    await self._look(session)
            reports = any(session.reports for session in self._leader.mux.fleet.live)
            await asyncio.sleep(LOOK_S if reports else IDLE_S)

    def _is_worth_it(self, session: Session) -> bool:
        if not session.reports or session.pane is None or session.pid is None:
            return False
        if has_page(session):  # it must be seen to go, and going may print little
            return True
        level = AGENTS.get(session.agent, AGENTS["command"]).LEVEL
        if level != SCREEN_ONLY and session.state is SessionState.WORKING:
            return False
        run, written = (session.id, session.run), self._size(session)
        if self._written.get(run) == written:
            return False
        self._written[run] = written
        return True

    def _size(self, session: Session) -> int:
        try:
            return self._leader.mux.places.spool(session.id, session.run).stat().st_size
        except OSError:
            return 0

    async def _look(self, session: Session) -> None:
        try:
            rows = await asyncio.to_thread(self._leader.server.capture, session.pane or "")
        except AgentmuxError:
            return
        lines = [row.decode("utf-8", "replace").rstrip() for row in rows]
        row = reading(session, lines, self._leader.mux.now())
        if row is not None:
            self._leader.reports.push(row)


def has_page(session: Session) -> bool:
    """Whether the last look found something that waits for the person."""
    claim = session.truth.claims.get(Source.SCREEN)
    return claim is not None and claim.state is SessionState.ASKING


def reading(session: Session, lines: list[str], now: datetime) -> e.Reported | None:
    """What a screen says of the session; None: nothing."""
    record = {"lines": lines, "asked": has_page(session)}
    facts = AGENTS.get(session.agent, AGENTS["command"]).parse(Source.SCREEN, record, now)
    if not facts:
        return None
    return e.Reported(
        at=now, session=session.id, run=session.run, source=Source.SCREEN, facts=tuple(facts)
    )
