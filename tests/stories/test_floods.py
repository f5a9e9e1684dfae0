"""Killed with -9 while a pane prints without end: no agent stands still, and `ls` is right."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.support.cockpit import ROOT, Cockpit, eventually
from tests.support.processes import has_ended
from tests.ui.outer import Outer

pytestmark = pytest.mark.story

LINE = "0123456789" * 10
COUNT = '[ $((n % 500)) = 0 ] && echo $n >"$HOME/$0"'
FLOOD = f'n=0; while :; do n=$((n+1)); echo "$n {LINE}"; {COUNT}; done'
FREE = 20_000
"""Lines, two megabytes: far more than an agent can print which nobody reads."""


def flood(cockpit: Cockpit, name: str) -> Path:
    """A session that prints without end; the file it counts its lines in."""
    cockpit.do("new", "--json", "--name", name, "--", "sh", "-c", FLOOD, name)
    counter = cockpit.home / name
    eventually(counter.exists, f"{name} floods")
    return counter


def lines(counter: Path) -> int:
    text = counter.read_text().strip()
    return int(text) if text else 0


def assert_goes_on(counter: Path) -> None:
    before = lines(counter)
    eventually(lambda: lines(counter) > before + FREE, f"{counter.name} goes on printing")


def test_the_leader(cockpit: Cockpit) -> None:
    counters = [flood(cockpit, name) for name in ("one", "two")]
    pids = {row["id"]: row["pid"] for row in cockpit.ls().values()}
    old = cockpit.kill_leader()

    for counter in counters:
        assert_goes_on(counter)
    assert {row["id"]: row["pid"] for row in cockpit.ls().values()} == pids
    cockpit.do("up", "--headless")
    assert cockpit.leader() not in (None, old)
    for counter in counters:
        assert_goes_on(counter)
    assert all(row["state"] == "running" for row in cockpit.ls().values())
    assert LINE in cockpit.screen("one")


def test_a_shim(cockpit: Cockpit) -> None:
    flood(cockpit, "one")
    other = flood(cockpit, "two")
    pid = cockpit.row("s1")["pid"]
    os.kill(psutil.Process(pid).ppid(), signal.SIGKILL)

    row = cockpit.await_state("s1", "exited")
    eventually(lambda: has_ended(pid), "its agent is gone")
    eventually(lambda: LINE[:40] in "".join(cockpit.row("s1")["last_lines"]), "its last lines")
    assert row["state_certain"] is False
    assert_goes_on(other)
    assert cockpit.do("resume", "one", "--json").json["session"]["run"] == 2
    assert_goes_on(cockpit.home / "one")


def test_the_tmux_server(cockpit: Cockpit) -> None:
    for name in ("one", "two"):
        flood(cockpit, name)
    pids = [row["pid"] for row in cockpit.ls().values()]
    os.kill(cockpit.server_pid(), signal.SIGKILL)

    for session in ("s1", "s2"):
        cockpit.await_state(session, "exited")
    for pid in pids:
        eventually(partial(has_ended, pid), "no agent outlives the server")
    assert cockpit.do("resume", "two", "--json").json["session"]["run"] == 2
    assert_goes_on(cockpit.home / "two")
    assert cockpit.row("s1")["state"] == "exited"


POINTS: dict[str, Callable[[Outer], None]] = {
    "before it draws": lambda screen: screen.until(lambda: len(screen.screen) > 0, "a byte"),
    "in its first frames": lambda screen: _await_bytes(screen, 4_000),
    "while it follows the flood": lambda screen: _await_bytes(screen, 60_000),
    "while one types": lambda screen: _type_into_flood(screen),
    "while one looks back": lambda screen: _press(screen, b"1[", 20_000),
}


def _await_bytes(screen: Outer, more: int) -> None:
    there = len(screen.screen)
    screen.until(lambda: len(screen.screen) > there + more, "frames")


def _press(screen: Outer, keys: bytes, more: int) -> None:
    _await_bytes(screen, 4_000)
    screen.type(keys)
    _await_bytes(screen, more)


def _type_into_flood(screen: Outer) -> None:
    _press(screen, b"1\r", 4_000)
    screen.type(b"typed into a flood")
    _await_bytes(screen, 4_000)


def test_the_screen_at_several_points(cockpit: Cockpit) -> None:
    counters = [flood(cockpit, name) for name in ("one", "two")]
    pids = {row["id"]: row["pid"] for row in cockpit.ls().values()}
    env = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
    for point, reach in POINTS.items():
        screen = Outer([sys.executable, "-m", "agentmux"], cockpit.home / "no-log", env)
        try:
            reach(screen)
            os.kill(screen.process.pid, signal.SIGKILL)
            assert screen.process.wait(5) == -signal.SIGKILL, point
        finally:
            screen.close()
        for counter in counters:
            assert_goes_on(counter)
        eventually(lambda: _clients(cockpit) == 1, f"only the keeper stays after {point}")
        assert {row["id"]: row["pid"] for row in cockpit.ls().values()} == pids, point


def _clients(cockpit: Cockpit) -> int:
    return len(cockpit.tmux("list-clients", "-F", "#{client_pid}").splitlines())
