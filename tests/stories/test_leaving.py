"""Every way a screen can end gives the terminal back as it was and leaves the sessions running."""

import signal
import sys
import termios
from collections.abc import Iterator

import pytest

from tests.support.cockpit import ROOT, Cockpit
from tests.support.repo import write
from tests.ui.outer import Outer

pytestmark = pytest.mark.story

ON_AND_OFF = {
    b"\x1b[?1049h": b"\x1b[?1049l",
    b"\x1b[?25l": b"\x1b[?25h",
    b"\x1b[?2004h": b"\x1b[?2004l",
    b"\x1b[?1000h": b"\x1b[?1000l",
}


@pytest.fixture
def screen(cockpit: Cockpit) -> Iterator[Outer]:
    """The screen, shown, with one session."""
    cockpit.new(script="echo ready to work; exec cat")
    cockpit.await_screen("1", "ready to work")
    outer = open_screen(cockpit)
    outer.until(lambda: b"ready to work" in outer.screen, "the pane")
    yield outer
    outer.close()


def open_screen(cockpit: Cockpit) -> Outer:
    env = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "agentmux", "--repo", str(cockpit.repo)]
    return Outer(argv, cockpit.home / "no-log", env)


def assert_given_back(screen: Outer) -> None:
    assert termios.tcgetattr(screen.slave) == screen.before
    for on, off in ON_AND_OFF.items():
        assert screen.screen.rfind(off) >= screen.screen.rfind(on), off


@pytest.mark.parametrize("mode", ["command", "type"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal(screen: Outer, cockpit: Cockpit, number: signal.Signals, mode: str) -> None:
    pid = cockpit.row("s1")["pid"]
    if mode == "type":
        screen.type(b"1\r")
        screen.until(lambda: b"TYPE" in screen.screen, "TYPE")
    screen.process.send_signal(number)
    screen.wait_end()
    assert_given_back(screen)
    assert b"Traceback" not in screen.screen
    assert cockpit.row("s1")["pid"] == pid
    cockpit.do("send", "1", "still here")
    cockpit.await_screen("1", "still here")


def test_a_window_that_is_closed(screen: Outer, cockpit: Cockpit) -> None:
    pid = cockpit.row("s1")["pid"]
    screen.hang_up()
    screen.process.wait(10)
    assert cockpit.row("s1")["pid"] == pid


def test_settings_that_cannot_be_used(cockpit: Cockpit) -> None:
    write(cockpit.places.config_file, "leeder = ['ctrl+q']\n")
    screen = open_screen(cockpit)
    try:
        assert screen.wait_end() == 2
        said = screen.screen.replace(b"\r\n", b"\n").decode()
        assert f"{cockpit.places.config_file}, line 1: leeder is not a setting" in said
        assert "Did you mean leader?" in said
        assert "Traceback" not in said
        assert_given_back(screen)
    finally:
        screen.close()
