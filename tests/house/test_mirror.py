"""Rooms that talk to the outside, and the pure ones, have a test file for each module."""

from pathlib import Path

ROOMS = ("core", "agents", "tmux", "git", "ledger")


def untested(checkout: Path) -> list[str]:
    """Modules of the mirrored rooms without a test file of their name."""
    found = []
    for room in ROOMS:
        for path in sorted((checkout / "agentmux" / room).glob("*.py")):
            name = room if path.stem == "__init__" else path.stem
            mirror = checkout / "tests" / room / f"test_{name}.py"
            if not mirror.exists() and _has_code(path):
                found.append(f"{room}/{path.name}")
    return found


def _has_code(path: Path) -> bool:
    return any(word in path.read_text() for word in ("def ", "class ", " = "))


def test_every_module_has_its_test_file(root: Path) -> None:
    assert untested(root) == []


def test_a_planted_module_without_test_is_seen(tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / "agentmux" / room).mkdir(parents=True)
        (tmp_path / "tests" / room).mkdir(parents=True)
    (tmp_path / "agentmux/git/blame.py").write_text("def blame() -> None: ...\n")
    (tmp_path / "agentmux/git/log.py").write_text("def log() -> None: ...\n")
    (tmp_path / "tests/git/test_log.py").touch()

    assert untested(tmp_path) == ["git/blame.py"]
