"""Opening a session: decide everything and record it, then make it so, then start the agent.

The intent (`SessionOpened`) is recorded before anything outside is touched. Each later step looks
for what an earlier try left, so a request may be replayed from any point.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.core.text import slug
from agentmux.errors import AgentmuxError, UsageError
from agentmux.git.carry import carry
from agentmux.git.include import copy_included, link_shared
from agentmux.git.repo import find_repo
from agentmux.git.worktrees import add_worktree, find_worktree, remove_worktree
from agentmux.mux import arguments
from agentmux.mux.disk import require_disk
from agentmux.mux.folders import free_id
from agentmux.mux.launch import session_variables, start_run
from agentmux.mux.memory import require_memory
from agentmux.mux.planning import (
    choose_agent,
    free_name,
    pane_size,
    plan_place,
    require_installed,
)
from agentmux.mux.private import keep_words, require_words, with_words, words_of
from agentmux.mux.run import run_hook
from agentmux.mux.surroundings import Surroundings, load_surroundings, untrusted_programs
from agentmux.mux.typed_task import needs_typing, type_task
from agentmux.paths import make_private

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

Result = dict[str, e.Json]


async def new(leader: Leader, request: e.Requested) -> Result:
    """Open a session and start its agent; while one with the same key lives here, give that."""
    async with leader.opening:
        fleet = leader.mux.fleet
        begun = next((s for s in fleet.sessions.values() if s.opened_by == request.request), None)
        key = arguments.text(request.args, "key")
        root = begun.repo if begun else _root(arguments.text(request.args, "cwd") or "/")
        if begun is None and key and (known := fleet.with_key(root, key)):
            return {"session": known.id}
        around = await load_surroundings(leader, request, root)
        if begun is None:
            begun = await _open(leader, require_words(leader.mux.places, request), around)
    if begun.removed:
        raise AgentmuxError(f"{begun.name!r} could not be made, and was taken back.", "Try again.")
    return await _make(leader, request, begun, around)


async def fork(leader: Leader, request: e.Requested) -> Result:
    """A second session that starts from where another stands, uncommitted work included."""
    source = arguments.require_session(leader.mux.fleet, request)
    given = dict(request.args)
    args: dict[str, e.Json] = {
        "agent": source.agent,
        "profile": source.profile,
        "command": list(with_words(leader.mux.places, source).argv),
        "like": f"{source.name}-fork",
        "base": "head",  # of the source's worktree, so that its work can be carried along
        "carry": True,
        "cwd": source.worktree,
        "size": list(source.size),
        "source_id": source.agent_session_id,
        **{name: value for name, value in given.items() if value is not None},
    }
    return await new(leader, replace(request, args={**args, "cwd": source.worktree}))


def _root(cwd: str) -> str:
    """The main root around `cwd`, or `cwd` itself where no repository is."""
    try:
        return str(find_repo(Path(cwd)).root)
    except AgentmuxError:
        return cwd


async def _open(leader: Leader, request: e.Requested, around: Surroundings) -> Session:
    """Decide and record; refuses before anything is recorded."""
    args, fleet = request.args, leader.mux.fleet
    agent, profile = choose_agent(args, around)
    require_installed(args, agent, profile, around)
    require_disk(leader.mux.ledger)
    if not arguments.flag(args, "force"):
        require_memory(around.config)
    slot = fleet.free_slot
    if slot is None:
        raise UsageError(
            "All nine slots hold a living session.", "Stop one first: `agentmux stop NAME`."
        )
    words = words_of(args)
    if words.task is None and profile is not None:
        words = replace(words, task=around.config.profiles[profile].task)
    told = words.blotted(around.secrets(profile))
    like = arguments.text(args, "like") or told.task or profile or agent
    name = free_name(fleet, arguments.text(args, "name"), like)
    place = await asyncio.to_thread(plan_place, args, around, leader.mux.places, slug(name), slot)
    session_id = free_id(leader.mux.places, fleet)
    event = e.SessionOpened(
        at=leader.mux.now(),
        session=session_id,
        request=request.request,
        name=name,
        slot=slot,
        agent=agent,
        profile=profile,
        task=told.task,
        argv=told.argv,
        agent_session_id=str(uuid4()) if AGENTS[agent].CHOOSES_ID else None,
        source_id=arguments.text(args, "source_id"),
        size=pane_size(args, around.config),
        key=arguments.text(args, "key"),
        repo=place.repo,
        worktree=place.worktree,
        branch=place.branch,
        base=place.base,
        base_commit=place.base_commit,
        here=place.here,
    )
    keep_words(leader.mux.places, session_id, words, told)
    await leader.mux.record(event)
    return leader.mux.fleet.sessions[session_id]


async def _make(
    leader: Leader, request: e.Requested, session: Session, around: Surroundings
) -> Result:
    """Worktree, files, setup hook, agent: whatever of it is not done yet."""
    async with leader.locks[session.id]:
        if not session.prepared:
            try:
                failed = await asyncio.to_thread(_prepare, leader, request, session, around)
            except Exception:
                await _take_back(leader, session)
                raise
            await leader.mux.record(
                e.WorktreePrepared(at=leader.mux.now(), session=session.id, setup_failed=failed)
            )
        started = await start_run(leader, session.id, request, around.config, around.env)
    if needs_typing(started.agent, started.task):
        leader.group.create_task(type_task(leader, started.id, started.run))
    programs = await asyncio.to_thread(_withheld_programs, leader, session)
    return {"session": session.id, "withheld": [*around.untrusted, *programs]}


def _withheld_programs(leader: Leader, session: Session) -> tuple[str, ...]:
    """What of the repository's git settings was left out when its worktree was made."""
    found = () if session.here else untrusted_programs(leader.mux.fleet, session.repo)
    return tuple(str(settings.path) for settings in found)


