"""Kimi Code's record of a conversation, `wire.jsonl`: turns, steps, asks, usage.

A response is told twice, as the end of a step and as a record of usage that has no id. The step
counts, for it names the response; the record counts where there was no step: titles, compaction.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from agentmux.core import facts as f
from agentmux.core.reading import (
    count_at,
    entry_at,
    items_at,
    text_at,
    time_of,
    value_at,
)
from agentmux.core.usage import Tokens, tokens_beside

Record: TypeAlias = Mapping[str, Any]
PROTOCOL = "1."
DECISIONS: Mapping[str, Any] = {"approved": "allowed", "rejected": "denied"}
KINDS: Mapping[str, f.AskKind] = {"approval": "permission", "question": "question"}
MAIN = "main"


def parse_wire(record: Record, at: datetime) -> list[f.AnyFact]:
    """The facts in one line; a kind that is not known gives none, for there are many."""
    read = _READERS.get(text_at(record, "type"))
    return read(record, time_of(record.get("time"), at)) if read else []


def _metadata(record: Record, at: datetime) -> list[f.AnyFact]:
    version = text_at(record, "protocol_version")
    if version.startswith(PROTOCOL):
        return []
    return [f.Strange(at=at, what=f"Kimi's record, version {version:.20}")]


def _prompt(record: Record, at: datetime) -> list[f.AnyFact]:
    if _subagent(record) is not None:
        return []
    is_person = text_at(record, "origin", "kind") == "user"
    text = "\n".join(filter(None, (text_at(part, "text") for part in items_at(record, "input"))))
    return [f.PromptSubmitted(at=at, text=text, by="person" if is_person else "task")]


def _turn_ended(record: Record, at: datetime) -> list[f.AnyFact]:
    agent = _subagent(record)
    if agent is not None:
        return [f.SubagentEnded(at=at, agent=agent)]
    match record.get("reason"):
        case "completed":
            return [f.TurnEnded(at=at, how="done")]
        case "cancelled":
            return [f.TurnEnded(at=at, how="interrupted")]
        case "failed":
            error = entry_at(record, "error")
            kind = text_at(error, "name") or text_at(error, "code")
            return [f.Errored(at=at, kind=kind, text=text_at(error, "message"))]
        case reason:
            return [
                f.TurnEnded(at=at, how="unknown"),
                f.Strange(at=at, what=f"Kimi's end of a turn {reason!s:.40}"),
            ]


def _retrying(record: Record, at: datetime) -> list[f.AnyFact]:
    if _subagent(record) is not None:
        return []
    delay = timedelta(milliseconds=min(max(0, count_at(record, "delayMs")), 86_400_000))
    return [
        f.Retrying(
            at=at,
            attempt=count_at(record, "nextAttempt") or None,
            next=at + delay,
            text=text_at(record, "errorMessage"),
        )
    ]


def _asked(record: Record, at: datetime) -> list[f.AnyFact]:
    request = entry_at(record, "request")
    display = entry_at(request, "display")
    command = text_at(display, "command") or text_at(display, "path")
    return [
        f.Asked(
            at=at,
            kind=KINDS.get(text_at(record, "kind")),
            text=command or text_at(request, "action") or text_at(request, "question"),
            tool=text_at(request, "toolName"),
            call=text_at(record, "toolCallId") or None,
            detail=text_at(display, "description") or text_at(display, "content"),
            request=text_at(record, "id") or None,
        )
    ]


def _answered(record: Record, at: datetime) -> list[f.AnyFact]:
    decision = DECISIONS.get(text_at(record, "response", "decision"), "unknown")
    request = text_at(record, "id") or None
    by: Any = "unknown" if decision == "unknown" else "person"
    return [f.Answered(at=at, decision=decision, by=by, request=request)]


def _model(record: Record, at: datetime) -> list[f.AnyFact]:
    model = text_at(record, "model")
    return [f.ModelChosen(at=at, model=model)] if model else []


def _side_usage(record: Record, at: datetime) -> list[f.AnyFact]:
    scope, tokens = text_at(record, "usageScope"), _tokens(entry_at(record, "usage"))
    if scope == "turn" or tokens.is_empty:
        return []
    agent = _subagent(record)
    response = f"{text_at(record, 'agentId')}:{at.timestamp():.3f}"
    model = text_at(record, "model") or None
    side = scope or "other"
    return [f.Usage(at=at, response=response, tokens=tokens, model=model, side=side, agent=agent)]


def _step(record: Record, at: datetime) -> list[f.AnyFact]:
    event, agent = entry_at(record, "event"), _subagent(record)
    match event.get("type"):
        case "step.begin" if count_at(event, "step") != 1:
            return []  # also begins each new attempt of a request that failed
        case "step.begin":
            started = f.SubagentStarted(at=at, agent=agent) if agent else f.Working(at=at)
            return [started]
        case "step.end":
            return _usage(event, agent, at)
        case "tool.call":
            return [_tool_call(event, agent, at)]
        case "tool.result":
            return [_tool_result(event, agent, at)]
        case _:
            return []


def _usage(event: Record, agent: str | None, at: datetime) -> list[f.AnyFact]:
    usage = value_at(event, "usage")
    is_cut = event.get("finishReason") == "interrupted"
    response = text_at(event, "messageId") or text_at(event, "uuid")
    if not response or not (isinstance(usage, Mapping) or is_cut):
        return []
    tokens = _tokens(entry_at(event, "usage"))
    return [f.Usage(at=at, response=response, tokens=tokens, agent=agent, complete=not is_cut)]


def _tool_call(event: Record, agent: str | None, at: datetime) -> f.ToolStarted:
    tool, args = text_at(event, "name"), entry_at(event, "args")
    path = text_at(args, "path")
    writes = text_at(event, "display", "operation") in ("write", "edit")
    return f.ToolStarted(
        at=at,
        tool=tool,
        call=text_at(event, "toolCallId") or None,
        input=text_at(args, "command") or path,
        paths=(path,) if path and writes else (),
        agent=agent,
    )


def _tool_result(event: Record, agent: str | None, at: datetime) -> f.ToolEnded:
    result = entry_at(event, "result")
    failed = result.get("isError") is True
    took = count_at(result, "durationMs")
    return f.ToolEnded(
        at=at,
        call=text_at(event, "toolCallId") or None,
        ok=not failed,
        error=text_at(result, "output") if failed else "",
        duration_s=took / 1000 if took else None,
        agent=agent,
    )


def _tokens(usage: Record) -> Tokens:
    return tokens_beside(
        count_at(usage, "inputOther"),
        count_at(usage, "output"),
        count_at(usage, "inputCacheRead"),
        count_at(usage, "inputCacheCreation"),
    )


def _subagent(record: Record) -> str | None:
    """The subagent that the line is of; None for the main one."""
    agent = text_at(record, "agentId")
    return agent if agent and agent != MAIN else None


_READERS: Mapping[str, Callable[[Record, datetime], list[f.AnyFact]]] = {
    "metadata": _metadata,
    "turn.prompt": _prompt,
    "turn.ended": _turn_ended,
    "turn.step.retrying": _retrying,
    "interaction.request": _asked,
    "interaction.resolved": _answered,
    "llm.request": _model,
    "usage.record": _side_usage,
    "context.append_loop_event": _step,
}
