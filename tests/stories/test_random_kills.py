"""A life of verbs in which something is killed at a random row each time: `ls` equals what is."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from agentmux.ledger.store import Ledger
from tests.support.cockpit import ROOT, Cockpit, Row, eventually
from tests.support.repo import git

pytestmark = [pytest.mark.story, pytest.mark.timeout(180)]

STEPS = 7
"""Verbs of one life, each with a death."""
VICTIMS = ("leader", "shim", "server")
LATEST_ROW = 7
"""The victim is killed once the verb has brought so many rows at most, or has ended."""


class Life:
    """One seeded run: which verb comes next, who is killed, and after which row."""

    def __init__(self, cockpit: Cockpit, seed: int) -> None:
        self.cockpit = cockpit
        self.random = random.Random(seed)
        self.told: list[str] = []
        """What was done so far, for whoever reads a failure."""

    def step(self) -> None:
        """One verb, one death in the middle of it, and then the truth."""
        verb = self.random.choice(list(self._possible(self.cockpit.ls())))
        victim = self.random.choice(VICTIMS)
        after = self.random.randint(1, LATEST_ROW)
        self.told.append(f"{' '.join(verb[:3])}; {victim} dies after row {after}")
        asker = self._begin(verb)
        rows = self._rows()
        eventually(lambda: self._rows() >= rows + after or asker.poll() is not None, self.told[-1])
        self._kill(victim)
        out, err = asker.communicate(timeout=60)
        assert asker.returncode in (0, 1), (self.told, out, err)
        assert b"Traceback" not in err, (self.told, err)

    def _possible(self, rows: dict[str, Row]) -> Iterator[list[str]]:
        """The command lines that make sense now; more ways to start than to end."""
        if len(rows) < 4:
            for _ in range(1 + 2 * (len(rows) < 2)):
                yield ["new", "--", "sh", "-c", "exec sleep 600"]
        for session, row in rows.items():
            if row["state"] == "exited":
                yield ["resume", session]
            else:
                yield from (["send", session, "some text"], ["stop", session])
            yield from (["restart", session], ["rename", session, f"name {len(self.told)}"])
            yield ["rm", session, "--yes", "--discard"]
            if len(rows) < 4:
                yield ["fork", session]

    def _begin(self, verb: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "agentmux", *verb],
            cwd=self.cockpit.repo,
            env={**self.cockpit.environment(), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def _rows(self) -> int:
        with Ledger.open(self.cockpit.places.ledger, create=False, read_only=True) as ledger:
            return ledger.load_fleet().seq

    def _kill(self, victim: str) -> None:
        pid = self._pid(victim)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not is_alive(pid), f"{victim} is dead")

    def _pid(self, victim: str) -> int | None:
        if victim == "leader":
            return self.cockpit.leader()
        if victim == "server":
            return self.cockpit.server_pid() if self._has_server() else None
        agents = [row["pid"] for row in self.cockpit.ls().values() if row["pid"] is not None]
        alive = [pid for pid in agents if is_alive(pid)]
        return psutil.Process(self.random.choice(alive)).ppid() if alive else None

    def _has_server(self) -> bool:
        try:
            self.cockpit.server_pid()
        except subprocess.CalledProcessError:
            return False
        return True


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def untruths(cockpit: Cockpit) -> list[str]:
    """Where `ls` and the world disagree: processes, windows, worktrees, open requests."""
    rows = cockpit.ls()
    agents = agents_of(cockpit)
    told = {session: [row["pid"]] for session, row in rows.items() if row["state"] != "exited"}
    found = [f"ls tells of the agents {told}, there are {agents}"] if told != agents else []
    windows = cockpit.windows()
    living = {f"{session}-{rows[session]['run']}" for session in told}
    known = {f"{session}-{row['run']}" for session, row in rows.items()}
    if not living <= set(windows) <= known or len(windows) != len(set(windows)):
        found.append(f"windows {windows} for living {living} of {known}")
    listed = git(cockpit.repo, "worktree", "list", "--porcelain", "-z").split("\0")
    trees = {line.removeprefix("worktree ") for line in listed if line.startswith("worktree ")}
    wanted = {str(cockpit.repo), *(str(row["worktree"]) for row in rows.values())}
    if trees != wanted:
        found.append(f"worktrees {trees} instead of {wanted}")
    with Ledger.open(cockpit.places.ledger, create=False, read_only=True) as ledger:
        found += [f"{r.verb} is open" for r in ledger.load_fleet().open_requests.values()]
    return found


def agents_of(cockpit: Cockpit) -> dict[str, list[int]]:
    """Session → processes that say they belong to it, in this home."""
    found: dict[str, list[int]] = {}
    for process in psutil.process_iter():
        try:
            env = process.environ()
        except psutil.Error:
            continue
        session = env.get("AGENTMUX_SESSION")
        if session and env.get("AGENTMUX_HOME") == str(cockpit.places.home):
            found.setdefault(session, []).append(process.pid)
    return dict(sorted(found.items()))


@pytest.mark.parametrize("seed", [1, 8])
def test_whatever_dies_ls_equals_what_is(cockpit: Cockpit, seed: int) -> None:
    cockpit.do("up", "--headless")
    life = Life(cockpit, seed)
    for _ in range(STEPS):
        life.step()
        cockpit.do("up", "--headless")
        last: list[str] = []

        def is_true(last: list[str] = last) -> bool:
            last[:] = untruths(cockpit)
            return not last

        try:
            eventually(is_true, "ls equals what is")
        except AssertionError:
            pytest.fail(f"after {life.told}:\n" + "\n".join(last))
    with Ledger.open(cockpit.places.ledger, create=False, read_only=True) as ledger:
        assert ledger.verify() == []
