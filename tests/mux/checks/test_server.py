"""The private server with real faults: dead, stopped, without keeper or leader, with leftovers."""

import os
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from agentmux.core import events as e
from agentmux.git.repo import Repo
from agentmux.ledger.store import Ledger
from agentmux.mux.checks import repair_all
from agentmux.mux.lease import Lease, leader_pid
from agentmux.mux.start import ensure_leader
from agentmux.paths import Places, places
from agentmux.tmux.server import KEEPER, Server
from tests.mux.checks.conftest import Look, subject
from tests.support.events import at, exited, launch, opened
from tests.support.tmux import has_keeper, run_shell, server, wait_until

__all__ = ["server"]

pytestmark = pytest.mark.tmux


def server_pid(server: Server) -> int:
    return int(server.identity().partition(":")[0])


def test_none_runs_and_none_is_started(look: Look) -> None:
    assert "No tmux server runs" in look("server")["server"].message
    assert look("windows") == {}
    assert not places().socket.exists()


def test_a_server_that_is_well(server: Server, look: Look) -> None:
    run_shell(server, "exec sleep 60")
    found = look("server")
    assert [found[name].level for name in ("server", "server.keeper")] == ["ok", "ok"]
    assert "agents' windows: 1" in found["server"].message


def test_a_dead_server_s_socket_goes_with_fix(server: Server, look: Look, repo: Repo) -> None:
    pid = server_pid(server)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not server.is_alive())
    socket = server.places.socket
    found = look("server")["server"]
    assert (found.level, found.fix) == ("ok", f"rm {socket}")  # the next server replaces it
    assert socket.exists()
    assert list(repair_all(subject(repo))) == [f"removed the dead socket {socket}"]
    assert not socket.exists()


def test_a_stopped_server_is_told_at_once(server: Server, look: Look) -> None:
    pid = server_pid(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
        found = look("server")["server"]
        assert (found.level, found.fix) == ("fail", f"kill -CONT {pid}")
        assert look("windows") == {}
    finally:
        os.kill(pid, signal.SIGCONT)
    assert look("server")["server"].level == "ok"


def test_a_dead_keeper_is_started_again_by_fix(server: Server, look: Look, repo: Repo) -> None:
    keeper = next(pane for pane in server._panes() if pane.name == KEEPER)
    os.kill(keeper.pid, signal.SIGKILL)
    wait_until(lambda: not has_keeper(server))
    assert look("server")["server.keeper"].level == "fail"
    assert list(repair_all(subject(repo))) == ["started the keeper again"]
    assert look("server")["server.keeper"].level == "ok"
    wait_until(lambda: has_keeper(server))


def test_a_window_of_no_session_is_named_and_stays(server: Server, look: Look, repo: Repo) -> None:
    run_shell(server, "exec sleep 60", name="s9-1")
    found = look("windows")["windows.s9-1"]
    assert found.level == "warn"
    assert list(repair_all(subject(repo))) == []
    assert found.fix
    subprocess.run(found.fix, shell=True, check=True)
    assert look("windows") == {}


def test_windows_of_ended_leaders_are_closed_by_fix(server: Server, look: Look, repo: Repo) -> None:
    run_shell(server, "exit 1", name="leader")
    wait_until(lambda: server.windows()[0].dead)
    assert look("windows")["windows.leader"].level == "warn"
    assert list(repair_all(subject(repo))) == ["closed 1 window of ended leaders"]
    assert server.windows() == []


@pytest.fixture
def where(server: Server, repo: Repo) -> Places:
    """Places with a session that is thought to run."""
    found = server.places
    me = psutil.Process()
    started = e.AgentStarted(
        at=at(2),
        session="s1",
        run=1,
        pid=me.pid,
        pgid=os.getpgrp(),
        shim_pid=me.pid,
        spool_offset=0,
    )
    with Ledger.open(found.ledger) as ledger:
        ledger.append(opened(worktree=str(repo.root)), launch("s1", 1), started)
    return found


def test_no_leader_while_sessions_run(where: Places, look: Look) -> None:
    found = look("leader")["leader"]
    assert (found.level, found.fix) == ("warn", "agentmux up --headless")


@pytest.fixture
def leader(server: Server) -> Iterator[int]:
    pid = ensure_leader(server.places, stay=True)
    yield pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: leader_pid(server.places.leader_lock) is None)


def test_a_leader_that_leads(leader: int, look: Look) -> None:
    found = look("leader")["leader"]
    assert (found.level, f"process {leader}" in found.message) == ("ok", True)


def test_a_leader_that_leaves_requests_waiting(look: Look) -> None:
    """The lease is held by this test, which answers nothing."""
    where = places()
    where.make()
    with Ledger.open(where.ledger) as ledger:
        ledger.append(e.Requested(at=at(), session=None, request="r1", verb="new", args={}))
    lease = Lease.take(where.leader_lock)
    assert lease is not None
    try:
        found = look("leader")["leader"]
    finally:
        lease.release()
    assert (found.level, "requests waiting: 1" in found.message) == ("warn", True)


def test_processes_that_outlived_their_agent(where: Places, look: Look, repo: Repo) -> None:
    mine = {"AGENTMUX_SESSION": "s1", "AGENTMUX_WORKTREE": str(repo.root)}
    other = {"AGENTMUX_SESSION": "s1", "AGENTMUX_WORKTREE": "/of/another/home"}
    started = [
        subprocess.Popen(["sleep", "60"], env={**os.environ, **env}) for env in (mine, other)
    ]
    try:
        assert look("orphans") == {}
        with Ledger.open(where.ledger) as ledger:
            ledger.append(exited("s1", run=1, seconds=3))
        found = look("orphans")["orphans.s1"]
        assert (found.level, found.fix) == ("warn", f"kill {started[0].pid}")
    finally:
        for process in started:
            process.kill()
            process.wait()
    wait_until(partial(_is_empty, look, "orphans"))


def _is_empty(look: Look, name: str) -> bool:
    return look(name) == {}


def test_a_home_without_anything_has_no_leader_to_need(look: Look, private_home: Path) -> None:
    assert "none is needed" in look("leader")["leader"].message
