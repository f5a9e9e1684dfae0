"""What Codex is given on its command line so that it tells of itself: hooks and telemetry.

Codex runs only hooks whose hash somebody has trusted, and opens a page about any other. So a start
has two steps: `hook_question` asks Codex itself for the hashes of our own hooks, and the start then
names them as trusted, for itself alone. Without an answer no hook is given and no page opens.
"""

import json
import re
import tomllib
from collections.abc import Mapping

from agentmux.core.agent import LaunchSpec, Question
from agentmux.core.reading import items_at, text_at, value_at

EVENTS = (
    "SessionStart",
    "UserPromptSubmit",
    "PreToolUse",
    "PermissionRequest",
    "PostToolUse",
    "PreCompact",
    "PostCompact",
    "SubagentStart",
    "SubagentStop",
    "Stop",
    "Interrupt",
    "SessionEnd",
)
_ASKED = 2
"""Number of the request whose answer names the hashes."""
_KEY = re.compile(r"/<session-flags>/config\.toml:[a-z_]+:0:0")
"""How Codex calls the only hook of an event that came by the command line."""
_HASH = re.compile(r"sha256:[0-9a-f]{64}")


def hook_question(program: tuple[str, ...], spec: LaunchSpec) -> Question | None:
    """How to ask Codex for the hashes of our hooks; None when none are to be given."""
    if not spec.hook or _configures(spec.args, "hooks"):
        return None
    client = {"name": "agentmux", "title": "agentmux", "version": "1"}
    lines = (
        {"id": 1, "method": "initialize", "params": {"clientInfo": client}},
        {"method": "initialized"},
        {"id": _ASKED, "method": "hooks/list", "params": {}},
    )
    return Question(
        argv=(*program, *_hook_options(spec.hook), "app-server"),
        stdin="".join(f"{json.dumps(line)}\n" for line in lines),
        until=f'"id":{_ASKED}',
    )


def parse_hook_answer(text: str) -> Mapping[str, str]:
    """Hook → its hash, of the hooks that came by the command line; empty for no such answer."""
    return {
        text_at(hook, "key"): text_at(hook, "currentHash")
        for answer in map(_json, text.splitlines())
        if value_at(answer, "id") == _ASKED
        for folder in items_at(answer, "result", "data")
        for hook in items_at(folder, "hooks")
        if text_at(hook, "source") == "sessionFlags"
    }


def injected(spec: LaunchSpec) -> tuple[str, ...]:
    """The options that a start needs so that Codex tells of itself."""
    return (*_hooks(spec), *_telemetry(spec))


def _hooks(spec: LaunchSpec) -> tuple[str, ...]:
    trusted = {
        key: value
        for key, value in spec.hook_trust.items()
        if _KEY.fullmatch(key) and _HASH.fullmatch(value)
    }
    events = [event for event in EVENTS if f"config.toml:{_snake(event)}:0:0" in _names(trusted)]
    if not spec.hook or not events or _configures(spec.args, "hooks"):
        return ()
    state = ",".join(
        f"{_toml(key)}={{trusted_hash={_toml(value)}}}" for key, value in sorted(trusted.items())
    )
    return (*_hook_options(spec.hook, events), "-c", f"hooks.state={{{state}}}")


def _names(trusted: Mapping[str, str]) -> set[str]:
    return {key.rpartition("/")[2] for key in trusted}


def _hook_options(command: str, events: list[str] | tuple[str, ...] = EVENTS) -> tuple[str, ...]:
    """The same text for the question and the start: the hash is one of all of it."""
    hook = f'[{{hooks=[{{type="command",command={_toml(command)}}}]}}]'
    return tuple(word for event in events for word in ("-c", f"hooks.{event}={hook}"))


def _telemetry(spec: LaunchSpec) -> tuple[str, ...]:
    """Logs alone: its metrics are many, and tell nothing that the logs do not."""
    if not spec.otlp or _configures(spec.args, "otel") or _exports(spec.notes):
        return ()
    address = _toml(f"{spec.otlp}/v1/logs")
    return ("-c", f'otel.exporter={{otlp-http={{endpoint={address},protocol="json"}}}}')


def _exports(notes: str) -> bool:
    """Whether the person's configuration sends telemetry somewhere already."""
    try:
        exporter = value_at(tomllib.loads(notes), "otel", "exporter")
    except (ValueError, RecursionError):
        return True  # who knows: theirs is not to be taken away
    return exporter not in (None, "none")


def _configures(args: tuple[str, ...], table: str) -> bool:
    """Whether the person's own arguments hold settings of this table."""
    pattern = re.compile(rf"(?:-c|--config=?)?\s*{table}\s*[.=]")
    return any(pattern.match(arg) for arg in args)


def _snake(event: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event).lower()


def _toml(text: str) -> str:
    """A basic string of TOML; what JSON writes is one, but for DEL."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
