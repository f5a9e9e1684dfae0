"""How a session's agent is started, branched off and continued."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentmux.config import Config, Profile
from agentmux.core import events as e
from agentmux.core.session import Session, SessionState
from agentmux.mux.feeds.spool import watch_spools
from agentmux.mux.launch import plan_launch, session_variables, start_run
from agentmux.mux.leader import Leader
from agentmux.mux.mux import Mux
from agentmux.tmux.server import Server
from tests.support.events import opened
from tests.support.tmux import server, until

__all__ = ["server"]

ID = "0d6d4f0e-0000-4000-8000-000000000001"


def session(agent: str, **fields: object) -> Session:
    made = Session(
        id="s1",
        name="one",
        agent=agent,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        repo="/repo",
        worktree="/repo.worktrees/one",
        slot=3,
        run=2,
        task="fix the tests",
    )
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def argv(made: Session, config: Config, env: dict[str, str], *, resume: bool) -> tuple[str, ...]:
    return plan_launch(made, config, env, "", resume).argv


def test_resume_continues_a_conversation_that_is_there(tmp_path: Path) -> None:
    transcript = tmp_path / ".claude/projects/-repo" / f"{ID}.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text("{}\n")
    made = session("claude", agent_session_id=ID)
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    assert argv(made, Config(), env, resume=True) == ("claude", "--resume", ID)


def test_resume_without_a_conversation_starts_with_the_task(tmp_path: Path) -> None:
    made = session("claude", agent_session_id=ID)
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    words = argv(made, Config(), env, resume=True)
    assert words == ("claude", "--session-id", ID, "--", "fix the tests")


def test_a_plain_command_is_run_again() -> None:
    made = session("command", argv=("make", "watch"))
    assert argv(made, Config(), {}, resume=True) == ("make", "watch")


def test_a_fork_branches_off_in_its_first_run_only(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    made = session("claude", agent_session_id=ID, source_id="other", run=1)
    assert "--fork-session" in argv(made, Config(), env, resume=False)
    later = session("claude", agent_session_id=ID, source_id="other", run=2)
    assert "--fork-session" not in argv(later, Config(), env, resume=False)


def test_a_profile_gives_command_and_arguments() -> None:
    config = Config(profiles={"p": Profile(agent="codex", args=("-m", "x"))})
    words = argv(session("codex", profile="p", task=None), config, {}, resume=False)
    assert words[0] == "codex"
    assert words[-2:] == ("-m", "x")


def test_a_program_off_the_path_is_started_by_its_place(tmp_path: Path) -> None:
    program = tmp_path / ".local/bin/codex"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    assert argv(session("codex"), Config(), env, resume=False)[0] == str(program)


def test_each_slot_has_its_own_ports() -> None:
    told = session_variables(session("shell"))
    assert told["AGENTMUX_PORT_BASE"] == "42030"
    assert told["AGENTMUX_SLOT"] == "3"


@asynccontextmanager
async def leading(server: Server) -> AsyncIterator[Leader]:
    """A leader that looks at the spools and does nothing unasked."""
    async with Mux(server.places, Config()) as mux, asyncio.TaskGroup() as group:
        leader = Leader(mux, server, group)
        looking = group.create_task(watch_spools(mux, leader.look))
        yield leader
        looking.cancel()


@pytest.mark.tmux
async def test_a_start_asked_for_again_never_starts_a_second_agent(
    server: Server, tmp_path: Path
) -> None:
    """Not while the agent runs, and not once it and its window are gone either."""
    argv = ("sh", "-c", "echo x >> runs; exec sleep 600")
    request = e.Requested(at=datetime.now(UTC), request="r1", verb="resume", session="s1")

    async with leading(server) as leader:
        await leader.mux.record(opened(agent="command", argv=argv, worktree=str(tmp_path)))
        first = await start_run(leader, "s1", request, Config(), dict(os.environ))
        again = await start_run(leader, "s1", request, Config(), dict(os.environ))
        assert (again.run, again.pid) == (1, first.pid)
        await until((tmp_path / "runs").exists)
        server.kill_window(str(first.window))
        await until(lambda: not leader.mux.fleet.live)
        again = await start_run(leader, "s1", request, Config(), dict(os.environ))

    assert (again.run, again.state) == (1, SessionState.EXITED)
    assert server.windows() == []
    assert (tmp_path / "runs").read_text() == "x\n"
