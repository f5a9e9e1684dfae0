"""Qwen Code's chat file and telemetry: what each response took, by the response's own id.

Both hold the same records, so whichever is read twice counts once. The chat file leaves out the
requests for a next suggestion that follow a turn; the telemetry has them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, text_at, time_of, value_at
from agentmux.core.usage import tokens_within

_SUGGESTION = "forked_query"
"""Stands in place of the prompt's id in a request for what the person might say next."""
_RETRIED = 500
"""Statuses from here on are tried again, like 429."""
_LONGEST_MS = 86_400_000


def parse_chat(line: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one line of a chat file; only its telemetry says anything new."""
    if text_at(line, "subtype") != "ui_telemetry":
        return []
    told = entry_at(line, "systemPayload", "uiEvent")
    return list(_told(text_at(told, "event.name"), told, at))


def parse_telemetry(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one log record."""
    return list(_told(text_at(record, "name"), entry_at(record, "attributes"), at))


def _told(name: str, told: Mapping[str, Any], at: datetime) -> Iterator[f.AnyFact]:
    at = time_of(value_at(told, "event.timestamp"), at)
    if name == "qwen-code.api_response" and text_at(told, "response_id"):
        yield _usage(told, at)
    elif name == "qwen-code.api_error":
        status = count_at(told, "status_code")
        if status == 429 or status >= _RETRIED:
            yield f.Retrying(at=at, text=text_at(told, "error_message"))
    elif name == "qwen-code.api_retry":
        delay = timedelta(milliseconds=min(count_at(told, "retry_delay_ms"), _LONGEST_MS))
        attempt, text = count_at(told, "attempt_number"), text_at(told, "error_message")
        yield f.Retrying(at=at, attempt=attempt or None, next=at + delay, text=text)
    elif name == "qwen-code.tool_call" and text_at(told, "decision") == "reject":
        call = text_at(told, "call_id") or None
        yield f.Answered(at=at, decision="denied", by="person", call=call)
        yield f.ToolEnded(at=at, tool=text_at(told, "function_name"), call=call, ok=False)


def _usage(told: Mapping[str, Any], at: datetime) -> f.Usage:
    agent = text_at(told, "subagent_name")
    side = agent.removeprefix("managed-") if agent.startswith("managed-") else None
    if text_at(told, "prompt_id") == _SUGGESTION:
        side = "suggestion"
    sent, output = count_at(told, "input_token_count"), count_at(told, "output_token_count")
    thoughts = count_at(told, "thoughts_token_count")
    if count_at(told, "total_token_count") == sent + output + thoughts:
        output += thoughts  # Google's way; with the others they are part of the output
    return f.Usage(
        at=at,
        response=text_at(told, "response_id"),
        tokens=tokens_within(sent, output, count_at(told, "cached_content_token_count")),
        model=text_at(told, "model") or None,
        side=side,
        agent=agent if agent and side is None else None,
    )
