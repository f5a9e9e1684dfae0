"""Gemini CLI's chat file: what each response took, and how a turn ended.

A message's id comes again once its tools have ended, and `$set.messages` repeats messages of
before; both say the same figures, and the newest counts. After a refusal the whole history is
written once more under new ids and with no figures, prompts among it, so prompts are taken from
the hooks.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, items_at, text_at, time_of, value_at
from agentmux.core.usage import tokens_within

_CANCELLED = "Request cancelled."
_QUIET = frozenset({"user", "info", "warning"})
_LIMIT = re.compile(
    r"exhausted your (?:daily quota|capacity)|usage limit reached|exceeded your current quota", re.I
)
_STATUS = re.compile(r'"?status"?:\s*"?([A-Z][A-Z_]+)')


def parse_chat(line: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one line: a message, or a change of what stands about the conversation."""
    if "$set" in line:
        again = items_at(line, "$set", "messages")
        return [fact for message in again for fact in _usage(message, at)]
    if "id" not in line:
        is_head = "sessionId" in line
        return [] if is_head else [f.Strange(at=at, what=f"chat line of {sorted(line)!s:.60}")]
    when = time_of(value_at(line, "timestamp"), at)
    text = text_at(line, "content")
    match text_at(line, "type"):
        case "gemini":
            return [*_usage(line, at), *_refused(line, when)]
        case "info" if text.strip() == _CANCELLED:
            return [f.TurnEnded(at=when, how="interrupted")]
        case "error" if _LIMIT.search(text):
            return [f.Limited(at=when, text=text)]
        case "error":
            status = _STATUS.search(text)
            kind = status.group(1).lower() if status else "error"
            return [f.Errored(at=when, kind=kind, text=text)]
        case kind if kind in _QUIET:
            return []
        case kind:
            return [f.Strange(at=when, what=f"chat message of type {kind!r:.40}")]


def _usage(message: object, at: datetime) -> Iterator[f.AnyFact]:
    """What the response took; a message that history repeats without figures took nothing."""
    name, took = text_at(message, "id"), entry_at(message, "tokens")
    if not name or not took or text_at(message, "type") != "gemini":
        return
    yield f.Usage(
        at=time_of(value_at(message, "timestamp"), at),
        response=name,
        tokens=tokens_within(
            count_at(took, "input") + count_at(took, "tool"),
            count_at(took, "output") + count_at(took, "thoughts"),
            count_at(took, "cached"),
        ),
        model=text_at(message, "model") or None,
        provider="google",
    )


def _refused(message: Mapping[str, Any], at: datetime) -> Iterator[f.AnyFact]:
    """The tools that were refused, of which no hook tells."""
    for call in items_at(message, "toolCalls"):
        if text_at(call, "status") != "cancelled":
            continue
        when, name = time_of(value_at(call, "timestamp"), at), text_at(call, "id") or None
        response = entry_at(call, "result", 0, "functionResponse", "response")
        yield f.Answered(at=when, decision="denied", by="person", call=name)
        yield f.ToolEnded(
            at=when,
            tool=text_at(call, "name"),
            call=name,
            ok=False,
            error=text_at(response, "error"),
        )
