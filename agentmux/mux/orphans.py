"""Processes of agents that outlived their shim: found by their process group, and ended.

A killed shim takes its agent with it (parent-death signal), but not what the agent started; after
the loss of a tmux server everything that ignores the hang-up lives on. Only groups we recorded
are touched, and only while their leader's group still exists.
"""

import asyncio
import os
import signal
from contextlib import suppress

from agentmux.core.session import Session, SessionState
from agentmux.mux.mux import Mux

LOOK_S = 1.0


async def end_orphans(mux: Mux) -> None:
    """End what is left of sessions that ended unseen, for as long as this runs."""
    done: set[tuple[str, int]] = set()
    while True:
        for session in mux.fleet.present:
            if (session.id, session.run) not in done and _ended_unseen(session):
                done.add((session.id, session.run))
                end_group(session.pgid)
        await asyncio.sleep(LOOK_S)


def _ended_unseen(session: Session) -> bool:
    """Whether nobody saw the agent end, so that its group may live."""
    return (
        session.state is SessionState.EXITED
        and not session.state_certain
        and session.pgid is not None
    )


def end_group(pgid: int | None) -> None:
    """Kill a process group, if it is there and ours."""
    if pgid and pgid > 1 and pgid != os.getpgrp():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pgid, signal.SIGKILL)
