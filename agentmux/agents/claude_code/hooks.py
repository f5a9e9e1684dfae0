"""What Claude Code gives its hooks, as facts.

No hook tells that an approval was answered or that a turn was interrupted, so a tool that ends
or the next prompt is all that ends an ask here. A prompt is submitted while Claude works, too:
then it only waits inside.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from agentmux.agents.claude_code.tools import (
    KINDS,
    QUESTION,
    SUBAGENT,
    as_text,
    detail_of,
    given_to,
    input_of,
    options_of,
    paths_of,
    said_by,
)
from agentmux.core import facts as f
from agentmux.core.reading import count_at, items_at, text_at, value_at

Payload = Mapping[str, Any]

TASK = "<task-notification>"
"""How the prompt begins that Claude gives itself when a background task is over."""
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)


def parse_hook(payload: Payload, at: datetime) -> list[f.AnyFact]:
    """The facts of one payload; `at` is when the hook ran."""
    event = text_at(payload, "hook_event_name")
    if not event:
        return [f.Strange(at=at, what="a hook payload without an event")]
    reader = READERS.get(event)
    return reader(payload, at) if reader else []


def submitted(text: str, at: datetime, by: f.By) -> f.PromptSubmitted:
    """A prompt; of a background task's, what it says."""
    if not text.startswith(TASK):
        return f.PromptSubmitted(at=at, text=text, by=by)
    found = _SUMMARY.search(text)
    return f.PromptSubmitted(at=at, text=found[1].strip() if found else "", by="task")


def _session_start(payload: Payload, at: datetime) -> list[f.AnyFact]:
    why = text_at(payload, "source")
    told: list[f.AnyFact] = []
    if conversation := text_at(payload, "session_id"):
        path = text_at(payload, "transcript_path") or None
        told.append(f.ConversationNamed(at=at, id=conversation, why=why, path=path))
    if model := text_at(payload, "model"):
        told.append(f.ModelChosen(at=at, model=model))
    if title := text_at(payload, "session_title"):
        told.append(f.Titled(at=at, title=title))
    if why != "compact":  # compaction happens in mid-turn, too
        told.append(f.Ready(at=at))
    return told


def _prompt(payload: Payload, at: datetime) -> list[f.AnyFact]:
    return [submitted(text_at(payload, "prompt"), at, "person")]


def _tool_start(payload: Payload, at: datetime) -> list[f.AnyFact]:
    tool, given = text_at(payload, "tool_name"), given_to(payload, "tool_input")
    return [
        f.ToolStarted(
            at=at,
            tool=tool,
            call=_call(payload),
            input=input_of(given),
            paths=paths_of(tool, given),
            agent=_agent(payload),
        )
    ]


def _permission(payload: Payload, at: datetime) -> list[f.AnyFact]:
    tool, given = text_at(payload, "tool_name"), given_to(payload, "tool_input")
    return [
        f.Asked(
            at=at,
            kind=KINDS.get(tool, "permission"),
            text=said_by(tool, given),
            tool=tool,
            call=_call(payload),
            options=options_of(given) if tool == QUESTION else (),
            detail=detail_of(tool, given),
        )
    ]


def _denied(payload: Payload, at: datetime) -> list[f.AnyFact]:
    """By auto mode's own check; the person's denials have no hook."""
    return [f.Answered(at=at, decision="denied", by="rule", call=_call(payload))]


def _tool_end(payload: Payload, at: datetime) -> list[f.AnyFact]:
    ended = f.ToolEnded(
        at=at,
        tool=text_at(payload, "tool_name"),
        call=_call(payload),
        ok=text_at(payload, "hook_event_name") == "PostToolUse",
        error=_error(payload),
        duration_s=count_at(payload, "duration_ms") / 1000 if "duration_ms" in payload else None,
        agent=_agent(payload),
    )
    return [ended, *_launched(payload, at)]


def _launched(payload: Payload, at: datetime) -> list[f.AnyFact]:
    """A subagent that goes on in the background; only here is it told what it is for."""
    response = value_at(payload, "tool_response")
    agent, title = text_at(response, "agentId"), text_at(response, "description")
    is_going_on = text_at(response, "status") == "async_launched"
    if text_at(payload, "tool_name") in SUBAGENT and is_going_on and agent and title:
        return [f.SubagentStarted(at=at, agent=agent, title=title)]
    return []


def _error(payload: Payload) -> str:
    error = value_at(payload, "error")
    return error if isinstance(error, str) else as_text(error) if error else ""


def _stop(payload: Payload, at: datetime) -> list[f.AnyFact]:
    """Subagents in the background hold the turn: Claude goes on by itself when they are done."""
    running = [
        task
        for task in items_at(payload, "background_tasks")
        if text_at(task, "status") in ("running", "")
    ]
    told: list[f.AnyFact] = [f.Background(at=at, tasks=tuple(map(_task, running)))]
    if not any(text_at(task, "type") == "subagent" for task in running):
        text = text_at(payload, "last_assistant_message")
        told.append(f.TurnEnded(at=at, how="done", text=text))
    return told


def _task(task: object) -> str:
    names = ("description", "command", "agent_type", "type", "id")
    return next(filter(None, (text_at(task, name) for name in names)), "task")


def _failure(payload: Payload, at: datetime) -> list[f.AnyFact]:
    kind, text = text_at(payload, "error"), text_at(payload, "last_assistant_message")
    if kind == "rate_limit":  # when it ends is told by the transcript alone
        return [f.Limited(at=at, text=text)]
    return [f.Errored(at=at, kind=kind, text=text)]


def _subagent_start(payload: Payload, at: datetime) -> list[f.AnyFact]:
    agent = _agent(payload)
    return [f.SubagentStarted(at=at, agent=agent, title=_type(payload))] if agent else []


def _subagent_stop(payload: Payload, at: datetime) -> list[f.AnyFact]:
    """Compaction stops two that never started; those have no type."""
    agent = _agent(payload)
    return [f.SubagentEnded(at=at, agent=agent)] if agent and _type(payload) else []


def _compacted(payload: Payload, at: datetime) -> list[f.AnyFact]:
    return [f.Compacted(at=at, automatic=text_at(payload, "trigger") == "auto")]


def _model(payload: Payload, at: datetime) -> list[f.AnyFact]:
    model = text_at(payload, "to_model")
    return [f.ModelChosen(at=at, model=model)] if model else []


def _session_end(payload: Payload, at: datetime) -> list[f.AnyFact]:
    """`clear` and `resume` end a conversation, and the program goes on with another."""
    why = text_at(payload, "reason")
    return [] if why in ("clear", "resume") else [f.Ended(at=at, why=why)]


def _call(payload: Payload) -> str | None:
    return text_at(payload, "tool_use_id") or None


def _agent(payload: Payload) -> str | None:
    return text_at(payload, "agent_id") or None


def _type(payload: Payload) -> str:
    return text_at(payload, "agent_type")


READERS: Mapping[str, Callable[[Payload, datetime], list[f.AnyFact]]] = {
    "SessionStart": _session_start,
    "UserPromptSubmit": _prompt,
    "PreToolUse": _tool_start,
    "PermissionRequest": _permission,
    "PermissionDenied": _denied,
    "PostToolUse": _tool_end,
    "PostToolUseFailure": _tool_end,
    "SubagentStart": _subagent_start,
    "SubagentStop": _subagent_stop,
    "PostCompact": _compacted,
    "PostModelSwitch": _model,
    "Stop": _stop,
    "StopFailure": _failure,
    "SessionEnd": _session_end,
}
