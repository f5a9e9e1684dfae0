"""How a session's agent is started, branched off and continued."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentmux.config import Config, Profile
from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.errors import AgentError
from agentmux.mux import launch
from agentmux.mux.feeds.spool import watch_spools
from agentmux.mux.launch import plan_launch, session_variables, start_run
from agentmux.mux.leader import Leader
from agentmux.mux.mux import Mux
from agentmux.mux.processes import is_running
from agentmux.mux.withdrawal import withdraw
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
        looking = group.create_task(watch_spools(mux, leader.look, set))
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


@pytest.mark.tmux
async def test_two_that_start_at_once_get_a_slot_each(server: Server, tmp_path: Path) -> None:
    async with leading(server) as leader:
        for session in ("s1", "s2", "s3"):  # each takes the slot of the one before
            await leader.mux.record(
                opened(session, agent="command", argv=("sleep", "600"), worktree=str(tmp_path))
            )
        starts = (
            start_run(
                leader,
                session,
                e.Requested(at=datetime.now(UTC), request=session, verb="resume", session=session),
                Config(),
                dict(os.environ),
            )
            for session in ("s1", "s2")
        )
        one, two = await asyncio.gather(*starts)
        assert {one.slot, two.slot} == {2, 3}
        assert leader.mux.fleet.sessions["s3"].slot == 1


SLOW_SHIM = """
import os, runpy, signal, sys, time
for number in (signal.SIGHUP, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
folder, real = {folder!r}, {real!r}
open(os.path.join(folder, "slow.pid"), "w").write(str(os.getpid()))
while not os.path.exists(os.path.join(folder, "go")):
    time.sleep(0.01)
runpy.run_path(real, run_name="__main__")
"""
"""A shim on a machine that has no time for it, until there is a file `go`."""


@pytest.fixture
def slow_shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Every shim is slow and the leader impatient; tells the pid of the one that came up."""
    script = tmp_path / "slow.py"
    script.write_text(SLOW_SHIM.format(folder=str(tmp_path), real=launch.SHIM))
    monkeypatch.setattr(launch, "SHIM", str(script))
    monkeypatch.setattr(launch, "STARTED_S", 0.5)
    return lambda: int((tmp_path / "slow.pid").read_text() or "0")


def leaves_a_trace(folder: Path) -> e.SessionOpened:
    """A session whose agent, once started, writes the file `runs`."""
    argv = ("sh", "-c", "echo x >> runs; exec sleep 600")
    return opened(agent="command", argv=argv, worktree=str(folder))


async def assert_nothing_starts(server: Server, tmp_path: Path, shim: int) -> None:
    """Given its time after all, the shim starts nothing."""
    (tmp_path / "go").touch()
    await until(lambda: (tmp_path / "runs").exists() or not is_running(shim))
    assert not (tmp_path / "runs").exists()
    assert server.windows() == []
    assert not server.places.shim_spec("s1", 1).exists()


@pytest.mark.tmux
async def test_a_start_that_was_given_up_does_not_happen_later(
    server: Server, tmp_path: Path, slow_shim: Callable[[], int]
) -> None:
    request = e.Requested(at=datetime.now(UTC), request="r1", verb="resume", session="s1")

    async with leading(server) as leader:
        await leader.mux.record(leaves_a_trace(tmp_path))
        with pytest.raises(AgentError, match="did not start within"):
            await start_run(leader, "s1", request, Config(), dict(os.environ))
        assert leader.mux.fleet.sessions["s1"].state is SessionState.EXITED
        await assert_nothing_starts(server, tmp_path, slow_shim())
        again = await start_run(leader, "s1", request, Config(), dict(os.environ))

    assert (again.run, again.state) == (1, SessionState.EXITED)
    assert server.windows() == []


@pytest.mark.tmux
async def test_a_start_that_was_lost_with_its_leader_does_not_happen_later(
    server: Server, tmp_path: Path, slow_shim: Callable[[], int]
) -> None:
    """The next leader finds it too old to come up, and sees to it that it does not."""
    request = e.Requested(at=datetime.now(UTC), request="r1", verb="resume", session="s1")
    async with leading(server) as leader:
        await leader.mux.record(leaves_a_trace(tmp_path))
        starting = asyncio.create_task(start_run(leader, "s1", request, Config(), dict(os.environ)))
        await until((tmp_path / "slow.pid").exists)
        starting.cancel()
        lost = e.Exited(at=leader.mux.now(), session="s1", run=1, source="process", certain=False)
        await leader.mux.record(lost)

        again = await start_run(leader, "s1", request, Config(), dict(os.environ))

        assert (again.run, again.state) == (1, SessionState.EXITED)
        await assert_nothing_starts(server, tmp_path, slow_shim())


@pytest.mark.tmux
async def test_a_start_that_is_taken_back_leaves_nothing_of_its_agent(
    server: Server, tmp_path: Path
) -> None:
    """Not even what would outlive a hang-up and was never recorded."""
    script = "trap '' HUP; sleep 600 & echo $! > child.new; mv child.new child; wait"
    request = e.Requested(at=datetime.now(UTC), request="r1", verb="resume", session="s1")
    async with Mux(server.places, Config()) as mux, asyncio.TaskGroup() as group:
        leader = Leader(mux, server, group)  # which does not look at the spools
        argv = ("sh", "-c", script)
        await mux.record(opened(agent="command", argv=argv, worktree=str(tmp_path)))
        starting = group.create_task(start_run(leader, "s1", request, Config(), dict(os.environ)))
        await until((tmp_path / "child").exists)
        spool = server.places.spool("s1", 1)
        await until(lambda: spool.exists() and spool.read_bytes().endswith(b"\n"))
        starting.cancel()

        await withdraw(leader, mux.fleet.sessions["s1"])

    assert server.windows() == []
    await until(lambda: not is_running(int((tmp_path / "child").read_text())))
