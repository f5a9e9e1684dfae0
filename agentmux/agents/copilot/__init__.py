"""GitHub Copilot CLI: its session id is ours to choose, and it keeps a record made to be read.

The same option starts a conversation under an id and continues it. Hooks can only be set up in
the person's own folder or the repository, so none are used. Tried on version 1.0.102.
"""

import glob
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.agents.copilot.events import parse_event
from agentmux.agents.copilot.terminal import parse_screen, parse_title
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
    never_forks,
    parse_reports,
    prompt_argument,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source
from agentmux.core.reading import items_at, value_at

NAME = "copilot"
TITLE = "GitHub Copilot CLI"
PROGRAMS: tuple[str, ...] = ("copilot",)
LEVEL = 3
INSTALL = "npm install -g @github/copilot"
CHOOSES_ID = True
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = Dialect("arrows", "❯")
RANKS = facts.RANKS

SIGN_IN = (
    "COPILOT_GITHUB_TOKEN",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "COPILOT_PROVIDER_BASE_URL",
)
"""Tokens in its own order, and a provider of the person's own, which needs no account."""
_CHOOSE_SESSION = ("--session-id", "--resume", "-r", "--continue", "--connect")

_COMMENT = re.compile(r"(?m)^\s*//.*$")

version_argv = version_flag
parse_version = find_version
fork = never_forks


def launch(spec: LaunchSpec) -> Launch:
    """A first start with the id given, unless the person's own arguments pick a conversation."""
    if spec.session_id is None or names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    return _start(spec, ("--session-id", spec.session_id), spec.session_id)


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id; without one its own list, for `--continue` asks for no folder."""
    if names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    if spec.session_id is not None:
        return launch(spec)
    return _start(spec, ("--resume",), None)


def conversation(spec: LaunchSpec) -> str | None:
    """Its record, which begins with the first prompt."""
    if not spec.session_id or not (home := _home(spec.env)):
        return None
    return f"{glob.escape(f'{home}/session-state/{spec.session_id}')}/events.jsonl"


def feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """The record of the conversation that is in the pane."""
    home = _home(spec.env)
    if not home:
        return ()
    place = f"{glob.escape(home)}/session-state/{{id}}/events.jsonl"
    return (Feed(source=Source.EVENTS, way="tail", place=place),)


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """What stands in its record, and what its title and the page of its start tell."""
    if source is Source.EVENTS:
        return parse_event(record, at)
    if source is Source.TITLE:
        return parse_title(record, at)
    if source is Source.SCREEN:
        return parse_screen(record, at)
    return parse_reports(source, record, at)


def setup(env: Mapping[str, str]) -> Setup | None:
    """A token, a provider, or what its own sign-in noted; the secret lies in the keychain."""
    return Setup("copilot login", SIGN_IN, (), f"{_home(env)}/config.json")


def parse_notes(text: str, repo: str | None) -> Noted:
    """Trust holds in a folder and all below it."""
    try:
        notes = json.loads(_COMMENT.sub("", text))
    except (ValueError, RecursionError):
        notes = None
    known = value_at(notes, "loggedInUsers") or value_at(notes, "lastLoggedInUser")
    trusted = [one for one in items_at(notes, "trustedFolders") if isinstance(one, str)]
    is_trusted = repo is None or any(_is_below(repo, one) for one in trusted)
    return Noted(bool(known), () if is_trusted else (f"trust in {repo}",))


def _is_below(folder: str, other: str) -> bool:
    return f"{folder.rstrip('/')}/".startswith(f"{other.rstrip('/')}/")


def _home(env: Mapping[str, str]) -> str:
    """Absolute; empty when nothing says where it is."""
    if not env.get("COPILOT_HOME") and not env.get("HOME"):
        return ""
    return home_path(env, "COPILOT_HOME", ".copilot")


def _start(spec: LaunchSpec, choice: tuple[str, ...], session_id: str | None) -> Launch:
    prompt = prompt_argument(spec)
    task = (f"--interactive={prompt}",) if prompt else ()
    argv = (*(spec.command or PROGRAMS[:1]), *choice, *spec.args, *task)
    return Launch(argv, session_id=session_id)
