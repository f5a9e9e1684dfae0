"""A real agent typed into through the screen, as a person does it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real.clients import Client
from tests.real.cockpit import COMMAND, TYPE, Cockpit
from tests.real.fake_llm_api.server import FakeApi

EDIT = "Say two louder [[read notes.txt ;; edit notes.txt two => TWO ;; say All louder now]]"
SAID = r"^\W*All louder now"

BOTH = pytest.mark.parametrize("name", ["claude", "codex"])


@pytest.fixture
def open_cockpit(prepare: Callable[[str], Client], repo: Path) -> Callable[[str], Cockpit]:
    """agentmux for one agent; its home is the test's short one."""
    return lambda name: Cockpit(prepare(name), repo, Path(os.environ["AGENTMUX_HOME"]))


@BOTH
def test_a_turn_typed_through_the_screen_edits_its_worktree_and_nothing_else(
    name: str, open_cockpit: Callable[[str], Cockpit], api: FakeApi, repo: Path, tmp_path: Path
) -> None:
    with open_cockpit(name) as cockpit:
        worktree = cockpit.new("--name", "louder")
        quiet = cockpit.new("--name", "bystander")
        with cockpit.screen(tmp_path) as terminal:
            terminal.wait_for(COMMAND)
            terminal.press(b"1\r")
            terminal.wait_for(TYPE)
            terminal.wait_for(cockpit.client.ready)
            terminal.type(EDIT)
            terminal.press(b"\r")
            terminal.answer_until(SAID, b"\r", cockpit.client.asks)
    assert (worktree / "notes.txt").read_text() == "one\nTWO\nthree\n"
    for other in (repo, quiet):
        assert (other / "notes.txt").read_text() == "one\ntwo\nthree\n"
    assert len(api.turns()) == 3


def test_shift_enter_from_a_kitty_terminal_makes_a_new_line_in_claude(
    open_cockpit: Callable[[str], Cockpit], api: FakeApi, tmp_path: Path
) -> None:
    with open_cockpit("claude") as cockpit, cockpit.screen(tmp_path) as terminal:
        terminal.wait_for(COMMAND)
        cockpit.new("--name", "lines")
        terminal.wait_for(cockpit.client.ready)
        terminal.press(b"\r")
        terminal.wait_for(TYPE)
        terminal.wait_until(lambda: terminal.flags[-1] & 1 == 1, "the keyboard Claude asked for")
        terminal.type("first line")
        terminal.press_shift_enter()
        terminal.type("second line")
        assert api.turns() == []
        terminal.press(b"\r")
        terminal.wait_until(lambda: len(api.turns()) == 1, "a turn")
        assert "first line\nsecond line" in api.turns()[0].user_texts[-1]
        terminal.press(b"\x11q")
        terminal.wait_until(lambda: terminal.flags[-1] == 0, "the keyboard as it was")
