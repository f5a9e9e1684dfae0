"""Claude Code's OTLP events: every request with its price, every decision on a tool call.

They say nothing of the state: an event comes up to half a second late, and no event tells that a
turn ended. A request that fails is told of only once it is given up.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from agentmux.agents.claude_code.usage import usage_of_request
from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, text_at, time_of, value_at

_DECISIONS: Mapping[str, Literal["allowed", "denied"]] = {"accept": "allowed", "reject": "denied"}


def parse_telemetry(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one log record; its own timestamp is when it happened."""
    told = entry_at(record, "attributes")
    at = time_of(value_at(told, "event.timestamp"), at)
    match text_at(record, "name").removeprefix("claude_code."):
        case "api_request":
            return usage_of_request(told, at)
        case "tool_decision":
            return [
                f.Answered(
                    at=at,
                    decision=_DECISIONS.get(text_at(told, "decision"), "unknown"),
                    by=decided_by(text_at(told, "source")),
                    call=text_at(told, "tool_use_id") or None,
                )
            ]
        case "tool_result":
            return [_ended(told, at)]
        case _:
            return []


def _ended(told: Mapping[str, Any], at: datetime) -> f.ToolEnded:
    ok = {"true": True, "false": False}.get(str(value_at(told, "success")).lower())
    return f.ToolEnded(
        at=at,
        tool=text_at(told, "tool_name"),
        call=text_at(told, "tool_use_id") or None,
        ok=ok,
        error=text_at(told, "error"),
        duration_s=count_at(told, "duration_ms") / 1000 if "duration_ms" in told else None,
    )


def decided_by(source: str) -> Literal["person", "rule", "unknown"]:
    """Whose decision it was: `user_temporary`, `user_reject` are the person's."""
    if not source:
        return "unknown"
    return "person" if source.startswith("user") else "rule"
