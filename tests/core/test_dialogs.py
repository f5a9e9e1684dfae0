"""Menus of real agents read off captured screens, and what is no menu."""

from pathlib import Path

import pytest

from agentmux.agents import AGENTS
from agentmux.core.dialogs import Dialect, Menu, answer_keys, read_menu

SCREENS = Path(__file__).with_name("screens")
CLAUDE = Dialect("digit", "❯")
DOWN = b"\x1b[B"


def menu(name: str) -> Menu | None:
    """The menu on a captured screen, read in its agent's dialect."""
    dialect = AGENTS[name.partition("-")[0]].DIALECT
    assert dialect is not None
    return read_menu((SCREENS / f"{name}.txt").read_text().splitlines(), dialect)


@pytest.mark.parametrize(
    ("name", "count", "keys"),
    [
        ("claude-approve-shell", 4, b"4"),
        ("claude-approve-write", 3, b"3"),
        ("claude-question", 4, b"4"),
        ("codex-approve-shell", 3, b"\x1b"),
        ("codex-approve-write", 3, b"\x1b"),
        ("codex-limit", 3, DOWN + DOWN + b"\r"),
        ("gemini-approve-shell", 3, b"3"),
        ("gemini-question", 3, b"3"),
    ],
)
def test_a_real_menu_and_what_takes_its_last_option(name: str, count: int, keys: bytes) -> None:
    found = menu(name)
    assert found is not None and found.marked == 0 and len(found.options) == count
    dialect = AGENTS[name.partition("-")[0]].DIALECT
    assert dialect is not None and answer_keys(found, count - 1, dialect) == keys


def test_the_question_is_what_stands_above_without_rules() -> None:
    found = menu("claude-approve-shell")
    assert found is not None
    assert found.question[-1] == "Do you want to proceed?"
    assert 'python3 -c "import time;time.sleep(3);print(42)" > out.txt' in found.question
    assert not any(line.startswith(("─", "╌")) for line in found.question)


def test_a_key_in_brackets_that_has_wrapped_belongs_to_its_option() -> None:
    found = menu("codex-approve-shell")
    assert found is not None and found.options[1].endswith("(p)")
    assert answer_keys(found, 1, Dialect("hint", "›")) == b"p"


@pytest.mark.parametrize("name", ["claude-working", "claude-idle", "codex-working", "gemini-idle"])
def test_a_screen_without_a_menu_has_none(name: str) -> None:
    assert menu(name) is None


@pytest.mark.parametrize(
    "lines",
    [
        [" 1. Yes", " 2. No"],
        ["❯ 1. Yes", "❯ 2. No"],
        ["❯ 1. Yes"],
        ["❯ 1. Yes", "  3. No"],
        ["❯ 1. Yes", "  2. No", *(f"text {n}" for n in range(20))],
        ["Continue? [y/n]"],
    ],
    ids=["none marked", "two marked", "one option", "a gap", "scrolled past", "a line"],
)
def test_what_only_looks_like_a_menu_is_none(lines: list[str]) -> None:
    assert read_menu(lines, CLAUDE) is None


def test_the_fingerprint_is_that_of_the_question_and_not_of_the_mark() -> None:
    def fingerprint(question: str, first: str, second: str) -> str:
        found = read_menu([question, first, second], CLAUDE)
        assert found is not None
        return found.fingerprint

    one = fingerprint("run make?", "❯ 1. Yes", "  2. No")
    assert one == fingerprint("run make?", "  1. Yes", "❯ 2. No")
    assert one != fingerprint("run rm?", "❯ 1. Yes", "  2. No")
    assert one != fingerprint("run make?", "❯ 1. Yes", "  2. Never")


@pytest.mark.parametrize(
    ("choice", "index"),
    [("1", 0), ("3", 2), ("4", None), ("0", None), ("yes", 0), ("N", 2), ("yes, and", 1),
     ("y", 0), ("", None), ("Ye", None), ("²", None)],
)  # fmt: skip
def test_a_choice_as_people_say_it(choice: str, index: int | None) -> None:
    found = Menu(("Yes", "Yes, and don't ask again", "No"), 0, "f")
    assert found.index_of(choice) == index


def test_moving_counts_from_what_is_marked() -> None:
    found = Menu(("a", "b", "c"), 2, "f")
    assert answer_keys(found, 0, Dialect("arrows", "❯")) == b"\x1b[A\x1b[A\r"
