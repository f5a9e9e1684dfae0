"""What Copilot writes of a conversation as it goes: `session-state/ID/events.jsonl`.

It names each ask and says when it is over, a denial and an interruption included. What it does
not say is that a request is tried again or has failed for good: a turn whose model cannot be
reached goes on. A turn is over with the first message that calls no tool; `assistant.turn_end`
ends each request to the model. Written after 1.0.102.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, items_at, text_at, time_of, value_at
from agentmux.core.usage import Tokens, tokens_within

ASKS = "ask_user"
"""The tool by which it puts a question; it asks until the tool's call is over."""
TURNS = frozenset({"", "conversation-agent"})
"""What a request was for when it was no side request."""

Facts = Iterator[f.AnyFact]
Read = Callable[[Mapping[str, Any], datetime, str | None], Facts]


def parse_event(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one line."""
    read = _READERS.get(text_at(record, "type"))
    if read is None:
        return []
    agent = text_at(record, "agentId") or None
    when = min(time_of(value_at(record, "timestamp"), at), at)
    data = {"line": text_at(record, "id"), **entry_at(record, "data")}
    return list(read(data, when, agent))


def _started(why: str) -> Read:
    def read(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
        if name := text_at(data, "sessionId"):
            yield f.ConversationNamed(at=at, id=name, why=why)
        if model := text_at(data, "selectedModel"):
            yield f.ModelChosen(at=at, model=model)
        yield f.Ready(at=at)

    return read


def _model(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if agent is None and (model := text_at(data, "newModel")):
        yield f.ModelChosen(at=at, model=model)


def _prompt(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if agent is None:
        yield f.PromptSubmitted(at=at, text=text_at(data, "content"), by="person")


def _turn_started(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if agent is None:
        yield f.Working(at=at)


def _message(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if agent is None and value_at(data, "toolRequests") == []:
        yield f.TurnEnded(at=at, how="done", text=text_at(data, "content"))


def _aborted(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if agent is None:
        yield f.TurnEnded(at=at, how="interrupted")
    # Cut off in the middle of an answer, and not while it asked: that answer is never counted.
    if text_at(data, "reason") == "user_abort" and (line := text_at(data, "line")):
        yield f.Usage(at=at, response=line, tokens=Tokens(), agent=agent, complete=False)


def _usage(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    used = entry_at(data, "usage")
    response = text_at(used, "apiCallId") or text_at(used, "accounting", "usageId")
    for_ = text_at(used, "interactionType")
    if response:
        side = None if for_ in TURNS or agent else for_
        yield f.Usage(at=at, response=response, side=side, agent=agent, **_figures(used))


def _figures(used: Mapping[str, Any]) -> dict[str, Any]:
    """Its own figure of the input holds the cache as well."""
    tokens = tokens_within(
        count_at(used, "inputTokens"),
        count_at(used, "outputTokens"),
        count_at(used, "cacheReadTokens"),
        count_at(used, "cacheWriteTokens"),
    )
    return {"tokens": tokens, "model": text_at(used, "model") or None}


def _tool_started(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    tool, call = text_at(data, "toolName"), text_at(data, "toolCallId") or None
    given = value_at(data, "arguments")
    inner = entry_at(data, "arguments")
    said = given if isinstance(given, str) else text_at(inner, "command")
    yield f.ToolStarted(
        at=at,
        tool=tool,
        call=call,
        input=said or json.dumps(given, ensure_ascii=False),
        paths=tuple(_texts(items_at(data, "shellToolInfo", "possiblePaths"))),
        agent=agent,
    )
    if tool == ASKS:
        question = text_at(inner, "message") or text_at(inner, "question")
        options = _texts(items_at(inner, "choices"))
        yield f.Asked(
            at=at,
            kind="question",
            text=question,
            tool=tool,
            call=call,
            options=tuple(options),
            request=call,
        )


def _tool_ended(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    ok = value_at(data, "success")
    yield f.ToolEnded(
        at=at,
        call=text_at(data, "toolCallId") or None,
        ok=ok if isinstance(ok, bool) else None,
        error=text_at(data, "error", "message"),
        paths=tuple(_texts(text_at(edit, "path") for edit in items_at(data, "fileEdits"))),
        agent=agent,
    )


def _asked(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    about = entry_at(data, "permissionRequest")
    subjects = ("fullCommandText", "fileName", "path", "url", "toolName", "intention")
    yield f.Asked(
        at=at,
        kind="permission",
        text=next(filter(None, (text_at(about, name) for name in subjects)), ""),
        tool=text_at(about, "kind"),
        call=text_at(about, "toolCallId") or None,
        detail=text_at(about, "diff"),
        request=text_at(data, "requestId") or None,
    )


def _permitted(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    how = text_at(data, "result", "kind")
    decision: Literal["allowed", "denied"] = "allowed" if how.startswith("approved") else "denied"
    by: Literal["person", "unknown"] = (
        "person" if text_at(data, "decisionSource") == "human_response" else "unknown"
    )
    yield f.Answered(
        at=at,
        decision=decision,
        by=by,
        call=text_at(data, "toolCallId") or None,
        request=text_at(data, "requestId") or None,
    )


def _responded(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    """The person's answer to a question; to a permission there is an event of its own."""
    if text_at(data, "response", "responseKind") == ASKS:
        call = text_at(data, "toolCallId") or None
        yield f.Answered(at=at, decision="answered", by="person", call=call, request=call)


def _subagent_started(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if name := agent or text_at(data, "toolCallId"):
        title = text_at(data, "agentDisplayName") or text_at(data, "agentName")
        yield f.SubagentStarted(at=at, agent=name, title=title)


def _subagent_ended(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if name := agent or text_at(data, "toolCallId"):
        yield f.SubagentEnded(at=at, agent=name)


def _compacted(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if agent is None and value_at(data, "success") is not False:
        trigger = text_at(data, "trigger")
        yield f.Compacted(at=at, automatic=trigger != "manual" if trigger else None)
    used, name = entry_at(data, "compactionTokensUsed"), text_at(data, "compactionAttemptId")
    if used and name:
        yield f.Usage(at=at, response=name, side="compaction", agent=agent, **_figures(used))


def _failed(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    if agent is None:
        yield f.Errored(at=at, kind=text_at(data, "errorType"), text=text_at(data, "message"))


def _ended(data: Mapping[str, Any], at: datetime, agent: str | None) -> Facts:
    yield f.Ended(at=at, why=text_at(data, "shutdownType"))


def _texts(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]


_READERS: Mapping[str, Read] = {
    "session.start": _started("startup"),
    "session.resume": _started("resume"),
    "session.model_change": _model,
    "session.usage_record": _usage,
    "session.compaction_complete": _compacted,
    "session.error": _failed,
    "session.shutdown": _ended,
    "user.message": _prompt,
    "assistant.turn_start": _turn_started,
    "assistant.message": _message,
    "abort": _aborted,
    "tool.execution_start": _tool_started,
    "tool.execution_complete": _tool_ended,
    "permission.requested": _asked,
    "permission.completed": _permitted,
    "human_response.recorded": _responded,
    "subagent.started": _subagent_started,
    "subagent.completed": _subagent_ended,
    "subagent.failed": _subagent_ended,
}
"""What else is written is no news to us."""
