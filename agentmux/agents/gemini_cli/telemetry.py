"""Gemini CLI's telemetry: responses that its chat file leaves out, and requests tried again.

A routing request of a small model goes before every turn and stands nowhere else. A day's quota
that is used up is told here too, but not that its page then waits for the person: while it does,
the title says that Gemini works, and only the screen knows.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, text_at, time_of, value_at
from agentmux.core.usage import tokens_within

_SIDES = {"utility_router": "routing", "utility_compressor": "compaction"}
_FOR_GOOD = re.compile(r"PerDay|QuotaFailure[^}]*daily|insufficient.{0,20}credit", re.I)
"""In the words of an error 429: it is not tried again, and a page asks what to do instead."""
_MESSAGE = re.compile(r'"message"\s*:\s*"([^"]*)"')


def parse_telemetry(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one log record."""
    about = entry_at(record, "attributes")
    match text_at(record, "name"):
        case "gemini_cli.api_response" if text_at(about, "role") not in ("", "main"):
            return [_usage(about, at)]
        case "gemini_cli.api_error" if text_at(about, "role") in ("", "main"):
            return _failed(about, at)
        case _:
            return []


def _usage(about: Mapping[str, Any], at: datetime) -> f.Usage:
    role, stamp = text_at(about, "role"), text_at(about, "event.timestamp")
    is_agent = role == "subagent"
    return f.Usage(
        at=time_of(stamp, at),
        # It has no id of its own; prompt, purpose and time together name it.
        response=f"{text_at(about, 'prompt_id')}/{role}/{stamp or at.isoformat()}",
        tokens=tokens_within(
            count_at(about, "input_token_count") + count_at(about, "tool_token_count"),
            count_at(about, "output_token_count") + count_at(about, "thoughts_token_count"),
            count_at(about, "cached_content_token_count"),
        ),
        model=text_at(about, "model") or None,
        provider="google",
        side=None if is_agent else _SIDES.get(role, role.removeprefix("utility_")),
        agent="subagent" if is_agent else None,
    )


def _failed(about: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """Every failed attempt is told of alike; which one is tried again shows in its status."""
    said = text_at(about, "error") or text_at(about, "error.message")
    status = count_at(about, "status_code") or count_at(about, "http.status_code")
    found = _MESSAGE.search(said)
    text = found.group(1) if found else said
    at = time_of(value_at(about, "event.timestamp"), at)
    is_retried = status >= 500 or (status == 429 and not _FOR_GOOD.search(said))
    return [f.Retrying(at=at, text=text)] if is_retried else []
