"""A home that an agent has never seen, prepared so that it starts without a question.

Onboarding, trust and keys are what a person would have answered long ago. They are made up, and
they stand in the test's own home; agentmux itself writes nothing of the kind.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.real.isolation import PROXIES


@dataclass(frozen=True)
class Client:
    """One real agent, ready to be run."""

    name: str
    """Its row in `AGENTS`."""
    program: Path
    env: dict[str, str]
    """The person's whole environment; the program stands first on its PATH."""
    args: tuple[str, ...]
    """What the person has in their profile."""
    ready: str
    """A pattern on the screen once the composer takes keys."""
    asks: str
    """A pattern on the screen while it asks for permission."""
    key: str
    """What its requests carry, to tell its turns from another's."""


def prepare_claude(program: Path, home: Path, repo: Path, url: str, isolated: bool) -> Client:
    """Claude Code with an approved API key; `repo` (main root) is trusted with its worktrees."""
    secret = "sk-ant-api03-made-up-abcdefghijklmnopqrstuvwxyz"
    state = {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "numStartups": 5,
        "customApiKeyResponses": {"approved": [secret[-20:]], "rejected": []},
        "projects": {str(repo): {"hasTrustDialogAccepted": True}},
    }
    (home / ".claude.json").write_text(json.dumps(state))
    env = {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": secret,
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }
    return Client(
        name="claude",
        program=program,
        env=_person(home, program, isolated) | env,
        args=("--permission-mode", "manual"),
        ready="manual mode on",
        asks=r"Do you want to (proceed|create|make this edit)",
        key=secret,
    )


def prepare_codex(program: Path, home: Path, repo: Path, url: str, isolated: bool) -> Client:
    """Codex with a provider of its own; `repo` (main root) is trusted with its worktrees."""
    (home / ".codex").mkdir(exist_ok=True)
    (home / ".codex/config.toml").write_text(
        f"""model = "gpt-6-sol"
model_provider = "fake"
check_for_update_on_startup = false
[analytics]
enabled = false
[feedback]
enabled = false
[model_providers.fake]
name = "fake"
base_url = "{url}/v1"
env_key = "FAKE_KEY"
wire_api = "responses"
[projects.{json.dumps(str(repo))}]
trust_level = "trusted"
"""
    )
    return Client(
        name="codex",
        program=program,
        env=_person(home, program, isolated) | {"FAKE_KEY": "sk-made-up-codex"},
        args=(),
        ready="Ask Codex",
        asks="Would you like to",
        key="sk-made-up-codex",
    )


def _person(home: Path, program: Path, isolated: bool) -> dict[str, str]:
    """What any shell of theirs has; the program is a link, as an installer would make it."""
    folder = home / ".local/bin"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / program.name
    if not link.exists():
        link.symlink_to(program)
    env = {
        "HOME": str(home),
        "PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin",
        "SHELL": "/bin/sh",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "DO_NOT_TRACK": "1",
    }
    return env if isolated else env | PROXIES
