"""The reference is current and complete, and the pages beside it name what is there."""

import dataclasses
import re
from pathlib import Path

import pytest

from agentmux.agents import AGENTS
from agentmux.cli import COMMANDS
from agentmux.config import settings as config
from agentmux.ledger.schema import MIGRATIONS
from agentmux.ui.keymap import KEYMAP
from docs import _generate as generate


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return generate.render()


def undocumented(rows: list[str], page: str) -> list[str]:
    """Rows of a table that the page does not name as code or as a heading."""
    return [row for row in rows if f"`{row}`" not in page and f"## {row}\n" not in page]


def test_the_reference_is_current(pages: dict[str, str]) -> None:
    assert generate.stale(generate.FOLDER, pages) == [], "run ./run docs"


def test_planted_staleness_is_seen(pages: dict[str, str], tmp_path: Path) -> None:
    for name, text in pages.items():
        (tmp_path / name).write_text(text)
    assert generate.stale(tmp_path, pages) == []

    (tmp_path / "keys.md").write_text(pages["keys.md"].replace("fork", "spoon"))
    (tmp_path / "states.md").unlink()
    (tmp_path / "old.md").touch()
    assert generate.stale(tmp_path, pages) == ["keys.md", "old.md", "states.md"]


def test_every_row_of_every_table_has_its_line(pages: dict[str, str]) -> None:
    migrations = [step.__name__ for step in MIGRATIONS]
    assert undocumented([row.id for row in KEYMAP], pages["keys.md"]) == []
    assert undocumented(list(COMMANDS), pages["commands.md"]) == []
    assert undocumented(list(AGENTS), pages["agents.md"]) == []
    assert undocumented(migrations, pages["events.md"]) == []
    assert undocumented(["go.1", "gone"], "`go.1`") == ["gone"]


def test_every_setting_says_what_it_means() -> None:
    docs = generate.field_docs(Path(config.__file__).read_text())
    rows = list(generate.settings(config.Config, docs))
    assert len(rows) >= len(dataclasses.fields(config.Config))
    assert [row[0] for row in rows if not row[-1]] == []


def test_a_planted_setting_without_meaning_is_seen() -> None:
    source = 'class Config:\n    depth: int = 1\n    width: int = 2\n    """Columns."""\n'
    assert generate.field_docs(source)["Config"] == {
        "depth": ("int", ""),
        "width": ("int", "Columns."),
    }


def test_the_two_commands_of_the_readme_exist(root: Path) -> None:
    readme = (root / "README.md").read_text()
    commands = re.findall(r"^\./run (\w+)", readme, re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
    own = re.findall(r"^(\w+)\)", (root / "run").read_text(), re.MULTILINE)
    assert set(commands) <= {*own, *COMMANDS}


def missing_modules(text: str, package: Path) -> list[str]:
    """Modules that a page names, `room/module.py`, and that are not there."""
    return [name for name in re.findall(r"`([a-z_/]+\.py)`", text) if not (package / name).exists()]


def test_modules_named_in_the_architecture_exist(root: Path) -> None:
    text = (root / "docs/architecture.md").read_text()
    assert missing_modules(text, root / "agentmux") == []
    assert missing_modules("`core/fleet.py` and `core/flat.py`", root / "agentmux") == [
        "core/flat.py"
    ]
