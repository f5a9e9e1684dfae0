"""The outer terminal's modes: into an agent's, from one to another, and back."""

import re
from itertools import product

import pytest

from agentmux.ui import modes
from agentmux.ui.modes import KeyModes, parse_modes


class Emulated:
    """What a terminal that knows these modes would hold after some output."""

    def __init__(self) -> None:
        self.kitty = [modes.COMMAND_KITTY]
        self.other = 0
        self.set: set[str] = set()

    def write(self, data: str) -> None:
        left = re.sub(r"\x1b(\[[?<>]?[\d;]*[a-z]|=|>)", self._obey, data)
        assert left == ""

    def _obey(self, found: re.Match[str]) -> str:
        code = found.group(1)
        if code == "[<u":
            self.kitty.pop()
        elif code.endswith("u"):
            self.kitty.append(int(code[2:-1]))
        elif code.endswith("m") and code.startswith("[>4"):
            self.other = int(code[4:-1] or 0)
        elif code.endswith(("h", "=")):
            self.set.add(code.rstrip("h"))
        elif code.endswith(("l", ">")):
            self.set.discard(code.rstrip("l").replace(">", "="))
        return ""

    def state(self) -> KeyModes:
        return KeyModes(self.kitty[-1], self.other, "[?1" in self.set, "=" in self.set)


SAMPLES = [
    KeyModes(*values) for values in product((0, 1, 5, 31), (0, 1, 2), (False, True), (False, True))
]


@pytest.mark.parametrize("wanted", SAMPLES)
def test_there_and_back(wanted: KeyModes) -> None:
    terminal = Emulated()
    terminal.write(modes.enter_type(wanted))
    assert (terminal.state(), len(terminal.kitty)) == (wanted, 1)
    terminal.write(modes.leave_type(wanted))
    assert terminal.state() == KeyModes(modes.COMMAND_KITTY)
    assert len(terminal.kitty) == 1


def test_from_any_to_any_within_type() -> None:
    for old, new in product(SAMPLES, SAMPLES):
        terminal = Emulated()
        terminal.write(modes.enter_type(old) + modes.change(old, new))
        assert (terminal.state(), len(terminal.kitty)) == (new, 1)
        assert (modes.change(old, new) == "") == (old == new)


def test_a_record_of_the_shim() -> None:
    record = {
        "kitty": [1, 5],
        "modify_other_keys": 2,
        "cursor_keys": True,
        "keypad": False,
        "bracketed_paste": True,
        "focus": True,
        "mouse": [1000, 1006],
    }
    assert parse_modes(record) == KeyModes(5, 2, True, False)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"kitty": [], "modify_other_keys": 0},
        {"kitty": "5", "modify_other_keys": "2", "cursor_keys": 1, "keypad": None},
        {"kitty": [99], "modify_other_keys": 7},
        {"kitty": [None], "modify_other_keys": [1]},
        {"kitty": 5, "modify_other_keys": -1},
    ],
)
def test_what_is_not_understood_counts_as_not_asked_for(record: dict[str, object]) -> None:
    assert parse_modes(record) == KeyModes()


def test_reset_ends_every_mode() -> None:
    terminal = Emulated()
    terminal.write(modes.enter_type(KeyModes(5, 2, True, True)))
    terminal.set |= {f"[?{n}" for n in (1000, 1002, 1003, 1004, 1006, 1015, 1016, 2004, 2048)}
    terminal.write(modes.RESET)
    assert (terminal.set, terminal.other) == (set(), 0)
