"""What one response of Claude took, by the request id that transcript and telemetry share.

Anthropic's input leaves the cache out, so the buckets are disjoint as they come. A response
without a request id, as of some gateways, goes by its message id.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import count_at, money_at, text_at, value_at
from agentmux.core.usage import Tokens, tokens_beside

SYNTHETIC = "<synthetic>"
"""The model of what Claude Code said itself, such as an error: nothing was asked of anybody."""
_SIDES = {"compact": "compaction", "prompt_suggestion": "suggestion"}
_TITLES = ("generate_session_title", "rename_generate_name", "agent_namer")
_TURNS = ("repl_main_thread", "agent:", "sdk")
"""Query sources, or how they begin, that are the work itself."""


def usage_of_line(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """What the response took of which an assistant's line of the transcript is a part.

    Every line holds the whole of it; a line written before the response ended has no stop reason,
    and one that was cut off keeps what was known by then.
    """
    message = record.get("message")
    figures = value_at(message, "usage")
    model = text_at(message, "model")
    response = text_at(record, "requestId") or text_at(message, "id")
    if model == SYNTHETIC or not response or not isinstance(figures, Mapping):
        return []
    is_whole = bool(text_at(message, "stop_reason")) and not record.get("isAbortedMidStream")
    tier = text_at(figures, "service_tier")
    usage = f.Usage(
        at=at,
        response=response,
        tokens=_tokens(figures),
        model=model or None,
        agent=text_at(record, "agentId") or None,
        tier=tier if tier != "standard" and tier else None,
        fast=text_at(figures, "speed") == "fast",
        complete=is_whole,
    )
    return [usage]


def _tokens(figures: Mapping[str, Any]) -> Tokens:
    """The split of cache writes where there is one, else all as of the shorter kind."""
    written = count_at(figures, "cache_creation_input_tokens")
    hour = count_at(figures, "cache_creation", "ephemeral_1h_input_tokens")
    minutes = count_at(figures, "cache_creation", "ephemeral_5m_input_tokens")
    return tokens_beside(
        count_at(figures, "input_tokens"),
        count_at(figures, "output_tokens"),
        count_at(figures, "cache_read_input_tokens"),
        max(minutes, written - hour),
        hour,
    )


def usage_of_request(told: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """What an `api_request` event tells; titles and compaction stand nowhere else."""
    side = side_of(text_at(told, "query_source"))
    response = text_at(told, "request_id") or (_own_key(told) if side else "")
    if not response:
        return []
    hour = count_at(told, "cache_creation_1h_tokens")
    minutes = count_at(told, "cache_creation_5m_tokens")
    written = count_at(told, "cache_creation_tokens")
    usage = f.Usage(
        at=at,
        response=response,
        tokens=tokens_beside(
            count_at(told, "input_tokens"),
            count_at(told, "output_tokens"),
            count_at(told, "cache_read_tokens"),
            max(minutes, written - hour),
            hour,
        ),
        model=text_at(told, "model") or None,
        side=side,
        fast=text_at(told, "speed") == "fast",
        reported_usd=money_at(told, "cost_usd"),
    )
    return [usage]


def side_of(query_source: str) -> str | None:
    """What a request was for when it was not the work itself."""
    if not query_source or query_source.startswith(_TURNS):
        return None
    return "title" if query_source in _TITLES else _SIDES.get(query_source, query_source)


def _own_key(told: Mapping[str, Any]) -> str:
    """Only a side request may go without the id: no transcript will tell of it again."""
    return f"{text_at(told, 'session.id')}/{text_at(told, 'event.timestamp')}"
