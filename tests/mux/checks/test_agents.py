"""Agents that are missing, signed in or not, and those that would begin with a dialog."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agentmux.agents import AGENTS
from agentmux.config import Config, Profile
from agentmux.git.repo import Repo
from agentmux.mux.checks import Subject
from agentmux.mux.checks.agents import check_agents
from tests.mux.checks.conftest import Look, subject
from tests.mux.checks.test_programs import fake_program
from tests.support.repo import write

Install = Callable[[str], Path]


@pytest.fixture
def install(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a program on a PATH that has no agents of this machine, nor their keys."""
    for agent in AGENTS.values():
        setup = agent.setup(os.environ)
        for name in setup.variables if setup else ():
            monkeypatch.delenv(name, raising=False)
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(private_home))
    monkeypatch.setenv("PATH", f"{private_home / 'bin'}:/usr/bin:/bin")

    def install(name: str) -> Path:
        fake_program(private_home / "bin", name, f"{name} 2.1.9")
        return private_home / "bin" / name

    return install


def test_a_missing_agent_is_no_fault(look: Look, install: Install) -> None:
    found = look("agent")
    assert {check.level for check in found.values()} == {"ok"}
    assert found["agent.codex"].fix == AGENTS["codex"].INSTALL
    assert "agent.codex.sign_in" not in found


def test_an_agent_is_named_with_its_version_and_place(look: Look, install: Install) -> None:
    path = install("claude")
    assert look("agent")["agent.claude"].message == f"Claude Code 2.1.9 at {path}."


SIGNED_IN = {
    "claude": ".claude/.credentials.json",
    "codex": ".codex/auth.json",
    "gemini": ".gemini/oauth_creds.json",
    "opencode": ".local/share/opencode/auth.json",
    "qwen": ".qwen/oauth_creds.json",
    "kimi": ".kimi-code/credentials/kimi-code.json",
    "vibe": ".vibe/.env",
    "aider": ".aider.conf.yml",
}


def test_every_agent_with_a_file_for_its_sign_in_is_tried_below() -> None:
    setups = {name: agent.setup({}) for name, agent in AGENTS.items()}
    assert SIGNED_IN.keys() == {name for name, setup in setups.items() if setup and setup.files}


@pytest.mark.parametrize(("name", "file"), SIGNED_IN.items())
def test_the_agents_own_file_is_a_sign_in(
    name: str, file: str, look: Look, install: Install, private_home: Path
) -> None:
    install(name)
    found = look("agent")[f"agent.{name}.sign_in"]
    setup = AGENTS[name].setup(os.environ)
    assert setup is not None
    assert (found.level, found.fix) == ("warn", setup.sign_in)
    assert file in found.message

    write(private_home / file, "").chmod(0)  # never opened

    found = look("agent")[f"agent.{name}.sign_in"]
    assert (found.level, found.fix) == ("ok", None)


def test_a_key_in_the_environment_is_a_sign_in_and_never_shown(
    look: Look, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("claude")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-made-up")
    found = look("agent")["agent.claude.sign_in"]
    assert (found.level, "ANTHROPIC_API_KEY" in found.message) == ("ok", True)
    assert "sk-made-up" not in str(look("agent"))


def test_a_key_in_a_profile_counts_for_its_agent_only(repo: Repo, install: Install) -> None:
    install("gemini")
    profiles = {"a": Profile(agent="claude", env={"GEMINI_API_KEY": "x"})}
    asked = replace(subject(repo), config=Config(profiles=profiles))
    assert sign_in(asked, "gemini") == "warn"
    profiles = {"a": Profile(agent="gemini", env={"GEMINI_API_KEY": "x"})}
    assert sign_in(replace(asked, config=Config(profiles=profiles)), "gemini") == "ok"


def sign_in(asked: Subject, name: str) -> str:
    found = {check.id: check for check in check_agents(asked)}
    return found[f"agent.{name}.sign_in"].level


def test_a_dialog_of_claude_is_told_with_the_command_that_answers_it(
    look: Look, install: Install, private_home: Path, repo: Repo
) -> None:
    path = install("claude")
    found = look("agent")["agent.claude.first_run"]
    assert (found.level, found.fix) == ("warn", f"cd {repo.root} && {path}")
    assert f"the first set-up and trust in {repo.root}" in found.message

    trusted = {str(repo.root): {"hasTrustDialogAccepted": True}}
    notes = {"hasCompletedOnboarding": True, "projects": trusted, "oauthAccount": {}}
    write(private_home / ".claude.json", json.dumps(notes))

    seen = look("agent")
    assert "agent.claude.first_run" not in seen
    assert seen["agent.claude.sign_in"].level == "ok"


def test_notes_that_cannot_be_read_say_nothing(
    look: Look, install: Install, private_home: Path
) -> None:
    install("claude")
    write(private_home / ".claude.json", "{\xff[")
    assert look("agent")["agent.claude.first_run"].level == "warn"
    (private_home / ".claude.json").unlink()
    os.mkfifo(private_home / ".claude.json")  # never waited for
    assert look("agent")["agent.claude.first_run"].level == "warn"
