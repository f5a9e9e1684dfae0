"""Claude Code: its session id is ours to choose, its renderer is pinned to the one that scrolls.

The permission mode is left alone: the person's settings and arguments decide it, and a mode
given here would silently outrank them. Everything below was tried on version 2.1.330.
"""

import glob
import json
from collections.abc import Mapping
from pathlib import PurePath

from agentmux.core import facts
from agentmux.core.agent import (
    Launch,
    LaunchSpec,
    Noted,
    PromptWay,
    Setup,
    find_version,
    has_no_feeds,
    home_path,
    names_option,
    parse_reports,
    prompt_argument,
    version_flag,
)

NAME = "claude"
TITLE = "Claude Code"
PROGRAMS: tuple[str, ...] = ("claude",)
LEVEL = 0
INSTALL = "npm install -g @anthropic-ai/claude-code"
CHOOSES_ID = True
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
RANKS = facts.RANKS

SETTINGS_FILE = "claude-settings.json"
SETTINGS = {"tui": "default"}
"""`fullscreen` is the other value: alternate screen, so nothing of it reaches the scrollback."""

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
feeds = has_no_feeds
parse = parse_reports


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
    config = spec.env.get("CLAUDE_CONFIG_DIR")
    if not config and "HOME" in spec.env:
        config = f"{spec.env['HOME']}/.claude"
    if not config or not spec.session_id:
        return None
    return f"{glob.escape(config)}/projects/*/{glob.escape(spec.session_id)}.jsonl"


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
        files[SETTINGS_FILE] = json.dumps(SETTINGS) + "\n"
    argv += [*spec.args, *_prompt(spec)]
    return Launch(tuple(argv), files=files, session_id=session_id)


def _prompt(spec: LaunchSpec) -> tuple[str, ...]:
    """The task after `--`; a single word gets a space, or `update` would run that subcommand."""
    prompt = prompt_argument(spec)
    if prompt is None:
        return ()
    return ("--", f"{prompt} " if len(prompt.split()) == 1 else prompt)
