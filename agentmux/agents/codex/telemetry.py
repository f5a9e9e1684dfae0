"""Codex's telemetry: each request with its answer, retries and side requests included.

It alone tells that a request is tried again, and what the hidden conversation took that names the
task. It knows responses by conversation and time only: where a rollout tells of the conversation,
that one counts. It is sent once a second, so it comes late; each record has its own time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import count_at, text_at, time_of, value_at
from agentmux.core.usage import tokens_within

_AGAIN = frozenset({401, 408, 409, 425, 429})
"""Refusals, apart from those above 499, after which Codex tries again."""


def parse_telemetry(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one log record."""
    at = time_of(value_at(record, "attributes", "event.timestamp"), at)
    match text_at(record, "name"):
        case "codex.api_request":
            return _requested(record, at)
        case "codex.sse_event" if value_at(record, "attributes", "input_token_count") is not None:
            return _completed(record, at)
        case "codex.tool_decision":
            return _decided(record, at)
        case "codex.tool_result":
            return [_tool_ended(record, at)]
        case _:
            return []


def _requested(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    status = count_at(record, "attributes", "http.response.status_code")
    error = text_at(record, "attributes", "error.message")
    if 200 <= status < 300:
        return [f.Working(at=at)]
    if status in _AGAIN or status >= 500 or (error and not status):
        attempt = count_at(record, "attributes", "attempt") + 1
        return [f.Retrying(at=at, attempt=attempt, text=error or f"http {status}")]
    return []


def _completed(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    def count(name: str) -> int:
        return count_at(record, "attributes", f"{name}_token_count")

    conversation = text_at(record, "attributes", "conversation.id")
    model = text_at(record, "attributes", "model")
    if not conversation:
        return []
    usage = f.Usage(
        at=at,
        response=f"{conversation}@{at.isoformat()}",
        tokens=tokens_within(
            count("input"), count("output"), count("cached"), count("cache_write")
        ),
        model=model or None,
        tier=text_at(record, "attributes", "service_tier") or "standard",
        conversation=conversation,
    )
    return [usage]


def _decided(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    decision = text_at(record, "attributes", "decision").lower()
    is_person = text_at(record, "attributes", "source").lower() == "user"
    is_allowed = decision.startswith("approved")
    answered = f.Answered(
        at=at,
        decision="allowed" if is_allowed else "denied",
        by="person" if is_person else "rule",
        call=text_at(record, "attributes", "call_id") or None,
    )
    return [answered, f.Working(at=at)] if is_person and is_allowed else [answered]


def _tool_ended(record: Mapping[str, Any], at: datetime) -> f.ToolEnded:
    """Its duration holds the time the person took, and is not told on."""
    ok = {"true": True, "false": False}.get(text_at(record, "attributes", "success").lower())
    return f.ToolEnded(
        at=at,
        tool=text_at(record, "attributes", "tool_name"),
        call=text_at(record, "attributes", "call_id") or None,
        ok=ok,
        error=text_at(record, "attributes", "output") if ok is False else "",
    )
