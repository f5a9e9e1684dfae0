"""Programs that are there, old, or missing."""

import os
import sys
from pathlib import Path

import pytest

from agentmux.mux.checks.programs import TESTED_TMUX, judge_git, judge_tmux
from agentmux.tmux.run import Version
from tests.mux.checks.conftest import Look
from tests.support.repo import write


def fake_program(folder: Path, name: str, said: str) -> None:
    write(folder / name, f"#!/bin/sh\necho '{said}'\n").chmod(0o755)


def test_python_is_named_with_its_place(look: Look) -> None:
    assert sys.executable in look("python")["python"].message


@pytest.mark.parametrize("said", ["tmux 3.1c", "tmux 2.9a", "some other program"])
def test_a_tmux_that_will_not_do(
    said: str, look: Look, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agentmux.errors import MissingTool

    fake_program(private_home / "bin", "tmux", said)
    monkeypatch.setenv("PATH", f"{private_home / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(MissingTool, match="tmux"):
        look("tmux")


def test_only_versions_the_tests_ran_are_claimed() -> None:
    assert "the tests run with it" in judge_tmux(tmux("3.3a", (3, 3, "a"))).message
    newer = judge_tmux(tmux("3.5a", (3, 5, "a")))
    assert newer.level == "ok"
    assert f"not tried by the tests, which run with {TESTED_TMUX[0]}" in newer.message


def test_what_an_older_tmux_lacks_is_named() -> None:
    assert "theme (3.6)" in judge_tmux(tmux("3.5a", (3, 5, "a"))).message
    assert "extended keys" not in judge_tmux(tmux("3.5a", (3, 5, "a"))).message
    assert "lacks" not in judge_tmux(tmux("master", (99, 0, ""))).message


def tmux(text: str, number: tuple[int, int, str]) -> Version:
    return Version("/usr/bin/tmux", text, number)


def test_a_git_that_works_but_could_be_better(look: Look) -> None:
    assert look("git")["git"].level in ("ok", "warn")
    assert judge_git((2, 37, 4)).level == "warn"
    assert judge_git((2, 38)).level == "ok"


def test_an_upgrade_is_one_command_of_the_package_manager_here(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_program(private_home / "bin", "dnf", "")
    monkeypatch.setenv("PATH", str(private_home / "bin"))
    assert judge_git((2, 32)).fix == "sudo dnf upgrade git"
    monkeypatch.setenv("PATH", str(private_home))
    assert judge_git((2, 32)).fix == "Install a newer git."
