"""Standard streams that are closed, full, or read by nobody any more."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cockpit import ROOT, Cockpit, Said

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Cockpit:
    return Cockpit(private_home)


def run_in_shell(cockpit: Cockpit, line: str) -> Said:
    """A line of sh in which `agentmux` is the program."""
    program = f"{shlex.quote(sys.executable)} -P -m agentmux"
    done = subprocess.run(
        ["sh", "-c", line.replace("agentmux", program, 1)],
        cwd=cockpit.repo,
        env={**cockpit.environment(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_closed_standard_input_is_no_terminal(cockpit: Cockpit) -> None:
    said = run_in_shell(cockpit, "agentmux <&-")
    assert said.code == 2
    assert said.err.startswith("agentmux: The screen needs a terminal.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_finds_no_room_is_told(cockpit: Cockpit) -> None:
    for verb in ("ls --json", "keys", "config show"):
        said = run_in_shell(cockpit, f"agentmux {verb} >/dev/full")
        assert said.code == 1, said
        assert said.err.startswith("agentmux: Standard output cannot be written: No space left")
        assert len(said.err.splitlines()) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_talk_that_cannot_be_written_changes_no_exit_code(cockpit: Cockpit) -> None:
    assert run_in_shell(cockpit, "agentmux stop nobody 2>/dev/full") == Said(4, "", "")
    assert run_in_shell(cockpit, "agentmux stop nobody 2>&-") == Said(4, "", "")


def test_a_reader_that_went_away_ends_it_quietly(cockpit: Cockpit) -> None:
    line = "{ agentmux keys; echo $? >code; } | true"
    assert run_in_shell(cockpit, line).err == ""
    assert (cockpit.repo / "code").read_text() in ("0\n", "1\n")
