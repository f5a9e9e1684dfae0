"""Qwen Code: its titles are believed before the events that it writes beside its screen.

The events name every ask with the tool's input, and leave a refusal, an interruption before the
first word and the end of a turn out; the title has them all, and no words. Tried on version
0.24.4.
"""

import glob
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from agentmux.agents.qwen.chat import parse_chat, parse_telemetry
from agentmux.agents.qwen.events import parse_event
from agentmux.agents.qwen.terminal import parse_screen, parse_title
from agentmux.core import facts
from agentmux.core.agent import (
    Feed,
    Launch,
    LaunchSpec,
    PromptWay,
    Setup,
    find_version,
    home_path,
    names_option,
    prompt_argument,
    takes_no_notes,
    version_flag,
)
from agentmux.core.dialogs import Dialect
from agentmux.core.facts import AnyFact, Source

NAME = "qwen"
TITLE = "Qwen Code"
PROGRAMS: tuple[str, ...] = ("qwen",)
LEVEL = 3
INSTALL = "npm install -g @qwen-code/qwen-code"
CHOOSES_ID = True
PROMPT: PromptWay = "argv"
COMPOSER: str | None = None
DIALECT: Dialect | None = Dialect("digit", "›❯")
RANKS: Mapping[Source, int] = {
    **facts.RANKS,
    Source.TITLE: facts.RANKS[Source.EVENTS],
    Source.EVENTS: facts.RANKS[Source.REGISTRY],
}

EVENTS_FILE = "qwen-events.jsonl"
_CHOOSE_SESSION = ("--session-id", "--resume", "-r", "--continue", "-c")
_OWN_EVENTS = ("--json-file", "--json-fd")
_OWN_TELEMETRY = ("QWEN_TELEMETRY_", "OTEL_EXPORTER_OTLP_")

version_argv = version_flag
parse_version = find_version
parse_notes = takes_no_notes


def launch(spec: LaunchSpec) -> Launch:
    """A first start with the id given, unless the person's own arguments pick a conversation."""
    if spec.session_id is None or names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    return _start(spec, ("--session-id", spec.session_id), spec.session_id)


def resume(spec: LaunchSpec) -> Launch | None:
    """Continue by id, or without one the latest of a folder of its own."""
    if names_option(spec.args, *_CHOOSE_SESSION):
        return _start(spec, (), None)
    if spec.session_id is not None:
        return _start(spec, ("--resume", spec.session_id), spec.session_id)
    return _start(spec, ("--continue",), None) if spec.own_folder else None


def fork(spec: LaunchSpec) -> Launch | None:
    """Branch off `source_id`; the new id is Qwen's to choose."""
    if spec.source_id is None:
        return None
    return _start(spec, ("--resume", spec.source_id, "--fork-session"), None)


def conversation(spec: LaunchSpec) -> str | None:
    """The chat file, which the first prompt begins."""
    chats = _chats(spec.env)
    return f"{chats}/{glob.escape(spec.session_id)}.jsonl" if chats and spec.session_id else None


def setup(env: Mapping[str, str]) -> Setup | None:
    """A key, or the account of a browser sign-in, which its first start offers."""
    home = home_path(env, "QWEN_HOME", ".qwen")
    return Setup("qwen", ("OPENAI_API_KEY", "DASHSCOPE_API_KEY"), (f"{home}/oauth_creds.json",))


def feeds(spec: LaunchSpec) -> tuple[Feed, ...]:
    """The events of this start, and the chat file."""
    found = []
    if _writes_events(spec):
        place = glob.escape(str(PurePath(spec.folder, EVENTS_FILE)))
        found.append(Feed(Source.EVENTS, "tail", place))
    if chats := _chats(spec.env):
        found.append(Feed(Source.TRANSCRIPT, "tail", f"{chats}/{{id}}.jsonl"))
    return tuple(found)


def parse(source: Source, record: Mapping[str, Any], at: datetime) -> list[AnyFact]:
    """The facts of one record."""
    match source:
        case Source.TITLE:
            return parse_title(record, at)
        case Source.EVENTS:
            return parse_event(record, at)
        case Source.TRANSCRIPT:
            return parse_chat(record, at)
        case Source.OTLP:
            return parse_telemetry(record, at)
        case Source.SCREEN:
            return parse_screen(record, at)
        case _:
            return []


def _chats(env: Mapping[str, str]) -> str:
    """Glob of the folders in which chats are kept; empty when there is no home."""
    if "HOME" not in env and "QWEN_HOME" not in env:
        return ""
    home = env.get("QWEN_RUNTIME_DIR") or home_path(env, "QWEN_HOME", ".qwen")
    return f"{glob.escape(home)}/projects/*/chats"


def _writes_events(spec: LaunchSpec) -> bool:
    return bool(spec.folder) and not names_option(spec.args, *_OWN_EVENTS)


def _start(spec: LaunchSpec, choice: tuple[str, ...], session_id: str | None) -> Launch:
    prompt = prompt_argument(spec)
    task = (f"--prompt-interactive={prompt}",) if prompt else ()
    events: tuple[str, ...] = ()
    files = {}
    if _writes_events(spec):
        events = ("--json-file", str(PurePath(spec.folder, EVENTS_FILE)))
        # Qwen writes over what stands in the file and leaves the rest of it: it must be empty.
        files[EVENTS_FILE] = ""
    argv = (*(spec.command or PROGRAMS[:1]), *choice, *events, *spec.args, *task)
    return Launch(argv, env=_telemetry(spec), files=files, session_id=session_id)


def _telemetry(spec: LaunchSpec) -> dict[str, str]:
    if not spec.otlp or any(name.startswith(_OWN_TELEMETRY) for name in spec.env):
        return {}
    return {
        "QWEN_TELEMETRY_ENABLED": "true",
        "QWEN_TELEMETRY_TARGET": "local",
        "QWEN_TELEMETRY_OTLP_ENDPOINT": spec.otlp,
        "QWEN_TELEMETRY_OTLP_PROTOCOL": "http",
        "QWEN_TELEMETRY_LOG_PROMPTS": "false",
    }
