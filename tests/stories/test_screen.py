"""The screen on a real terminal: look back, go to the background, leave; sessions run on."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from tests.support.cockpit import ROOT, Cockpit
from tests.ui.outer import Outer

pytestmark = pytest.mark.story

BYTES = {"home": b"\x1b[H", "end": b"\x1b[F", "escape": b"\x1b", "ctrl+z": b"\x1a"}
OLDEST = b"line 1 of many"
NEWEST = b"line 300 of many"


@pytest.fixture
def screen(cockpit: Cockpit) -> Iterator[Outer]:
    """`agentmux` on a terminal of 80x24, showing a pane with a long past."""
    cockpit.new(script="seq -f 'line %g of many' 300; exec cat")
    cockpit.await_screen("1", NEWEST.decode())
    env = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
    outer = Outer([sys.executable, "-m", "agentmux"], cockpit.home / "no-log", env)
    outer.until(lambda: NEWEST in outer.screen, "the pane")
    yield outer
    outer.close()


def press(screen: Outer, *keys: str, shows: bytes) -> None:
    """Type keys and wait until the screen writes `shows` again."""
    before = len(screen.screen)
    for key in keys:
        screen.type(BYTES.get(key, key.encode()))
    screen.until(lambda: shows in screen.screen[before:], f"{shows!r} after {keys}")


def test_the_past_of_a_pane_from_end_to_end(screen: Outer) -> None:
    press(screen, "[", "home", shows=OLDEST)
    press(screen, "end", shows=NEWEST)
    press(screen, "g", shows=OLDEST)
    press(screen, "escape", shows=NEWEST)


def test_it_sleeps_in_the_background_and_wakes(screen: Outer, cockpit: Cockpit) -> None:
    screen.type(BYTES["ctrl+z"])
    screen.until(screen.is_stopped, "sleep")
    cockpit.do("send", "1", "said meanwhile")

    os.kill(screen.process.pid, signal.SIGCONT)

    screen.until(lambda: b"said meanwhile" in screen.screen, "the pane, awake")
    screen.type(b"q")
    assert screen.wait_end() == 0
    assert cockpit.row("s1")["state"] in ("running", "quiet")
