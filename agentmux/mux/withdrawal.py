"""Taking a start back that did not come up: nothing of it runs on or can begin later.

The order leaves no gap. Without its spec a shim that is still coming up starts nothing; one that
has it already is killed and takes its agent along; and what that agent left behind stands in the
group which the shim noted in the spool.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.errors import TmuxError
from agentmux.mux.observe import read_spool
from agentmux.mux.orphans import end_group
from agentmux.tmux.server import Server

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader


def is_lost(session: Session) -> bool:
    """Whether its present run ended without anybody having seen it begin."""
    return (
        session.state is SessionState.EXITED and session.pid is None and not session.state_certain
    )


async def withdraw(leader: Leader, session: Session) -> None:
    """End whatever there is of the session's present run: spec, shim, window, agent."""
    await asyncio.to_thread(_withdraw, leader, session)


def _withdraw(leader: Leader, session: Session) -> None:
    places = leader.mux.places
    places.shim_spec(session.id, session.run).unlink(missing_ok=True)
    with suppress(TmuxError):  # without a server there is neither window nor shim
        _end_window(leader.server, session)
    for event in read_spool(session, places, leader.mux.now()):
        if isinstance(event, e.AgentStarted):
            end_group(replace(session, pgid=event.pgid))


def _end_window(server: Server, session: Session) -> None:
    pane = server.find_window(session.window_name)
    if pane is None:
        return
    if not pane.dead:
        with suppress(ProcessLookupError):  # it may end just now
            os.kill(pane.pid, signal.SIGKILL)  # a hang-up alone could wait as long as the start
    server.kill_window(pane.window)
