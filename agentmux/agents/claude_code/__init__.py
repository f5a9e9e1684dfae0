"""Claude Code: its session id is ours to choose, its renderer is pinned to the one that scrolls.

The permission mode is left alone: the person's settings and arguments decide it, and a mode
given here would silently outrank them. So is the status line: one of ours would replace theirs,
and theirs cannot be called without reading their settings. Tried on version 2.1.330.
"""

import glob
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from agentmux.agents.claude_code.hooks import parse_hook
from agentmux.agents.claude_code.injection import SETTINGS_FILE, environment, settings
from agentmux.agents.claude_code.registry import parse_registry
from agentmux.agents.claude_code.screens import parse_screen
from agentmux.agents.claude_code.status_line import parse_status_line
from agentmux.agents.claude_code.telemetry import parse_telemetry
from agentmux.agents.claude_code.terminal import parse_program_status, parse_title
from agentmux.agents.claude_code.transcript import parse_transcript
from agentmux.core import facts
from agentmux.core.agent import (
    Feed,
    Launch,
    LaunchSpec,
    Noted,
    PromptWay,
    Setup,
    find_version,
    home_path,
    names_option,
    prompt_argument,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source

NAME = "claude"
TITLE = "Claude Code"
PROGRAMS: tuple[str, ...] = ("claude",)
LEVEL = 3
INSTALL = "npm install -g @anthropic-ai/claude-code"
CHOOSES_ID = True
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = Dialect("digit", "❯")
RANKS = facts.RANKS

SIGN_IN = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
)
"""With each of these alone `claude auth status` says that it is signed in."""

_CHOOSE_SESSION = ("--session-id", "--resume", "-r", "--continue", "-c", "--from-pr")

version_argv = version_flag
parse_version = find_version

_PARSERS: Mapping[Source, Callable[[Mapping[str, Any], datetime], list[AnyFact]]] = {
    Source.OSC7501: parse_program_status,
    Source.REGISTRY: parse_registry,
    Source.HOOK: parse_hook,
    Source.TRANSCRIPT: parse_transcript,
    Source.OTLP: parse_telemetry,
    Source.STATUSLINE: parse_status_line,
    Source.TITLE: parse_title,
    Source.SCREEN: parse_screen,
}


def launch(spec: LaunchSpec) -> Launch:
    """A first start with the id given, unless the person's own arguments pick a conversation."""
    if spec.session_id is None or names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    return _start(spec, ("--session-id", spec.session_id), spec.session_id)


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id, from any folder; without one the folder's latest, or Claude's own list."""
    if names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    if spec.session_id is not None:
        return _start(spec, ("--resume", spec.session_id), spec.session_id)
    return _start(spec, ("--continue",) if spec.own_folder else ("--resume",), None)


def fork(spec: LaunchSpec) -> Launch | None:
    """Branch off `source_id`, which may have been held in another worktree."""
    if spec.source_id is None:
        return None
    chosen = ("--session-id", spec.session_id) if spec.session_id else ()
    return _start(spec, ("--resume", spec.source_id, "--fork-session", *chosen), spec.session_id)


def conversation(spec: LaunchSpec) -> str | None:
    """The transcript, which Claude begins at the first prompt."""
    config = _config(spec.env)
    if not config or not spec.session_id:
        return None
    return f"{config}/projects/*/{glob.escape(spec.session_id)}.jsonl"


def feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """The file of its live sessions, the transcript, and those of its subagents."""
    config = _config(spec.env)
    if not config:
        return ()
    projects = f"{config}/projects/*/{{id}}"
    return (
        Feed(Source.REGISTRY, "file", f"{config}/sessions/{{pid}}.json"),
        Feed(Source.TRANSCRIPT, "tail", f"{projects}.jsonl"),
        Feed(Source.TRANSCRIPT, "tail", f"{projects}/subagents/*.jsonl"),
    )


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """The facts in one record of `source`."""
    parser = _PARSERS.get(source)
    return parser(record, at) if parser else []


def _config(env: Mapping[str, str]) -> str | None:
    """Where Claude keeps its things, as the beginning of a glob; None: unknown."""
    if env.get("CLAUDE_CONFIG_DIR") or "HOME" in env:
        return glob.escape(home_path(env, "CLAUDE_CONFIG_DIR", ".claude"))
    return None


def setup(env: Mapping[str, str]) -> Setup | None:
    """A key, a token or another provider; macOS keeps the sign-in in its keychain."""
    config = home_path(env, "CLAUDE_CONFIG_DIR", ".claude")
    notes = f"{env.get('CLAUDE_CONFIG_DIR') or env.get('HOME', '')}/.claude.json"
    return Setup("claude auth login", SIGN_IN, (f"{config}/.credentials.json",), notes)


def parse_notes(text: str, repo: str | None) -> Noted:
    """Trust given to the main checkout holds in its worktrees too."""
    notes = _object(text)
    pending = [] if notes.get("hasCompletedOnboarding") is True else ["the first set-up"]
    project = _entry(_entry(notes, "projects"), repo or "")
    if repo is not None and project.get("hasTrustDialogAccepted") is not True:
        pending.append(f"trust in {repo}")
    return Noted("oauthAccount" in notes, tuple(pending))


def _object(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _entry(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _start(spec: LaunchSpec, choice: tuple[str, ...], session_id: str | None) -> Launch:
    argv = [*(spec.command or PROGRAMS[:1]), *choice]
    files = {}
    # A second --settings replaces the first, so one of the person's own leaves no room for ours.
    if spec.folder and not names_option(spec.args, "--settings"):
        argv += ["--settings", str(PurePath(spec.folder, SETTINGS_FILE))]
        files[SETTINGS_FILE] = json.dumps(settings(spec.hook)) + "\n"
    argv += [*spec.args, *_prompt(spec)]
    return Launch(tuple(argv), environment(spec.otlp, spec.env), files, session_id)


def _prompt(spec: LaunchSpec) -> tuple[str, ...]:
    """The task after `--`; a single word gets a space, or `update` would run that subcommand."""
    prompt = prompt_argument(spec)
    if prompt is None:
        return ()
    return ("--", f"{prompt} " if len(prompt.split()) == 1 else prompt)
