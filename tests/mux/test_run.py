"""Hooks: what went wrong is told in one line, however much they print, and without secrets."""

import os
from pathlib import Path

from agentmux.core.secrets import BLOT
from agentmux.mux.run import run_hook


def test_nothing_is_said_of_commands_that_succeed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert run_hook(["echo one", "echo two"], str(tmp_path), os.environ, log, 5) is None
    assert log.read_text() == "$ echo one\none\n$ echo two\ntwo\n"


def test_the_first_failure_ends_it_and_is_told_with_its_last_words(tmp_path: Path) -> None:
    commands = ["echo no network; exit 3", "touch never"]
    said = run_hook(commands, str(tmp_path), os.environ, tmp_path / "log", 5)
    assert said == "echo no network; exit 3: exit code 3 (no network)"
    assert not (tmp_path / "never").exists()


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    """A terabyte that is there from earlier starts does not come into memory."""
    log = tmp_path / "log"
    log.write_bytes(b"old\n")
    os.truncate(log, 1 << 40)
    said = run_hook(["echo short; exit 1"], str(tmp_path), os.environ, log, 5)
    assert said == "echo short; exit 1: exit code 1 (short)"


def test_a_hook_that_does_not_end_is_ended(tmp_path: Path) -> None:
    said = run_hook(["sleep 600"], str(tmp_path), os.environ, tmp_path / "log", 0.1)
    assert said == "sleep 600: no end after 0 s"


def test_what_it_says_is_told_without_its_secrets(tmp_path: Path) -> None:
    env = {**os.environ, "REGISTRY_PASSWORD": "correct horse"}
    said = run_hook(
        ["echo refused: $REGISTRY_PASSWORD; exit 1"], str(tmp_path), env, tmp_path / "log", 5
    )
    assert said is not None and said.endswith(f"(refused: {BLOT})")
