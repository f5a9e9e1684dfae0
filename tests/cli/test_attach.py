"""`agentmux attach`: the whole terminal is the pane's until the leader key is pressed."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cockpit import ROOT, Cockpit
from tests.ui.outer import Outer

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Iterator[Cockpit]:
    cockpit = Cockpit(private_home)
    yield cockpit
    cockpit.close()


@pytest.fixture
def terminal(cockpit: Cockpit) -> Iterator[Outer]:
    """`attach` on a terminal, to a session whose program echoes."""
    cockpit.new(script="echo ready; exec cat")
    argv = [sys.executable, "-m", "agentmux", "attach", "1"]
    env = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
    outer = Outer(argv, cockpit.home / "no-log", env)
    outer.until(lambda: b"ready" in outer.screen, "pane")
    yield outer
    outer.close()


def test_the_leader_returns_and_the_session_runs_on(cockpit: Cockpit, terminal: Outer) -> None:
    terminal.type(b"typed in full\r")
    cockpit.await_screen("1", "typed in full")

    terminal.type(b"\x11")

    assert terminal.wait_end() == 0
    assert cockpit.tmux("list-sessions", "-F", "#{session_name}").splitlines() == ["hub"]
    assert cockpit.row("s1")["state"] in ("running", "quiet")
    size = cockpit.tmux("display-message", "-p", "-t", cockpit.row("s1")["pane"], "#{window_width}")
    assert size == "120"


def test_it_needs_a_terminal_and_a_session(cockpit: Cockpit) -> None:
    said = cockpit.run("attach", "1")
    assert (said.code, "needs a terminal" in said.err) == (2, True)
