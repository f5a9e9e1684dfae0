"""What outlived its shim is ended; what only has its number by now is not."""

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentmux.core.session import Session
from agentmux.mux.orphans import end_group

Start = Callable[[dict[str, str]], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process that ignores the hang-up, in a group of its own, with these variables."""
    started: list[subprocess.Popen[bytes]] = []

    def run(variables: dict[str, str]) -> subprocess.Popen[bytes]:
        argv = ["sh", "-c", "trap '' HUP; echo up; read never"]
        env = {**os.environ, **variables}
        pipe = subprocess.PIPE
        child = subprocess.Popen(argv, env=env, stdin=pipe, stdout=pipe, start_new_session=True)
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        started.append(child)
        return child

    yield run
    for child in started:
        child.kill()
        child.communicate()


def ended(pgid: int, worktree: Path) -> Session:
    return Session(
        id="s1",
        name="a",
        agent="command",
        created=datetime.now(UTC),
        repo=str(worktree),
        worktree=str(worktree),
        pgid=pgid,
    )


def test_what_outlived_its_shim_is_ended(start: Start, tmp_path: Path) -> None:
    child = start({"AGENTMUX_SESSION": "s1", "AGENTMUX_WORKTREE": str(tmp_path)})
    end_group(ended(child.pid, tmp_path))
    assert child.wait(10) == -9


def test_who_has_the_number_by_now_is_left_alone(start: Start, tmp_path: Path) -> None:
    strangers = [start({}), start({"AGENTMUX_SESSION": "s1", "AGENTMUX_WORKTREE": "/other"})]
    for stranger in strangers:
        end_group(ended(stranger.pid, tmp_path))
        stranger.communicate(b"\n", timeout=10)
    assert [stranger.returncode for stranger in strangers] == [0, 0]
