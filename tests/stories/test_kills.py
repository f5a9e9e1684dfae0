"""Leader, shim, agent and tmux server killed with -9: what `ls` says is what is there."""

import os
import signal
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.support.cockpit import Cockpit, eventually
from tests.support.processes import has_ended

pytestmark = pytest.mark.story


def test_a_killed_leader_changes_nothing_for_sessions(cockpit: Cockpit) -> None:
    pid = cockpit.new(script="exec cat")["pid"]
    old = cockpit.kill_leader()

    row = cockpit.row("s1")
    assert (row["pid"], row["state"] in ("running", "quiet", "starting")) == (pid, True)
    cockpit.do("send", "1", "still here")
    cockpit.await_screen("1", "still here")
    cockpit.do("rename", "s1", "renamed")
    assert cockpit.leader() not in (None, old)
    assert cockpit.row("s1")["pid"] == pid


def test_an_exit_without_a_leader_is_told_at_once(cockpit: Cockpit) -> None:
    cockpit.new(script="read line; exit 5")
    cockpit.kill_leader()

    cockpit.do("send", "1", "--keys", "0d")

    row = cockpit.await_state("s1", "exited")
    assert row["exit_code"] == 5
    assert cockpit.leader() is None


def test_a_killed_shim_ends_its_agent_and_is_offered_for_resume(cockpit: Cockpit) -> None:
    pid = cockpit.new()["pid"]
    shim = psutil.Process(pid).ppid()

    os.kill(shim, signal.SIGKILL)

    row = cockpit.await_state("s1", "exited")
    assert row["state_certain"] is False
    eventually(lambda: has_ended(pid), "the agent of a killed shim is gone")
    assert cockpit.do("resume", "1", "--json").json["session"]["state"] != "exited"


def test_a_killed_tmux_server_ends_every_agent_and_starts_none(cockpit: Cockpit) -> None:
    pids = [cockpit.new()["pid"] for _ in range(2)]

    os.kill(cockpit.server_pid(), signal.SIGKILL)

    for session in ("s1", "s2"):
        cockpit.await_state(session, "exited")
    for pid in pids:
        eventually(partial(has_ended, pid), "no agent outlives the server")
    for verb in (("screen", "s1"), ("send", "s1", "hello")):
        said = cockpit.run(*verb)
        assert (said.code, said.out) == (1, "")
        assert "`agentmux resume s1` goes on" in said.err
    assert cockpit.do("up", "--headless").code == 0
    assert [row["state"] for row in cockpit.ls().values()] == ["exited", "exited"]
    assert cockpit.do("resume", "s2", "--json").json["session"]["run"] == 2


def test_agents_that_ignore_the_hang_up_do_not_outlive_the_server(cockpit: Cockpit) -> None:
    pid = cockpit.new(script="trap '' HUP TERM; while :; do sleep 1; done")["pid"]
    os.kill(cockpit.server_pid(), signal.SIGKILL)
    eventually(lambda: has_ended(pid), "the stubborn agent is gone")
    cockpit.await_state("s1", "exited")


def test_a_request_outlives_the_leader_that_was_to_act(cockpit: Cockpit) -> None:
    cockpit.do("up", "--headless")
    leader = cockpit.leader()
    assert leader is not None
    os.kill(leader, signal.SIGSTOP)
    os.kill(leader, signal.SIGKILL)

    row = cockpit.new("--key", "once")

    assert row["id"] == "s1"
    assert cockpit.windows() == ["s1-1"]
    assert Path(row["worktree"]).is_dir()


def test_an_agent_that_ended_unseen_can_be_resumed_at_once(cockpit: Cockpit) -> None:
    """`ls` knows of the end before the new leader does: a verb looks before it decides."""
    for run in range(1, 4):
        cockpit.new("--key", "same") if run == 1 else cockpit.do("resume", "s1")
        row = cockpit.row("s1")
        assert (row["run"], row["state"] == "exited") == (run, False)
        cockpit.kill_leader()
        os.kill(row["pid"], signal.SIGKILL)
        cockpit.await_state("s1", "exited")


def test_ids_of_a_dead_server_name_nobody_else_s_pane(cockpit: Cockpit) -> None:
    """A new tmux server counts its windows from the start: old ids are others' by then."""
    for name in ("one", "two"):
        cockpit.new("--name", name, script=f"echo I am {name}; exec cat")
    os.kill(cockpit.server_pid(), signal.SIGKILL)
    for session in ("s1", "s2"):
        cockpit.await_state(session, "exited")

    pid = cockpit.do("resume", "two", "--json").json["session"]["pid"]

    cockpit.await_screen("two", "I am two")
    assert "I am two" not in cockpit.run("screen", "one", "--history").out
    assert cockpit.run("screen", "one").code == 1
    cockpit.do("resume", "one")
    assert cockpit.row("s2")["pid"] == pid
    os.kill(cockpit.server_pid(), signal.SIGKILL)
    cockpit.await_state("s2", "exited")
    pid = cockpit.do("resume", "two", "--json").json["session"]["pid"]
    cockpit.do("rm", "one", "--yes")
    assert cockpit.windows() == ["s2-3"]
    assert (cockpit.row("s2")["pid"], cockpit.row("s2")["state"] != "exited") == (pid, True)
