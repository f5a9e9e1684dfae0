"""A full disk: nothing new is started, in a sentence; what runs goes on and nothing is lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cockpit import ROOT

pytestmark = pytest.mark.story

MOUNTS = ["unshare", "--map-root-user", "--mount"]
SCRIPT = 'mount -t tmpfs -o size=12m none "$1" && exec "$0" -m tests.stories.full_disk'


@pytest.fixture
def told(private_home: Path) -> dict[str, Any]:
    if not shutil.which("unshare") or subprocess.run([*MOUNTS, "true"], check=False).returncode:
        pytest.skip("a small file system of one's own needs user namespaces")
    done = subprocess.run(
        [*MOUNTS, "sh", "-c", SCRIPT, sys.executable, str(private_home)],
        cwd=ROOT,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_disk_that_fills_up_and_gets_room_again(told: dict[str, Any]) -> None:
    for verb in ("new", "resume"):
        said = told[verb]
        assert said["code"] == 1, said
        assert said["err"].startswith("agentmux: ") and "Free some space" in said["err"]
        assert said["err"].count("\n") == 2

    assert told["spent"]["code"] == 1
    assert told["spent"]["err"].startswith("agentmux: The disk is full: nothing new is started")
    assert (told["rename"]["code"], told["stop"]["code"]) == (0, 0)

    assert told["ls"]["code"] == 0
    shown = {row["id"]: row for row in json.loads(told["ls"]["out"])["sessions"]}
    assert shown["s1"]["pid"] == told["pid"]
    assert told["doctor"]["code"] in (0, 3)
    disk = [c for c in json.loads(told["doctor"]["out"])["checks"] if c["id"] == "disk"]
    assert disk[0]["level"] == "warn"

    assert told["again"]["code"] == 0, told["again"]
    assert told["rows"]["s1"]["exit_signal"] is not None
    assert told["rows"]["s2"]["exit_code"] == 3
    assert told["worktrees"] == sorted(
        Path(row["worktree"]).name for row in told["rows"].values() if not row["removed"]
    )
    assert "Traceback" not in told["log"]
