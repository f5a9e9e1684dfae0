"""A test run that leaves a program behind is red, and the program is ended."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import has_ended

LEAK = """
import subprocess

def test_leak():
    child = subprocess.Popen(["sleep", "987654"], start_new_session=True)
    print("child", child.pid)
"""


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "workers"])
def test_a_planted_leftover_is_seen(workers: list[str], root: Path, tmp_path: Path) -> None:
    shutil.copy(root / "tests/conftest.py", tmp_path)
    (tmp_path / "test_leak.py").write_text(LEAK)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = tmux\n")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-rP", *workers],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "sleep 987654" in ran.stdout
    assert "1 passed, 1 error" in ran.stdout.splitlines()[-1]
    pid = int(ran.stdout.partition("child ")[2].split()[0])
    assert has_ended(pid)


def test_a_test_cannot_reach_the_network() -> None:
    with pytest.raises(RuntimeError, match="tests have no network"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
