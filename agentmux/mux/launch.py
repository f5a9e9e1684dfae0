"""Starting a run of a session: an intent row, the shim's spec, one window, one `Launched` row.

A run leaves two traces that outlive the leader: a window named `s7-1` and the spool of that run.
A replay looks for them before it starts anything, so killed at any point and asked again there is
exactly one agent.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agentmux.agents import AGENTS
from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.agent import Agent, Launch, LaunchSpec
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.errors import AgentError, AgentmuxError, UsageError
from agentmux.mux.detect import find_program
from agentmux.mux.disk import require_disk
from agentmux.mux.feeds.hooks import COMMAND
from agentmux.mux.feeds.otlp import free_port
from agentmux.mux.feeds.reports import keep_feeds
from agentmux.mux.hook_trust import prepared
from agentmux.mux.private import keep_secrets, with_words, write_private
from agentmux.mux.run import run_hook
from agentmux.mux.withdrawal import is_lost, withdraw
from agentmux.paths import make_private
from agentmux.shim import __file__ as shim_package
from agentmux.tmux.conf import terminal_name
from agentmux.tmux.formats import Pane

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

SHIM = str(Path(shim_package).with_name("__main__.py"))
STARTED_S = 10.0
"""Seconds a shim has to say that it started the agent, before the launch counts as failed."""
GRACE_S = 5.0
PORTS = 42000
"""Each slot has ten ports of its own from here on, so that nine test servers do not fight."""


async def start_run(
    leader: Leader,
    session_id: str,
    request: e.Requested,
    config: Config,
    env: Mapping[str, str],
    *,
    resume: bool = False,
) -> Session:
    """Start the agent, or finish a start that `request` began; returns the session as it is then.

    Raises AgentError when the shim itself did not come up. An agent that cannot be executed, or
    ends at once, is no error here: the session stands as exited, with its last lines.
    """
    session = await _intend(leader, session_id, request, resume)
    if is_lost(session):  # before the leader that began it had an answer
        await withdraw(leader, session)
        return session
    try:
        await _launch(leader, session, config, env, resume)
    except AgentmuxError as error:
        await _give_up(leader, session, error.message)
        raise
    return await _started(leader, session)


async def _launch(
    leader: Leader, session: Session, config: Config, env: Mapping[str, str], resume: bool
) -> None:
    """Open the pane of this run and record where it is; what was done before is not done again."""
    pane = await asyncio.to_thread(_open_pane, leader, session, config, env, resume)
    if pane is not None and session.pane != pane.id:
        server = await asyncio.to_thread(leader.server.identity)
        await leader.mux.record(
            e.Launched(
                at=leader.mux.now(),
                session=session.id,
                run=session.run,
                pane=pane.id,
                window=pane.window,
                server=server,
            )
        )


def _open_pane(
    leader: Leader, session: Session, config: Config, env: Mapping[str, str], resume: bool
) -> Pane | None:
    """The pane of this run, opened unless it was before; None when it has come and gone."""
    pane = leader.server.find_window(session.window_name)
    if pane is not None or leader.mux.places.spool(session.id, session.run).exists():
        return pane
    _run_launch_hook(leader, session, config, env)
    try:
        _write_spec(leader, session, _spec(leader, session, config, env, resume))
    except OSError as error:
        raise AgentError(
            f"The start of {session.name!r} cannot be written: {error.strerror}.",
            "Free some space, then try again.",
        ) from error
    return leader.server.open_window(session.window_name, _shim_argv(leader, session), session.size)


def _run_launch_hook(
    leader: Leader, session: Session, config: Config, env: Mapping[str, str]
) -> None:
    """What the person wants done in the worktree before each start; AgentError when it fails."""
    if not config.hooks.launch:
        return
    folder = leader.mux.places.session_dir(session.id)
    make_private(folder)
    failed = run_hook(
        config.hooks.launch,
        session.worktree,
        {**env, **session_variables(session)},
        folder / "launch.log",
        config.hooks.timeout_s,
    )
    if failed:
        raise AgentError(
            f"The launch hook failed: {failed}.", f"Its output is in {folder / 'launch.log'}."
        )


async def _intend(leader: Leader, session_id: str, request: e.Requested, resume: bool) -> Session:
    """The session with this request's run recorded, once."""
    session = leader.mux.fleet.sessions[session_id]
    if session.started_by == request.request:
        return session
    require_disk(leader.mux.ledger)
    async with leader.opening:  # nobody else may be given the slot meanwhile
        session = leader.mux.fleet.sessions[session_id]
        slot = session.slot or leader.mux.fleet.free_slot
        if slot is None:
            raise UsageError(
                "All nine slots hold a living session.", "Stop one first: `agentmux stop NAME`."
            )
        await leader.mux.record(
            e.LaunchIntended(
                at=leader.mux.now(),
                session=session.id,
                request=request.request,
                run=session.run + 1,
                slot=slot,
                resume=resume,
            )
        )
    return leader.mux.fleet.sessions[session_id]


async def _started(leader: Leader, session: Session) -> Session:
    """Wait until the spool said what became of the start."""
    deadline = asyncio.get_running_loop().time() + STARTED_S
    while asyncio.get_running_loop().time() < deadline:
        now = leader.mux.fleet.sessions[session.id]
        if now.pid is not None or now.state is SessionState.EXITED:
            return now
        await asyncio.sleep(0.02)
    await _give_up(
        leader, session, f"the program around the agent did not start within {STARTED_S:.0f} s"
    )
    raise AgentError(
        f"The program around the agent of {session.name!r} did not start within {STARTED_S:.0f} s.",
        f"`agentmux restart {session.id}` tries again.",
    )


