"""What every test gets: a private home on a short path, no network, and a check for leftovers.

Nothing a test starts may outlive the run. The run's id stands in the environment and in the path
of every home; whatever still carries it at the end, in environment or command line, is ended and
counts as an error.
"""

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, settings

RUN_ID = "AGENTMUX_TEST_RUN"
GRACE_S = 3.0
"""How long a process may take to end after the last test."""

# The same examples every time: a red run is red for everybody, and green stays green.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Name the run, and refuse to begin where half of the tests could not run."""
    if not hasattr(config, "workerinput"):
        os.environ[RUN_ID] = uuid.uuid4().hex[:8]
    for tool in ("tmux", "git"):
        if shutil.which(tool) is None:
            raise pytest.UsageError(f"{tool} is needed by the tests and is not installed.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start real programs may take a minute."""
    for item in items:
        slow = item.get_closest_marker("tmux") or item.get_closest_marker("story")
        if slow and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(60))


def pytest_sessionstart() -> None:
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(address := args[1], tuple):
        host = str(address[0])
        if not host.startswith("127.") and host not in ("::1", "localhost"):
            raise RuntimeError(f"A test wants to reach {host}: tests have no network.")


@pytest.fixture(autouse=True)
def private_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own, also its AGENTMUX_HOME and current directory.

    Its path is short, unlike `tmp_path`: the tmux socket below it must fit into 100 bytes.
    """
    short = "/tmp" if Path("/tmp").is_dir() else None
    home = Path(tempfile.mkdtemp(prefix=f"am-{os.environ[RUN_ID]}-", dir=short)).resolve()
    for name in [n for n in os.environ if _is_personal(n)]:
        monkeypatch.delenv(name)
    for name, value in _environment(home).items():
        monkeypatch.setenv(name, value)
    (home / "gitconfig").write_text("[init]\n\tdefaultBranch = main\n")
    monkeypatch.chdir(home)
    yield home
    shutil.rmtree(home, ignore_errors=True)


def _is_personal(name: str) -> bool:
    """Whether a variable would let this machine's or person's set-up into a test."""
    prefixes = ("XDG_", "TMUX", "GIT_", "LC_", "AGENTMUX_", "CLAUDE", "CODEX_")
    names = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "EDITOR", "VISUAL", "PAGER", "ENV"}
    return name != RUN_ID and (name.startswith(prefixes) or name in names)


def _environment(home: Path) -> dict[str, str]:
    utf8 = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return {
        "HOME": str(home),
        "AGENTMUX_HOME": str(home / "agentmux"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.invalid",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.invalid",
        "LANG": utf8,
        "LC_ALL": utf8,
        "SHELL": "/bin/sh",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End what the tests left running, and say so as an error of the run."""
    if hasattr(session.config, "workerinput"):
        return
    left = _end_leftovers()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not left or reporter is None:
        return
    report = pytest.TestReport(
        nodeid="tests/conftest.py",
        location=("tests/conftest.py", 0, "nothing is left running"),
        keywords={},
        outcome="failed",
        longrepr="The tests left running:\n" + "\n".join(left),
        when="teardown",
    )
    reporter.stats.setdefault("error", []).append(report)
    session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _end_leftovers() -> list[str]:
    """Command lines of the processes of this run that would not end by themselves."""
    _, alive = psutil.wait_procs(list(_processes_of_this_run()), timeout=GRACE_S)
    lines = []
    for process in alive:
        try:
            lines.append(f"  {process.pid} {' '.join(process.cmdline())[:200]}")
            process.kill()
        except psutil.NoSuchProcess:
            continue
    return lines


def _processes_of_this_run() -> Iterator[psutil.Process]:
    """Every process that carries this run's id, but for pytest itself."""
    for process in psutil.process_iter():
        try:
            words = [*process.environ().values(), *process.cmdline()]
        except psutil.Error:
            continue
        ours = any(os.environ[RUN_ID] in word for word in words)
        if ours and process.pid != os.getpid():
            yield process
