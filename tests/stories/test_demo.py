"""The demo: headless it tells what it saw, in a terminal it guides; both leave nothing behind."""

from pathlib import Path

import psutil
import pytest

from agentmux.demo.stage import left_behind
from tests.support.cockpit import Cockpit
from tests.support.repo import fingerprint, status
from tests.support.seat import Seat

pytestmark = pytest.mark.story


def test_the_headless_demo_plays_to_its_end(cockpit: Cockpit) -> None:
    before = fingerprint(cockpit.home, "gitconfig")

    told = cockpit.do("demo", "--headless", "--json", "--speed", "50").json

    assert (told["schema"], told["simulated"], told["sessions"]) == (1, True, 6)
    assert {"working", "asking", "exited"} <= set(told["states_seen"])
    assert told["answered"] == 2
    assert told["exit_codes"]["csv-import"] == 0
    assert told["exit_codes"]["bump-deps"] == 1
    assert told["changed_paths"] >= 5
    assert set(told["left_behind"].values()) == {0}
    assert fingerprint(cockpit.home, "gitconfig") == before
    assert status(cockpit.repo) == []


def test_the_demo_without_a_terminal_is_headless(cockpit: Cockpit) -> None:
    said = cockpit.do("demo", "--sessions", "1", "--speed", "50")
    assert "1 simulated agent," in said.out
    assert "csv-import" in said.out
    assert cockpit.run("demo", "--sessions", "12").code == 2


def test_a_newcomer_walks_through_the_tour_and_leaves_nothing_behind(cockpit: Cockpit) -> None:
    before = fingerprint(cockpit.home, "gitconfig", "outer.sock")
    seat = Seat(cockpit, "demo", "--sessions", "3", size=(120, 36))
    try:
        seat.sees(" simulated ", " tour 1/6 ", "press 3", " 3 > flaky-tests")
        (root,) = {
            Path(file.path).parent
            for file in psutil.Process(seat.pid).open_files()
            if file.path.endswith("/playing")
        }
        seat.press("3")
        seat.sees(" tour 2/6 ", "━ 3  flaky-tests ━")
        seat.press("enter")
        seat.sees(" tour 3/6 ", " TYPE → 3 flaky-tests")
        seat.press("leader")
        seat.sees(" tour 4/6 ", " COMMAND ")
        seat.press("+")
        seat.sees(" tour 5/6 ", "┌─ 1  csv-import ─")
        seat.press("n")
        seat.sees("[@simulated] shell")
        seat.press("enter")
        seat.sees(" tour 6/6 ", "A simulated agent, started by you")
        seat.press("?")
        seat.sees("type to search")
        seat.press("esc")
        seat.sees_no("type to search")
        seat.sees(" tour done ", "q leaves and takes the demo down")
        seat.press("q")
        seat.has_ended()
        assert set(left_behind(root).values()) == {0}
    finally:
        seat.close()
    assert fingerprint(cockpit.home, "gitconfig", "outer.sock") == before
    assert status(cockpit.repo) == []