async def _take_back(leader: Leader, session: Session) -> None:
    """A session that could not be made leaves neither worktree nor branch nor row in `ls`.

    No agent has worked in it yet, so nothing of anybody's can be lost.
    """
    with suppress(AgentmuxError):
        await asyncio.to_thread(_remove_made, session)
    await leader.mux.record(e.SessionRemoved(at=leader.mux.now(), session=session.id))


def _remove_made(session: Session) -> None:
    """Remove its worktree and branch; another one that came to stand in its place stays."""
    if session.here or session.branch is None:
        return
    repo, folder = find_repo(Path(session.repo)), Path(session.worktree)
    found = find_worktree(repo, folder)
    if found is not None and found.branch == session.branch:
        remove_worktree(repo, folder, branch=session.branch)


def _prepare(
    leader: Leader, request: e.Requested, session: Session, around: Surroundings
) -> str | None:
    """Make the worktree and fill it; returns what the setup hook failed with, if it did."""
    if session.here or not session.branch or not session.base_commit:
        return None
    folder = Path(session.worktree)
    repo = find_repo(Path(session.repo))
    trusted, env = around.programs, around.env
    add_worktree(repo, folder, session.branch, session.base_commit, trusted=trusted, env=env)
    if arguments.flag(request.args, "carry"):
        # First, so that an uncommitted .gitignore counts for what is included.
        carry(find_repo(Path(around.cwd)).worktree, folder, trusted=trusted, env=env)
    copy_included(repo, folder)
    link_shared(repo, folder)
    return _set_up(leader, session, around)


def _set_up(leader: Leader, session: Session, around: Surroundings) -> str | None:
    """Run the setup hook; what it failed with, or None."""
    hooks = around.config.hooks
    if not hooks.setup:
        return None
    folder = leader.mux.places.session_dir(session.id)
    make_private(folder)
    log = folder / "setup.log"
    env = {**around.env, **session_variables(session)}
    return run_hook(hooks.setup, session.worktree, env, log, hooks.timeout_s)