async def _give_up(leader: Leader, session: Session, why: str) -> None:
    """End what there is of a start and record that it came to nothing; the session stays."""
    await withdraw(leader, session)
    await leader.mux.record(
        e.Exited(
            at=leader.mux.now(),
            session=session.id,
            run=session.run,
            source="launch",
            certain=False,
            why=why,
        )
    )


def _spec(
    leader: Leader, session: Session, config: Config, env: Mapping[str, str], resume: bool
) -> dict[str, e.Json]:
    """What the shim is told (`docs/design/shim.md`)."""
    places = leader.mux.places
    session = with_words(places, session)
    folder = str(places.session_dir(session.id))
    launch = plan_launch(session, config, env, folder, resume, leader.receiver.address(session))
    keep_feeds(places, session, launch.feeds)
    for name, content in launch.files.items():
        write_private(places.session_dir(session.id) / name, content)
    given = {
        **_environment(session, config, env, launch),
        "AGENTMUX_HOOKS": str(places.hooks(session.id)),
    }
    keep_secrets(places, session, given)
    return {
        "argv": list(launch.argv),
        "cwd": session.worktree,
        "env": dict(given),
        "spool": str(places.spool(session.id, session.run)),
        "modes": str(places.modes(session.id, session.run)),
        "terminal": str(places.terminal),
        "quiet_s": config.panes.quiet_s,
        "oom_score": 500,
        "grace_s": GRACE_S,
    }


def plan_launch(
    session: Session,
    config: Config,
    env: Mapping[str, str],
    folder: str,
    resume: bool,
    otlp: str = "",
) -> Launch:
    """How the session's adapter starts it, branches it off, or continues it; `otlp` is where it
    may post telemetry.

    What cannot be continued is started as the first time, with its task: a plain command, or an
    agent that never had a prompt and so has nothing to continue.
    """
    adapter = AGENTS[session.agent]
    spec = replace(_launch_spec(session, config, env, folder), otlp=otlp)
    if otlp:  # a start, and not only a look at one
        spec = prepared(adapter, spec, session.worktree)
    return replace(_choose(adapter, session, spec, resume), feeds=adapter.feeds(spec))


def _choose(adapter: Agent, session: Session, spec: LaunchSpec, resume: bool) -> Launch:
    if resume and _has_conversation(adapter, spec):
        return adapter.resume(replace(spec, prompt=None)) or adapter.launch(spec)
    if session.source_id is not None and session.run <= 1:
        return adapter.fork(replace(spec, source_id=session.source_id)) or adapter.launch(spec)
    return adapter.launch(spec)


def _launch_spec(
    session: Session, config: Config, env: Mapping[str, str], folder: str
) -> LaunchSpec:
    profile = config.profiles.get(session.profile or "")
    command = session.argv or (tuple(profile.command or ()) if profile else ())
    return LaunchSpec(
        args=tuple(profile.args) if profile else (),
        command=command or _found_command(AGENTS[session.agent], env),
        prompt=session.task,
        session_id=session.agent_session_id,
        own_folder=not session.here,
        folder=folder,
        env={**env, **(profile.env if profile else {})},
        hook=COMMAND,
        port=free_port(),
        password=secrets.token_urlsafe(24),
    )


def _found_command(adapter: Agent, env: Mapping[str, str]) -> tuple[str, ...]:
    """The program by its path, when it is installed where PATH does not lead."""
    if not adapter.PROGRAMS or any(shutil.which(p, path=env.get("PATH")) for p in adapter.PROGRAMS):
        return ()
    found = find_program(adapter, env)
    return (str(found),) if found else ()


def _has_conversation(adapter: Agent, spec: LaunchSpec) -> bool:
    """Whether there is something to continue; True where that cannot be seen from outside."""
    pattern = adapter.conversation(spec)
    return pattern is None or any(Path("/").glob(pattern.removeprefix("/")))


def _environment(
    session: Session, config: Config, env: Mapping[str, str], launch: Launch
) -> Mapping[str, str]:
    """The asker's environment, less tmux's and the denied, plus profile, adapter and ours."""
    profile = config.profiles.get(session.profile or "")
    denied = {"TMUX", "TMUX_PANE", "OLDPWD", *(profile.deny_env if profile else ())}
    kept = {k: v for k, v in env.items() if k not in denied and not k.startswith("AGENTMUX_")}
    ours = {**session_variables(session), "PWD": session.worktree}
    terminal = {"TERM": terminal_name(), "COLORTERM": "truecolor"}
    return {**kept, **(profile.env if profile else {}), **launch.env, **ours, **terminal}


def session_variables(session: Session) -> dict[str, str]:
    """What a program inside the session can read of it (`docs/reference/environment.md`)."""
    told = {
        "AGENTMUX": "1",
        "AGENTMUX_SESSION": session.id,
        "AGENTMUX_SLOT": str(session.slot or 0),
        "AGENTMUX_WORKTREE": session.worktree,
        "AGENTMUX_REPO_ROOT": session.repo,
        "AGENTMUX_BRANCH": session.branch or "",
        "AGENTMUX_BASE": session.base or "",
        "AGENTMUX_AGENT": session.agent,
        "AGENTMUX_PORT_BASE": str(PORTS + 10 * (session.slot or 0)),
    }
    home = os.environ.get("AGENTMUX_HOME")
    return told | ({"AGENTMUX_HOME": home} if home else {})


def _shim_argv(leader: Leader, session: Session) -> list[str]:
    spec = leader.mux.places.shim_spec(session.id, session.run)
    return [sys.executable, "-I", "-S", SHIM, str(spec)]


def _write_spec(leader: Leader, session: Session, spec: dict[str, e.Json]) -> None:
    make_private(leader.mux.places.session_dir(session.id))
    write_private(leader.mux.places.shim_spec(session.id, session.run), json.dumps(spec))
