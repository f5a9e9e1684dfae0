"""Every verb, key and migration is tried by some test (agents: `test_mirror`)."""

from pathlib import Path

from agentmux.cli import COMMANDS
from agentmux.ledger.schema import MIGRATIONS
from agentmux.ui.keymap import KEYMAP


def texts(tests: Path, *rooms: str) -> str:
    """All that the tests of some rooms say."""
    paths = (path for room in rooms for path in sorted((tests / room).rglob("test_*.py")))
    return "\n".join(path.read_text() for path in paths)


def untried(words: list[str], text: str) -> list[str]:
    """Words that stand in no test as a string of their own."""
    return [word for word in words if f'"{word}"' not in text]


def unpressed(rows: list[tuple[str, tuple[str, ...]]], text: str) -> list[str]:
    """Actions none of whose keys is pressed; the nine digits are one action."""
    pressed = {action for action, keys in rows if len(untried(list(keys), text)) < len(keys)}
    return sorted({action for action, _ in rows} - pressed)


def test_every_verb_is_tried(root: Path) -> None:
    assert untried(list(COMMANDS), texts(root / "tests", "cli", "stories")) == []


def test_every_migration_is_tried(root: Path) -> None:
    text = texts(root / "tests", "ledger")
    assert [step.__name__ for step in MIGRATIONS if step.__name__ not in text] == []


def test_every_key_is_pressed(root: Path) -> None:
    rows = [(row.action.partition("(")[0], row.keys) for row in KEYMAP if row.keys]
    assert unpressed(rows, texts(root / "tests", "ui", "stories")) == []


def test_a_planted_row_without_test_is_seen() -> None:
    text = 'run("new", "--json")\npress("x")\n'
    assert untried(["new", "old"], text) == ["old"]
    rows = [("stop", ("x",)), ("go", ("1",)), ("go", ("x",)), ("fork", ("f", "F"))]
    assert unpressed(rows, text) == ["fork"]
