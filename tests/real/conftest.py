"""Real agents against a made-up model: only by `./run test real`.

The agents are installed first, then the run is cut off from the network, then everything else
starts. Homes stand in the cache, not in the system's temporary folder, where Codex refuses to set
up its sandbox.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.clients import Client, prepare_claude, prepare_codex
from tests.real.fake_llm_api.server import FakeApi
from tests.real.install import PINNED, CannotInstall, cache_folder, install
from tests.real.isolation import enter_loopback_only

PROGRAMS = pytest.StashKey[dict[str, Path]]()
CACHE = pytest.StashKey[Path]()
ISOLATED = pytest.StashKey[bool]()
TIMEOUT_S = 180


def pytest_configure(config: pytest.Config) -> None:
    """Install, then close the door; workers are started inside."""
    cache = config.stash[CACHE] = cache_folder()
    try:
        config.stash[PROGRAMS] = {name: install(row, cache) for name, row in PINNED.items()}
    except CannotInstall as error:
        raise pytest.UsageError(str(error)) from error
    is_worker = hasattr(config, "workerinput")
    config.stash[ISOLATED] = (
        os.environ.get("AGENTMUX_TESTS_ISOLATED") == "1" if is_worker else enter_loopback_only()
    )
    os.environ["AGENTMUX_TESTS_ISOLATED"] = str(int(config.stash[ISOLATED]))


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Which agents, and how far they can reach."""
    versions = ", ".join(f"{row.name} {row.version}" for row in PINNED.values())
    reach = "loopback only" if config.stash[ISOLATED] else "NOT CUT OFF, proxies closed"
    return [f"real agents: {versions}", f"network: {reach}"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each of these is `real`, and may take some minutes."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.real)
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A stand-in for the model's API on a loopback port of its own."""
    with FakeApi() as server:
        yield server


@pytest.fixture
def home(pytestconfig: pytest.Config) -> Iterator[Path]:
    """A person's home that no agent has seen; gone afterwards."""
    runs = pytestconfig.stash[CACHE] / "homes"
    runs.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=runs))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def repo(home: Path) -> Path:
    """A repository with one commit that holds `notes.txt`."""
    repo = home / "repo"
    repo.mkdir()
    (repo / "notes.txt").write_text("one\ntwo\nthree\n")
    for args in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "Begin")):
        subprocess.run(["git", "-C", str(repo), *args], check=True)
    return repo


@pytest.fixture
def prepare(
    pytestconfig: pytest.Config, home: Path, repo: Path, api: FakeApi
) -> Callable[[str], Client]:
    """Make the home ready for one agent, by its row in `AGENTS`."""
    makers = {"claude": prepare_claude, "codex": prepare_codex}

    def make(name: str) -> Client:
        program = pytestconfig.stash[PROGRAMS][name]
        return makers[name](program, home, repo, api.url, pytestconfig.stash[ISOLATED])

    return make
