"""Verbs on a session that stands: stop, resume, restart, rename; and on the leader itself."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.core.text import clean
from agentmux.errors import AgentError, UsageError
from agentmux.mux import arguments
from agentmux.mux.launch import GRACE_S, start_run
from agentmux.mux.processes import is_running
from agentmux.mux.surroundings import load_surroundings
from agentmux.mux.typed_task import needs_typing, type_task
from agentmux.tmux.server import Server

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

Result = dict[str, e.Json]

NAME_LIMIT = 80
SNOOZE_MIN = 10
DAY = 24 * 60
"""Minutes."""
_EXAMPLE = "For example: csv-import."


async def stop(leader: Leader, request: e.Requested) -> Result:
    """Ask the agent to end, then end it; worktree and last screen stay."""
    session = arguments.require_session(leader.mux.fleet, request)
    await _end_locked(leader, session.id)
    return {"session": session.id}


async def resume(leader: Leader, request: e.Requested) -> Result:
    """Continue an exited session with the agent's own id; a plain command runs again."""
    session = arguments.require_session(leader.mux.fleet, request)
    async with leader.locks[session.id]:
        session = _require_present(leader, request)
        if session.is_live and session.started_by != request.request:
            return {"session": session.id}
        withheld = await _start_again(leader, session, request, resume=session.run > 0)
    return {"session": session.id, "withheld": withheld}


async def restart(leader: Leader, request: e.Requested) -> Result:
    """End the agent if it runs, and start it afresh in the same worktree."""
    session = arguments.require_session(leader.mux.fleet, request)
    async with leader.locks[session.id]:
        session = _require_present(leader, request)
        if session.started_by != request.request:
            await end_run(leader, session.id)
            if AGENTS[session.agent].CHOOSES_ID:
                await _choose_id(leader, session)
        withheld = await _start_again(leader, session, request, resume=False)
    return {"session": session.id, "withheld": withheld}


async def rename(leader: Leader, request: e.Requested) -> Result:
    """Give a session another name; branch and worktree keep theirs."""
    name = require_name(arguments.text(request.args, "name"))
    async with leader.opening:  # nobody else may be given the name meanwhile
        session = _require_present(leader, request)
        taken = next((s for s in leader.mux.fleet.present if s.name == name), None)
        if taken is not None and taken.id != session.id:
            raise UsageError(f"The session {taken.id} is called {name!r} already.")
        await leader.mux.record(e.Renamed(at=leader.mux.now(), session=session.id, name=name))
    return {"session": session.id}


async def seen(leader: Leader, request: e.Requested) -> Result:
    """The person has looked at what the session has done."""
    session = _require_present(leader, request)
    await leader.mux.record(e.Seen(at=leader.mux.now(), session=session.id))
    return {"session": session.id}


async def snooze(leader: Leader, request: e.Requested) -> Result:
    """Say nothing of what it asks for some minutes; 0 ends that."""
    session = _require_present(leader, request)
    minutes = request.args.get("minutes", SNOOZE_MIN)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 <= minutes <= DAY:
        raise UsageError("A snooze lasts between 0 minutes and a day.", "For example 10.")
    now = leader.mux.now()
    until = now + timedelta(minutes=minutes)
    await leader.mux.record(e.Snoozed(at=now, session=session.id, until=until))
    return {"session": session.id}


async def trust(leader: Leader, request: e.Requested) -> Result:
    """Accept a repository's configuration file with exactly this content."""
    path = arguments.text(request.args, "path") or ""
    sha256 = arguments.text(request.args, "sha256") or ""
    await leader.mux.record(e.TrustGranted(at=leader.mux.now(), path=path, sha256=sha256))
    return {"path": path}


async def stay(leader: Leader, request: e.Requested) -> Result:
    """Keep the leader running until `down`, sessions or not."""
    leader.stay = True
    return {"pid": os.getpid()}


async def down(leader: Leader, request: e.Requested) -> Result:
    """End the leader; with `all`, every session first."""
    if arguments.flag(request.args, "all"):
        ends = (_end_locked(leader, session.id) for session in leader.mux.fleet.live)
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if failure is not None:
                raise failure
    leader.done.set()
    return {"pid": os.getpid()}


