"""Gemini CLI: its session id is ours to choose, and its titles are believed before its hooks.

The title follows every change of state within a quarter of a second, while a hook speaks after
Esc and after an error as it does after an answer, and not at all after a refusal. Tried on
version 0.61.0.
"""

import glob
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from agentmux.agents.gemini_cli.chat import parse_chat
from agentmux.agents.gemini_cli.hooks import HOOKS, parse_hook
from agentmux.agents.gemini_cli.telemetry import parse_telemetry
from agentmux.agents.gemini_cli.terminal import parse_screen, parse_title
from agentmux.core import facts
from agentmux.core.agent import (
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    has_no_feeds,
    names_option,
    never_forks,
    prompt_argument,
    takes_no_notes,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source

NAME = "gemini"
TITLE = "Gemini CLI"
PROGRAMS: tuple[str, ...] = ("gemini",)
LEVEL = 3
INSTALL = "npm install -g @google/gemini-cli"
CHOOSES_ID = True
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = Dialect("digit", "●")
RANKS: Mapping[Source, int] = {**facts.RANKS, Source.TITLE: facts.RANKS[Source.REGISTRY]}

SETTINGS_FILE = "gemini-settings.json"
SETTINGS_PATH = "GEMINI_CLI_SYSTEM_SETTINGS_PATH"
"""Names the settings that stand above the person's own; hooks of both run."""
_TITLES = {"hideWindowTitle": False, "dynamicWindowTitle": True}
_OWN_TELEMETRY = ("GEMINI_TELEMETRY_", "OTEL_EXPORTER_OTLP_")

_CHOOSE_SESSION = ("--session-id", "--session-file", "--resume", "-r")

version_argv = version_flag
parse_version = find_version
feeds = has_no_feeds  # a SessionStart hook names the chat file
parse_notes = takes_no_notes
fork = never_forks


def launch(spec: LaunchSpec) -> Launch:
    """A first start with the id given, unless the person's own arguments pick a conversation."""
    if spec.session_id is None or names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    return _start(spec, ("--session-id", spec.session_id), spec.session_id)


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id, or without one the latest of a folder of its own."""
    if names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    if spec.session_id is None and not spec.own_folder:
        return None
    return _start(spec, ("--resume", spec.session_id or "latest"), spec.session_id)


def conversation(spec: LaunchSpec) -> str | None:
    """The chat file, named after the first eight characters of the id."""
    if "HOME" not in spec.env or not spec.session_id:
        return None
    name = f"session-*-{glob.escape(spec.session_id[:8])}.jsonl"
    return f"{glob.escape(spec.env['HOME'])}/.gemini/tmp/*/chats/{name}"


def setup(env: Mapping[str, str]) -> Setup | None:
    """A key, Vertex, or the account of a browser sign-in, which its first start offers."""
    files = (f"{env.get('HOME', '')}/.gemini/oauth_creds.json",)
    return Setup("gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"), files)


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """The facts of one record."""
    match source:
        case Source.TITLE:
            return parse_title(record, at)
        case Source.HOOK:
            return parse_hook(record, at)
        case Source.TRANSCRIPT:
            return parse_chat(record, at)
        case Source.OTLP:
            return parse_telemetry(record, at)
        case Source.SCREEN:
            return parse_screen(record, at)
        case _:
            return []


def _start(spec: LaunchSpec, choice: tuple[str, ...], session_id: str | None) -> Launch:
    prompt = prompt_argument(spec)
    task = (f"--prompt-interactive={prompt}",) if prompt else ()
    argv = (*(spec.command or PROGRAMS[:1]), *choice, *spec.args, *task)
    settings = _settings(spec)
    if not settings:
        return Launch(argv, session_id=session_id)
    return Launch(
        argv,
        env={SETTINGS_PATH: str(PurePath(spec.folder, SETTINGS_FILE))},
        files={SETTINGS_FILE: json.dumps(settings) + "\n"},
        session_id=session_id,
    )


def _settings(spec: LaunchSpec) -> dict[str, object]:
    """What stands above the person's settings; nothing where that place is taken already."""
    if not spec.folder or SETTINGS_PATH in spec.env or not (spec.hook or spec.otlp):
        return {}
    settings: dict[str, object] = {"ui": _TITLES}
    if spec.hook:
        command = {"type": "command", "name": "agentmux", "command": spec.hook}
        settings["hooks"] = {event: [{"hooks": [command]}] for event in HOOKS}
    if spec.otlp and not any(name.startswith(_OWN_TELEMETRY) for name in spec.env):
        settings["telemetry"] = {
            "enabled": True,
            "target": "local",
            "useCollector": False,
            "otlpEndpoint": spec.otlp,
            "otlpProtocol": "http",
            "outfile": "",
            "logPrompts": False,
        }
    return settings
