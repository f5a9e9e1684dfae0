"""The import contracts hold, and each is seen to fail."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

VIOLATIONS = {
    "The house has one direction": ("core/planted.py", "import agentmux.paths"),
    "core and agents are pure": ("core/planted.py", "import asyncio"),
    "the screen talks only to the mux": ("ui/app.py", "import agentmux.tmux.client"),
    "Textual and Rich stay in ui": ("mux/planted.py", "import rich"),
    "agent adapters do not know each other": (
        "agents/planted.py",
        "import agentmux.agents.claude_code",
    ),
    "inside ui: app over screens over widgets over tables": (
        "ui/widgets/planted.py",
        "import agentmux.ui.app",
    ),
}


BEHIND_THE_MUX = {"tmux", "git", "ledger", "conflicts", "mcp"}


def broken_contracts(checkout: Path) -> set[str]:
    """Names of the contracts that the package in `checkout` breaks."""
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts" in found.stdout, found.stdout + found.stderr
    lines = found.stdout.splitlines()
    return {line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")}


def test_every_contract_holds(root: Path) -> None:
    assert broken_contracts(root) == set()


def contracts(checkout: Path) -> dict[str, dict[str, list[str]]]:
    linter = tomllib.loads((checkout / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"]: contract for contract in linter["contracts"]}


def within_reach(checkout: Path) -> set[str]:
    """Rooms behind the mux that the screen's contract forgets to name."""
    there = {room for room in BEHIND_THE_MUX if (checkout / "agentmux" / room).is_dir()}
    named = contracts(checkout)["the screen talks only to the mux"]["forbidden_modules"]
    return there - {name.removeprefix("agentmux.") for name in named}


def test_every_contract_has_a_violation(root: Path) -> None:
    assert contracts(root).keys() == VIOLATIONS.keys()


def test_every_room_behind_the_mux_is_named(root: Path, planted: Path) -> None:
    assert within_reach(root) == set()
    (planted / "agentmux/mcp").mkdir(exist_ok=True)
    (planted / "agentmux/git").rename(planted / "agentmux/gone")
    assert within_reach(planted) == {"mcp"}


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_breaks_its_contract(contract: str, planted: Path) -> None:
    name, line = VIOLATIONS[contract]
    with (planted / "agentmux" / name).open("a") as file:
        file.write(f"\n{line}\n")

    assert contract in broken_contracts(planted)


def test_an_undeclared_room_breaks_the_house(planted: Path) -> None:
    (planted / "agentmux/attic").mkdir()
    (planted / "agentmux/attic/__init__.py").write_text('"""A room nobody named."""\n')

    assert "The house has one direction" in broken_contracts(planted)
