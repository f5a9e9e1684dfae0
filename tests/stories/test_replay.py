"""Killed before and after each kind of call to git, tmux or the ledger, a launch happens once."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.ledger.store import Ledger
from agentmux.mux.clock import now
from agentmux.mux.lease import leader_pid
from agentmux.mux.observe import observe
from agentmux.mux.requests import ask
from tests.support.cockpit import ROOT, Cockpit, eventually
from tests.support.mortal_leader import Leaders
from tests.support.processes import has_ended
from tests.support.repo import git, head, write

pytestmark = pytest.mark.story

MOST_GROUPS = 40
"""A launch makes fewer groups of calls; a test that gets here has counted something else."""


@pytest.fixture
def leaders(cockpit: Cockpit) -> Iterator[Leaders]:
    """Leaders of the cockpit, at hand."""
    cockpit.places.make()
    leaders = Leaders({**cockpit.environment(), "PYTHONPATH": str(ROOT)})
    yield leaders
    leaders.close()


def start_leader(cockpit: Cockpit, leaders: Leaders, groups: int = 0) -> int:
    """The pid of a leader that holds the lease, mortal after that many `groups` of calls."""
    pid = leaders.start(groups)
    eventually(lambda: leader_pid(cockpit.places.leader_lock) == pid, "it leads")
    return pid


def launch(cockpit: Cockpit, leaders: Leaders, key: str) -> Session:
    """The session that comes of asking for one, whichever leader lives."""

    def keep_leader() -> None:
        if leader_pid(cockpit.places.leader_lock) is None:
            start_leader(cockpit, leaders)

    asked: dict[str, e.Json] = {
        "cwd": str(cockpit.repo), "key": key, "command": ["sleep", "8643"]
    }  # fmt: skip
    with Ledger.open(cockpit.places.ledger) as ledger:
        done = ask(ledger, cockpit.places, "new", asked, keep_leader=keep_leader)
        fleet = observe(ledger.load_fleet(), cockpit.places, now())
    return fleet.sessions[str(done.result["session"])]


def assert_exactly_one(cockpit: Cockpit, session: Session, earlier: list[Session]) -> None:
    """One session more than `earlier`, one worktree, one branch, one window, one agent."""
    assert session.is_live
    with Ledger.open(cockpit.places.ledger) as ledger:
        fleet = ledger.load_fleet()
    known = [s.id for s in (*earlier, session)]
    assert sorted(s.id for s in fleet.present) == sorted(known)
    trees = git(cockpit.repo, "worktree", "list", "--porcelain").count("worktree ")
    assert trees == 1 + len(known)
    branches = git(cockpit.repo, "branch", "--list", "agentmux/*").splitlines()
    assert len(branches) == len(known)
    assert cockpit.windows() == [f"{one}-1" for one in known]
    agents = [p.pid for p in psutil.process_iter() if _works_in(p, session.worktree)]
    assert agents == [session.pid]


def _works_in(process: psutil.Process, folder: str) -> bool:
    """Whether a program runs there; the leader's own looks by git do not count."""
    try:
        return process.cwd() == folder and process.name() != "git"
    except psutil.Error:
        return False


@pytest.mark.parametrize("first", [1, 2])
def test_a_launch_killed_anywhere_happens_once(
    cockpit: Cockpit, leaders: Leaders, first: int
) -> None:
    launched: list[Session] = []
    for groups in range(first, MOST_GROUPS, 2):
        mortal = start_leader(cockpit, leaders, groups)
        session = launch(cockpit, leaders, f"k{groups}")
        survived = not has_ended(mortal)
        assert_exactly_one(cockpit, session, launched)
        assert launch(cockpit, leaders, f"k{groups}").id == session.id
        launched.append(session)
        os.kill(session.shim_pid or 0, signal.SIGKILL)
        end_leader(cockpit)
        if survived:
            break
    assert 8 < len(launched) < MOST_GROUPS // 2, len(launched)


def end_leader(cockpit: Cockpit) -> None:
    """Whoever leads ends."""
    lock = cockpit.places.leader_lock
    os.kill(leader_pid(lock) or 0, signal.SIGTERM)
    eventually(lambda: leader_pid(lock) is None, "the leader has ended")


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
