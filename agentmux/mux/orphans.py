"""Processes of agents that outlived their shim: found by their process group, and ended.

A killed shim takes its agent with it (parent-death signal), but not what the agent started; after
the loss of a tmux server everything that ignores the hang-up lives on. Only groups we recorded
are touched, and only while a process in them has the session's own environment: the number of a
group that ended, before a reboot say, soon belongs to somebody else.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil

from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.mux.mux import Mux

LOOK_S = 1.0


async def end_orphans(mux: Mux) -> None:
    """End what is left of sessions that ended unseen, for as long as this runs."""
    done: set[tuple[str, int]] = set()
    while True:
        for session in mux.fleet.present:
            if (session.id, session.run) not in done and _ended_unseen(session):
                done.add((session.id, session.run))
                await asyncio.to_thread(end_group, session)
        await asyncio.sleep(LOOK_S)


def _ended_unseen(session: Session) -> bool:
    """Whether nobody saw the agent end, so that its group may live."""
    return (
        session.state is SessionState.EXITED
        and not session.state_certain
        and session.pgid is not None
    )


def end_group(session: Session) -> None:
    """Kill the session's process group, if it is still there and still the session's."""
    group = session.pgid or 0
    if group > 1 and group != os.getpgrp() and any(map(_belongs_to(session), _members(group))):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _members(group: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(OSError):
            if os.getpgid(process.pid) == group:
                yield process


def _belongs_to(session: Session) -> Callable[[psutil.Process], bool]:
    """Whether a process has the variables that the session's agent was given."""
    given = {"AGENTMUX_SESSION": session.id, "AGENTMUX_WORKTREE": session.worktree}

    def look(process: psutil.Process) -> bool:
        try:
            return given.items() <= process.environ().items()
        except (psutil.Error, OSError):
            return False

    return look
