"""A person at the screen: keys in, picture out, through the real program on a real terminal."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.support.cockpit import Cockpit, eventually
from tests.support.seat import Seat

pytestmark = pytest.mark.story

Sit = Callable[..., Seat]
ECHO = 'echo "ready $AGENTMUX_SLOT"; exec cat'


@pytest.fixture
def sit(cockpit: Cockpit) -> Iterator[Sit]:
    """Open the screen in a terminal; `sit(name="second")` opens another."""
    taken: list[Seat] = []

    def begin(*argv: str, size: tuple[int, int] = (120, 36), name: str = "outer") -> Seat:
        seat = Seat(cockpit, *argv, size=size, name=name)
        taken.append(seat)
        return seat

    yield begin
    for seat in taken:
        seat.close()


def test_a_session_is_seen_typed_into_and_left(cockpit: Cockpit, sit: Sit) -> None:
    cockpit.new("--name", "alpha", script=ECHO)
    cockpit.new("--name", "beta", script=ECHO)
    seat = sit()
    seat.sees(" alpha ", " beta ", "ready 1", " COMMAND ")
    seat.press("2")
    seat.sees("━ 2  beta ━", "ready 2")
    seat.press("2")
    seat.sees(" TYPE → 2 beta · ctrl+q commands")
    seat.type("q n x ? hello\r")
    seat.sees("q n x ? hello\nq n x ? hello")
    seat.press("leader")
    seat.sees(" COMMAND ", "━ 2  beta ━")
    seat.press("q")
    seat.has_ended()
    assert cockpit.screen("2").count("q n x ? hello") == 2
    assert "hello" not in cockpit.screen("1")


def test_the_first_digit_only_selects(cockpit: Cockpit, sit: Sit) -> None:
    cockpit.new("--name", "alpha", script=ECHO)
    seat = sit()
    seat.sees("ready 1")
    seat.press("1")
    seat.sees("1 again types into alpha", " COMMAND ")
    seat.press("1")
    seat.sees(" TYPE → 1 alpha")


def test_layouts_and_sizes_keep_the_selection(cockpit: Cockpit, sit: Sit) -> None:
    for name in ("alpha", "beta", "gamma"):
        cockpit.new("--name", name, script=ECHO)
    seat = sit()
    seat.sees(" gamma ")
    seat.press("3", "+")
    seat.sees("┏━ 3  gamma ━", "┌─ 1  alpha ─", "ready 1", "ready 2", "ready 3")
    seat.press("z")
    seat.sees(" COMMAND · 3 gamma ")
    seat.press("z")
    seat.resize(20, 5)
    seat.sees("agentmux needs 40")
    seat.resize(40, 10)
    seat.sees("┏━ 3  gamma ━", "ready 3")
    seat.press("_", "_")
    seat.sees("▌3 ", " 1 ", " 2 ")
    seat.resize(220, 60)
    seat.sees("▌3 ", "220x60")


def test_a_session_is_started_by_the_dialog_and_stopped(cockpit: Cockpit, sit: Sit) -> None:
    seat = sit()
    seat.sees("Up to nine agents, each in its own worktree of acme")
    seat.press("n")
    seat.sees("New session", "enter start")
    seat.type("print the answer")
    seat.press("tab", "right")
    seat.sees("[command]")
    seat.press("tab")
    seat.type("sh -c 'echo answer 42; exec cat'")
    seat.press("enter")
    seat.sees("━ 1  print-the-answer ━", "answer 42")
    assert cockpit.row("s1")["branch"] == "agentmux/print-the-answer"
    seat.sees_no("New session")
    seat.press("x")
    seat.sees("Stop 1 print-the-answer?")
    seat.press("y")
    seat.sees("= stopped", "u resume")
    seat.press("u")
    seat.sees("> running", "answer 42")


def test_leaving_or_dying_and_coming_back_finds_the_same_picture(
    cockpit: Cockpit, sit: Sit
) -> None:
    for name in ("alpha", "beta"):
        session = cockpit.new("--name", name, script=ECHO)
        cockpit.await_state(session["id"], "quiet")
    first = sit()
    first.sees("ready 1", "- 2 quiet")
    first.press("q")
    first.has_ended()
    again = sit(name="again")
    again.sees("1 - alpha", "2 - beta", "ready 1", " COMMAND ")
    again.press("2", "2")
    again.sees(" TYPE → 2 beta")
    again.kill()
    third = sit(name="third")
    third.sees("1 - alpha", "2 - beta", "ready 1", " COMMAND ")
    third.press("2", "2")
    third.type("after the kill\r")
    third.sees("after the kill\nafter the kill")


def test_two_screens_show_one_fleet(cockpit: Cockpit, sit: Sit) -> None:
    cockpit.new("--name", "alpha", script=ECHO)
    one, two = sit(), sit(size=(80, 24), name="two")
    one.sees("ready 1")
    two.sees("ready 1")
    one.press("1", "1")
    one.sees(" TYPE → 1 alpha")
    one.type("from one\r")
    two.sees("from one")
    two.press("r")
    two.sees("new name")
    two.type("-2\r")
    one.press("leader")
    one.sees("1  alpha-2")


def test_a_killed_leader_is_back_at_once_and_a_killed_server_is_told(
    cockpit: Cockpit, sit: Sit
) -> None:
    for name in ("alpha", "beta"):
        cockpit.new("--name", name, script=ECHO)
    seat = sit()
    old = cockpit.leader()
    seat.sees(f"leader {old}", "ready 1")
    cockpit.kill_leader()
    eventually(lambda: "leader" in seat.top() and f"leader {old}" not in seat.top(), "a new leader")
    os.kill(cockpit.server_pid(), signal.SIGKILL)
    seat.sees("E 2 lost  1 alpha, 2 beta  the tmux server they ran in has ended", "U resume all")
    seat.press("U")
    seat.sees("> 2 running", "ready 1")
    seat.press("1", "1")
    seat.type("on a new server\r")
    seat.sees("on a new server\non a new server")


def test_panes_go_on_after_a_shell_and_after_plain_tmux(cockpit: Cockpit, sit: Sit) -> None:
    cockpit.new("--name", "alpha", script=ECHO)
    seat = sit()
    seat.sees("ready 1")
    seat.press("1", "t")
    seat.sees_no("ready 1")
    seat.type("echo shell in $(basename $PWD); cat; exit\r")
    seat.sees("shell in alpha")
    cockpit.do("send", "1", "said to the shell's neighbour")
    seat.type("\x04")
    seat.sees("COMMAND", "said to the shell's neighbour")
    seat.press("o")
    seat.sees("ctrl+q returns to agentmux")
    seat.press("leader")
    seat.sees("COMMAND")
    cockpit.do("send", "1", "said after plain tmux")
    seat.sees("said after plain tmux")
