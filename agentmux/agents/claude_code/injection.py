"""What goes with a start of Claude Code so that it tells of itself: hooks and telemetry.

Each hook costs the turn 40 to 75 ms, so only those are asked for that say something: an approval
that was answered, Esc, retries and the pages of the start have no hook at all.
"""

from collections.abc import Mapping
from typing import Any

SETTINGS_FILE = "claude-settings.json"
EVENTS = (
    "SessionStart",
    "UserPromptSubmit",
    "PreToolUse",
    "PermissionRequest",
    "PermissionDenied",
    "PostToolUse",
    "PostToolUseFailure",
    "SubagentStart",
    "SubagentStop",
    "PostCompact",
    "PostModelSwitch",
    "Stop",
    "StopFailure",
    "SessionEnd",
)
"""Hooks that `hooks.parse_hook` reads. `Notification` comes six seconds after what it is about."""
TIMEOUT_S = 10
EXPORT_MS = 500

_TELEMETRY_OF_THEIR_OWN = ("OTEL_EXPORTER_", "CLAUDE_CODE_ENABLE_TELEMETRY")
_EXPORTERS = ("OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_TRACES_EXPORTER")


def settings(hook: str) -> dict[str, Any]:
    """The settings of one session, which Claude merges with the person's; hooks add up."""
    # `fullscreen` is the other value: alternate screen, so nothing of it reaches the scrollback.
    pinned: dict[str, Any] = {"tui": "default"}
    if not hook:
        return pinned
    command = {"type": "command", "command": hook, "timeout": TIMEOUT_S}
    return {**pinned, "hooks": {event: [{"hooks": [command]}] for event in EVENTS}}


def environment(otlp: str, env: Mapping[str, str]) -> dict[str, str]:
    """Variables that have Claude post its events to `otlp`; none when somebody else gets them."""
    taken = any(name.startswith(_TELEMETRY_OF_THEIR_OWN) or name in _EXPORTERS for name in env)
    if not otlp or taken:
        return {}
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": otlp,
        "OTEL_LOGS_EXPORT_INTERVAL": str(EXPORT_MS),
    }
