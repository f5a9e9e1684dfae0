"""Gemini CLI's hooks: what it works on and what it asks about.

`AfterAgent` says that a turn is over and never how: it comes after an answer, after Esc and after
an error alike, and not at all when a tool was refused. No hook tells that an ask was answered.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import entry_at, items_at, text_at, time_of, value_at

HOOKS = (
    "SessionStart",
    "SessionEnd",
    "BeforeAgent",
    "AfterAgent",
    "BeforeTool",
    "AfterTool",
    "Notification",
)
"""Those we have called: each costs the turn some 50 ms. `PreCompress` comes before every request,
`BeforeModel` and the like for every piece of an answer."""
_PASSED_OVER = frozenset({"BeforeModel", "AfterModel", "BeforeToolSelection"})
_NOTHING_SAID = "[no response text]"
_KINDS: dict[str, f.AskKind] = {"ask_user": "question", "exit_plan_mode": "plan"}
_TEXTS = ("command", "prompt", "title")
"""Where the details of a permission say what it is about, best first."""


def parse_hook(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts in what one hook was given."""
    at = time_of(value_at(payload, "timestamp"), at)
    match text_at(payload, "hook_event_name"):
        case "SessionStart":
            return [*_named(payload, at), f.Ready(at=at)]
        case "SessionEnd":
            reason = text_at(payload, "reason")
            return [] if reason == "clear" else [f.Ended(at=at, why=reason)]
        case "BeforeAgent":
            return [f.PromptSubmitted(at=at, text=text_at(payload, "prompt"), by="person")]
        case "AfterAgent":
            said = text_at(payload, "prompt_response")
            last = "" if said == _NOTHING_SAID else said.strip()
            return [f.TurnEnded(at=at, how="unknown", text=last)]
        case "BeforeTool":
            return [_started(payload, at), *_question(payload, at)]
        case "AfterTool":
            return [_ended(payload, at)]
        case "Notification":
            return _asked(payload, at)
        case "PreCompress":
            is_manual = text_at(payload, "trigger") == "manual"
            return [f.Compacted(at=at, automatic=False)] if is_manual else []
        case name if name in _PASSED_OVER:
            return []
        case name:
            return [f.Strange(at=at, what=f"hook {name!r:.60}")]


def _named(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    name, path = text_at(payload, "session_id"), text_at(payload, "transcript_path")
    if not name:
        return []
    why = text_at(payload, "source")
    return [f.ConversationNamed(at=at, id=name, why=why, path=path or None)]


def _started(payload: Mapping[str, Any], at: datetime) -> f.ToolStarted:
    given = entry_at(payload, "tool_input")
    path = text_at(given, "file_path")
    return f.ToolStarted(
        at=at,
        tool=text_at(payload, "tool_name"),
        input=text_at(given, "command") or json.dumps(given, ensure_ascii=False, default=str),
        paths=(path,) if path and "read" not in text_at(payload, "tool_name") else (),
    )


def _ended(payload: Mapping[str, Any], at: datetime) -> f.ToolEnded:
    error = value_at(payload, "tool_response", "error")
    said = error if isinstance(error, str) else text_at(error, "message")
    return f.ToolEnded(at=at, tool=text_at(payload, "tool_name"), ok=error is None, error=said)


def _question(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The words of a question, which its `Notification` leaves out."""
    asked = value_at(payload, "tool_input", "questions", 0)
    if text_at(payload, "tool_name") != "ask_user" or asked is None:
        return []
    text, offered = text_at(asked, "question"), items_at(asked, "options")
    options = tuple(filter(None, (text_at(option, "label") for option in offered)))
    return [f.Asked(at=at, kind="question", text=text, tool="ask_user", options=options)]


def _asked(payload: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    details = entry_at(payload, "details")
    if text_at(payload, "notification_type") != "ToolPermission":
        return []
    kind = _KINDS.get(text_at(details, "type"), "permission")
    texts = (text_at(details, name) for name in _TEXTS)
    text = "" if kind == "question" else next(filter(None, texts), text_at(payload, "message"))
    return [
        f.Asked(
            at=at,
            kind=kind,
            text=text,
            tool=text_at(details, "toolName"),
            detail=text_at(details, "fileDiff"),
        )
    ]
