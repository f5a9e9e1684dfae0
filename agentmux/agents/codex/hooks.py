"""Codex's hooks: prompts, tools and asks with their texts, ends of turns; never how an ask ended.

A hidden conversation that only names the task runs no hooks. Two things no hook tells: that an ask
was answered (until the tool has ended) and that a turn ended by an error.
"""

import json
import posixpath
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import entry_at, items_at, text_at, value_at

QUESTION = "request_user_input"
"""The tool by which the model asks the person; outside the plan mode Codex refuses it at once."""
_PATCHED = re.compile(r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$", re.M)


def parse_hook(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one payload."""
    match text_at(record, "hook_event_name"):
        case "SessionStart":
            return _started(record, at)
        case "UserPromptSubmit":
            return [f.PromptSubmitted(at=at, text=text_at(record, "prompt"), by="person")]
        case "PreToolUse":
            return _calls(record, at)
        case "PermissionRequest":
            return [_asked(record, at)]
        case "PostToolUse":
            return [_tool_ended(record, at)]
        case "PreCompact":
            return [f.Working(at=at, activity="compacting")]
        case "PostCompact":
            return _compacted(record, at)
        case "SubagentStart" if agent := text_at(record, "agent_id"):
            return [f.SubagentStarted(at=at, agent=agent, title=text_at(record, "agent_type"))]
        case "SubagentStop" if agent := text_at(record, "agent_id"):
            return [f.SubagentEnded(at=at, agent=agent)]
        case "Stop":
            text = text_at(record, "last_assistant_message")
            return [f.TurnEnded(at=at, how="done", text=text)]
        case "Interrupt":
            return [f.TurnEnded(at=at, how="interrupted")]
        case "SessionEnd":
            return [f.Ended(at=at, why=text_at(record, "reason"))]
        case name:
            return [f.Strange(at=at, what=f"hook {name:.40}")]


def _started(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """At the first prompt, not at the start of the program; and after each compaction."""
    name = text_at(record, "session_id")
    if not name:
        return [f.Strange(at=at, what="hook SessionStart without a session")]
    why, path = text_at(record, "source"), text_at(record, "transcript_path")
    return [f.ConversationNamed(at=at, id=name, why=why, path=path or None)]


def _calls(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    tool = text_at(record, "tool_name")
    started = f.ToolStarted(
        at=at,
        tool=tool,
        call=text_at(record, "tool_use_id") or None,
        input=_input(record),
        paths=_paths(record),
        agent=text_at(record, "agent_id") or None,
    )
    return [started, *_questions(record, at)] if tool == QUESTION else [started]


def _questions(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """What is asked, should Codex let it: that it does, others tell."""
    questions = items_at(record, "tool_input", "questions")
    text = "\n".join(filter(None, (text_at(one, "question") for one in questions)))
    labels = (text_at(one, "label") for one in items_at(record, "tool_input", "questions", 0,
                                                        "options"))  # fmt: skip
    if not text:
        return []
    options = tuple(filter(None, labels)) if len(questions) == 1 else ()
    call = text_at(record, "tool_use_id") or None
    return [f.Asked(at=at, kind="question", text=text, call=call, options=options, only_told=True)]


def _asked(record: Mapping[str, Any], at: datetime) -> f.Asked:
    """The tool's call id is missing here: it is that of the newest call with this input."""
    paths = _paths(record)
    command = text_at(record, "tool_input", "command")
    reason = text_at(record, "tool_input", "description")
    is_patch = command.startswith("*** Begin Patch")
    text = ", ".join(paths) if is_patch else command
    detail = "\n\n".join(filter(None, (reason, command if is_patch else "")))
    return f.Asked(
        at=at,
        kind="permission",
        text=text or _input(record),
        tool=text_at(record, "tool_name"),
        detail=detail,
    )


def _tool_ended(record: Mapping[str, Any], at: datetime) -> f.ToolEnded:
    return f.ToolEnded(
        at=at,
        tool=text_at(record, "tool_name"),
        call=text_at(record, "tool_use_id") or None,
        agent=text_at(record, "agent_id") or None,
    )


def _compacted(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """One that the person asked for is a turn of its own, and no `Stop` follows on it."""
    automatic = text_at(record, "trigger") != "manual"
    done: list[f.AnyFact] = [] if automatic else [f.TurnEnded(at=at, how="done")]
    return [f.Compacted(at=at, automatic=automatic), *done]


def _input(record: Mapping[str, Any]) -> str:
    command = text_at(record, "tool_input", "command")
    return command or json.dumps(entry_at(record, "tool_input"), ensure_ascii=False, default=str)


def _paths(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Absolute paths of the files that a patch names."""
    if "patch" not in text_at(record, "tool_name"):
        return ()
    folder = text_at(record, "cwd")
    command = value_at(record, "tool_input", "command")
    found = _PATCHED.findall(command) if isinstance(command, str) else []
    return tuple(dict.fromkeys(posixpath.join(folder, path) for path in found))
