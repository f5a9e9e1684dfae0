"""Agents by their rows: missing ones are refused, tasks reach those that take none by argument."""

import pytest

from tests.support.cockpit import Cockpit
from tests.support.repo import write

pytestmark = pytest.mark.story

AIDER = """#!/bin/sh
[ "$1" = --version ] && echo "aider 0.86.2" && exit
printf 'Add .aider* to .gitignore? (Y)es/(N)o [Yes]: '
read answer
printf '> '
read task
echo "task was: $task ($answer)"
exec sleep 600
"""


@pytest.fixture
def path_of_its_own(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> Cockpit:
    monkeypatch.setenv("PATH", f"{cockpit.home / 'bin'}:/usr/bin:/bin")
    return cockpit


def test_an_agent_that_is_not_installed_is_refused_with_its_install(
    path_of_its_own: Cockpit,
) -> None:
    said = path_of_its_own.run("new", "--agent", "gemini", "look around")
    assert said.code == 3
    assert "Gemini CLI is not installed" in said.err
    assert "npm install" in said.err
    assert path_of_its_own.ls("--all") == {}


def test_a_task_is_typed_at_each_start_once_the_composer_shows(path_of_its_own: Cockpit) -> None:
    cockpit = path_of_its_own
    write(cockpit.home / "bin/aider", AIDER).chmod(0o755)
    cockpit.do("new", "--agent", "aider", "fix the tests")
    cockpit.await_screen("1", "(Y)es/(N)o")
    cockpit.do("send", "1", "--keys", "6e 0d")
    cockpit.await_screen("1", "task was: fix the tests (n)")

    cockpit.do("restart", "1")
    cockpit.await_screen("1", "(Y)es/(N)o")
    cockpit.do("send", "1", "--keys", "79 0d")
    cockpit.await_screen("1", "task was: fix the tests (y)")


def test_an_agent_is_told_where_it_is_and_which_cockpit_it_belongs_to(
    cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PWD", "/elsewhere")
    row = cockpit.do("new", "--json", "--", "env").json["session"]
    cockpit.await_screen("1", "AGENTMUX_WORKTREE=")
    told = cockpit.screen("1").splitlines()
    assert f"PWD={row['worktree']}" in told
    assert f"AGENTMUX_HOME={cockpit.places.state.parent}" in told


def test_an_unknown_agent_names_the_known_ones(cockpit: Cockpit) -> None:
    said = cockpit.run("new", "--agent", "cloude", "x")
    assert said.code == 2
    assert "claude" in said.err
