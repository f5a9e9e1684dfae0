"""`agentmux ls` starts light: what it may import, and how long it may take."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from agentmux.ledger.store import Ledger
from agentmux.paths import places
from tests.support.events import in_state, launch, opened

HEAVY = {
    "asyncio",
    "click",
    "genai_prices",
    "git",
    "h11",
    "libtmux",
    "psutil",
    "rich",
    "textual",
    "watchfiles",
}
BUDGET = 8.0
"""How many times a bare Python `agentmux ls` may take."""


def heavy_imports(checkout: Path, *program: str) -> set[str]:
    """Which heavy packages Python loads to run `program` in `checkout`."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", *program],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "agentmux" in loaded
    return loaded & HEAVY


def seconds(*program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *program], capture_output=True, check=True)
    return time.perf_counter() - began


def times_bare_python(*program: str, rounds: int = 9) -> float:
    """How many times as long as a bare Python `program` takes: best of `rounds`, in turns."""
    pairs = [(seconds("-I", "-c", "pass"), seconds("-I", *program)) for _ in range(rounds)]
    return min(took for _, took in pairs) / min(bare for bare, _ in pairs)


def test_importing_the_command_line_is_light(root: Path) -> None:
    assert heavy_imports(root, "-c", "import agentmux.cli") == set()


def test_ls_is_light(root: Path) -> None:
    assert heavy_imports(root, "-m", "agentmux", "ls") == set()


@pytest.mark.parametrize("package", sorted(HEAVY))
def test_a_planted_import_is_seen(package: str, planted: Path) -> None:
    with (planted / "agentmux/cli/__init__.py").open("a") as file:
        file.write(f"\nimport {package}\n")

    assert package in heavy_imports(planted, "-c", "import agentmux.cli")


@pytest.fixture
def nine_sessions() -> None:
    """A ledger with nine sessions that have run for a while."""
    where = places()
    where.make()
    with Ledger.open(where.ledger) as ledger:
        for n in range(1, 10):
            states = [in_state(f"s{n}", to) for to in ("running", "quiet") * 10]
            ledger.append(opened(f"s{n}", slot=n), launch(f"s{n}", 1, slot=n), *states)


@pytest.mark.usefixtures("nine_sessions")
def test_ls_answers_within_its_budget() -> None:
    tries = (times_bare_python("-m", "agentmux", "ls") for _ in range(4))
    assert any(times < BUDGET for times in tries)


def test_a_slow_program_breaks_the_budget() -> None:
    assert times_bare_python("-c", "import textual.app", rounds=3) > BUDGET
