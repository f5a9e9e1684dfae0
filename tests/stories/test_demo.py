"""The demo, headless: plays to its end, tells what it saw, leaves nothing behind."""

import pytest

from tests.support.cockpit import Cockpit
from tests.support.repo import fingerprint, status

pytestmark = pytest.mark.story


def test_the_headless_demo_plays_to_its_end(cockpit: Cockpit) -> None:
    before = fingerprint(cockpit.home, "gitconfig")

    told = cockpit.do("demo", "--headless", "--json", "--speed", "50").json

    assert (told["schema"], told["simulated"], told["sessions"]) == (1, True, 6)
    assert {"running", "exited"} <= set(told["states_seen"])
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
