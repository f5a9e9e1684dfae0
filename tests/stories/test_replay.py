"""Killed after any call to git, tmux or the ledger, a launch asked for again happens once."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from agentmux.core import events as e
from agentmux.ledger.store import Ledger
from agentmux.mux.clock import now
from tests.support import mortal_leader
from tests.support.cockpit import ROOT, Cockpit, eventually
from tests.support.repo import git, head, write

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]

MOST_CALLS = 60
"""A launch makes fewer; a test that gets here has counted something else."""


def start_mortal(cockpit: Cockpit, calls: int) -> subprocess.Popen[bytes]:
    """A leader with that many calls to live, holding the lease."""
    process = subprocess.Popen(
        [sys.executable, mortal_leader.__file__, str(calls)],
        env={**cockpit.environment(), "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    eventually(lambda: cockpit.leader() == process.pid, "the mortal leader leads")
    return process


def assert_exactly_one(cockpit: Cockpit, row: dict[str, object]) -> None:
    """One session, one worktree, one branch, one window, one agent."""
    assert list(cockpit.ls()) == [row["id"]]
    assert row["state"] in ("starting", "running", "quiet")
    assert psutil.pid_exists(int(str(row["pid"])))
    trees = git(cockpit.repo, "worktree", "list", "--porcelain").count("worktree ")
    assert trees == 2
    assert len(git(cockpit.repo, "branch", "--list", "agentmux/*").splitlines()) == 1
    assert Path(str(row["worktree"])).is_dir()
    assert cockpit.windows() == [f"{row['id']}-1"]
    agents = [p for p in psutil.process_iter() if _works_in(p, str(row["worktree"]))]
    assert [p.pid for p in agents] == [row["pid"]]


def _works_in(process: psutil.Process, folder: str) -> bool:
    """Whether a program runs there; the leader's own looks by git do not count."""
    try:
        return process.cwd() == folder and process.name() != "git"
    except psutil.Error:
        return False


@pytest.mark.parametrize("first", [0, 1])
def test_a_launch_killed_anywhere_happens_once(cockpit: Cockpit, first: int) -> None:
    kills = 0
    for calls in range(first, MOST_CALLS, 2):
        mortal = start_mortal(cockpit, calls)
        row = cockpit.new("--key", f"k{calls}", script="exec sleep 8643")
        survived = mortal.poll() is None
        assert_exactly_one(cockpit, row)
        assert cockpit.new("--key", f"k{calls}")["id"] == row["id"]
        cockpit.do("rm", str(row["id"]), "--yes", "--discard")
        cockpit.do("down")
        mortal.wait(10)
        if survived:
            break
        kills += 1
    assert 4 < kills < MOST_CALLS // 2, kills


def test_a_launch_taken_back_leaves_a_worktree_that_came_to_stand_there(cockpit: Cockpit) -> None:
    place = cockpit.home / "acme.worktrees" / "a"
    begun = e.SessionOpened(
        at=now(),
        session="s1",
        request="r",
        name="a",
        slot=1,
        agent="command",
        repo=str(cockpit.repo),
        worktree=str(place),
        argv=("sleep", "600"),
        branch="agentmux/a",
        base="main",
        base_commit=head(cockpit.repo),
    )
    cockpit.places.make()
    with Ledger.open(cockpit.places.ledger) as ledger:
        asked: dict[str, e.Json] = {"cwd": str(cockpit.repo), "command": ["sleep", "600"]}
        ledger.append(e.Requested(at=now(), request="r", verb="new", args=asked), begun)
    git(cockpit.repo, "worktree", "add", "--quiet", "-b", "mine", str(place))
    write(place / "work.txt", "precious\n")

    cockpit.do("up", "--headless")

    eventually(lambda: cockpit.row("s1")["removed"], "the launch is taken back")
    assert (place / "work.txt").read_text() == "precious\n"
    assert git(place, "branch", "--show-current").strip() == "mine"