def require_name(name: str | None) -> str:
    """`name` if a session may be called so: one visible line that is no slot and no id."""
    if not name or not name.strip():
        raise UsageError("A session needs a name.", _EXAMPLE)
    if clean(name, one_line=True) != name:
        raise UsageError(
            "A session's name cannot hold control characters or line breaks.", _EXAMPLE
        )
    if is_slot_or_id(name):
        raise UsageError(f"The name {name} would be taken for a slot or id.", f"Try 'task-{name}'.")
    if len(name) > NAME_LIMIT:
        raise UsageError(f"A session's name has at most {NAME_LIMIT} characters.", _EXAMPLE)
    if name.startswith("-"):
        raise UsageError("A name that begins with a dash would be taken for an option.", _EXAMPLE)
    return name


def is_slot_or_id(word: str) -> bool:
    """Whether `word` reads as a slot, `7`, or as the id that a session has or will have, `s7`."""
    return word.removeprefix("s").isdigit()


async def _end_locked(leader: Leader, session_id: str) -> None:
    async with leader.locks[session_id]:
        await end_run(leader, session_id)


async def end_run(leader: Leader, session_id: str) -> None:
    """End the agent of a session, politely first; returns once the ledger has its end.

    The shim passes a hang-up on to the agent, waits, insists, then kills; a shim that does not
    end either is killed, which ends the agent too.
    """
    session = leader.mux.fleet.sessions[session_id]
    if not session.is_live:
        return
    if session.shim_pid is None:
        await _await_exit(leader, session_id, GRACE_S)
        session = leader.mux.fleet.sessions[session_id]
    for number, patience in ((signal.SIGTERM, 3 * GRACE_S), (signal.SIGKILL, GRACE_S)):
        if session.shim_pid and is_running(session.shim_pid, session.shim_start):
            with suppress(ProcessLookupError):  # it may end just now
                os.kill(session.shim_pid, number)
        if await _await_exit(leader, session_id, patience):
            return
    raise AgentError(
        f"The agent of {session.name!r} (process {session.pid}) cannot be ended.",
        f"Look at it with `ps -o pid,stat,wchan,args -p {session.pid}`.",
    )


async def _await_exit(leader: Leader, session_id: str, patience_s: float) -> bool:
    """Whether the session's run ended within `patience_s`."""
    deadline = asyncio.get_running_loop().time() + patience_s
    while asyncio.get_running_loop().time() < deadline:
        if not leader.mux.fleet.sessions[session_id].is_live:
            return True
        await asyncio.sleep(0.03)
    return False


async def _start_again(
    leader: Leader, session: Session, request: e.Requested, *, resume: bool
) -> list[e.Json]:
    """A further run in the same worktree; the windows of runs before go once it stands.

    Returns the repository's files that were left out for want of trust.
    """
    around = await load_surroundings(leader, request, session.repo)
    now = await start_run(leader, session.id, request, around.config, around.env, resume=resume)
    await asyncio.to_thread(close_windows, leader.server, session.id, keep=now.window_name)
    if not resume and needs_typing(now.agent, now.task):
        leader.group.create_task(type_task(leader, now.id, now.run))
    return list(around.untrusted)


def close_windows(server: Server, session_id: str, *, keep: str | None = None) -> None:
    """End every window of a session but the one called `keep`; a killed leader may leave some."""
    for pane in server.windows():
        if pane.name.rpartition("-")[0] == session_id and pane.name != keep:
            server.kill_window(pane.window)


async def _choose_id(leader: Leader, session: Session) -> None:
    """A fresh id for a fresh start: an agent refuses an id it has used."""
    await leader.mux.record(
        e.AgentIdentified(
            at=leader.mux.now(), session=session.id, agent_session_id=str(uuid4()), why="restart"
        )
    )


def _require_present(leader: Leader, request: e.Requested) -> Session:
    """The session as it is now; UsageError when it was removed, perhaps while this waited."""
    session = arguments.require_session(leader.mux.fleet, request)
    if session.removed:
        raise UsageError(
            f"The session {session.name!r} is removed.",
            f"Its work is under {session.kept_ref}." if session.kept_ref else None,
        )
    return session
