"""What opencode's server streams, and what it answers when asked: state, asks, tools, usage.

All conversations come in one stream, a subagent's too, so each fact says of which it is. Work is
told by the messages and not by `session.status`: that says `busy` once more between the end of
the last message and `idle`. How a turn ended is told by what comes before `idle`. Written after
1.18.33.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import (
    count_at,
    entry_at,
    items_at,
    money_at,
    text_at,
    time_of,
    value_at,
)
from agentmux.core.usage import tokens_beside

LIMIT_AFTER = timedelta(minutes=2)
"""A wait before the next try that is longer is for a vendor's limit: it backs off half a minute
at most by itself."""
PERMITS: tuple[str, ...] = ("Allow once", "Allow always", "Reject")
WRITERS = frozenset({"write", "edit", "multiedit", "patch", "apply_patch"})
"""Tools that write the file they name."""
ON = frozenset({"tool-calls", "unknown"})
"""Ends of a message after which the agent goes on."""
VENDORS = frozenset({"anthropic", "openai", "google"})
"""Provider ids that say whose prices hold; others are names the person chose."""

Facts = Iterator[f.AnyFact]


def parse_event(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one event of the stream, or of the answers to what is asked beside it."""
    if "asked" in record:
        return list(_asked_beside(entry_at(record, "asked"), at))
    read = _READERS.get(text_at(record, "type"))
    return list(read(entry_at(record, "properties"), at)) if read else []


def _asked_beside(answers: Mapping[str, Any], at: datetime) -> Facts:
    """How it stands now, in place of what was missed."""
    told: dict[str, Any] = {}
    for place, answer in answers.items():
        told[place.partition("?")[0].rpartition("/")[2]] = answer
    for child in items_at(told, "children"):
        yield f.SubagentStarted(at=at, agent=text_at(child, "id"), title=text_at(child, "title"))
    for message in items_at(told, "message"):
        yield from _usage(entry_at(message, "info"), at)
    if not isinstance(told.get("status"), Mapping):
        return
    yield f.Answered(at=at)  # whatever was open before; what still is comes again below
    for conversation, status in told["status"].items():
        if isinstance(status, Mapping):
            yield from _status(status, str(conversation), at, busy=True)
    if not told["status"]:
        yield f.TurnEnded(at=at, how="unknown")
    for asked in items_at(told, "permission"):
        yield _permission(asked, at)
    for asked in items_at(told, "question"):
        yield _question(asked, at)


def _created(about: Mapping[str, Any], at: datetime) -> Facts:
    info = entry_at(about, "info")
    name, parent = text_at(info, "id"), text_at(info, "parentID")
    if name and parent:
        yield f.SubagentStarted(at=at, agent=name, title=text_at(info, "title"))
    elif name:
        yield f.ConversationNamed(at=at, id=name, why="startup")


def _status_changed(about: Mapping[str, Any], at: datetime) -> Facts:
    yield from _status(entry_at(about, "status"), text_at(about, "sessionID"), at)


def _status(
    status: Mapping[str, Any], conversation: str, at: datetime, *, busy: bool = False
) -> Facts:
    """`busy` says that this stands alone, without the messages that tell of work."""
    match text_at(status, "type"):
        case "busy" if busy:
            yield f.Working(at=at, conversation=conversation)
        case "retry":
            yield _retry(status, conversation, at)
        case "idle":
            yield f.TurnEnded(at=at, how="unknown", conversation=conversation)


def _retry(status: Mapping[str, Any], conversation: str, at: datetime) -> f.AnyFact:
    text = text_at(status, "message")
    after = time_of(value_at(status, "next"), at)
    if after - at > LIMIT_AFTER:
        return f.Limited(at=at, until=after, text=text, conversation=conversation)
    attempt = count_at(status, "attempt") or None
    return f.Retrying(at=at, attempt=attempt, next=after, text=text, conversation=conversation)


def _failed(about: Mapping[str, Any], at: datetime) -> Facts:
    conversation = text_at(about, "sessionID")
    name, text = text_at(about, "error", "name"), text_at(about, "error", "data", "message")
    if name == "MessageAbortedError":
        yield f.TurnEnded(at=at, how="interrupted", conversation=conversation)
    elif name:
        kind = _vendor_word(about) or name
        yield f.Errored(at=at, kind=kind, text=text, conversation=conversation)


def _vendor_word(about: Mapping[str, Any]) -> str:
    """The type of error in the vendor's own answer."""
    try:
        body = json.loads(text_at(about, "error", "data", "responseBody"))
    except (ValueError, RecursionError):
        return ""
    return text_at(body, "error", "type") or text_at(body, "error", "code")


def _message(about: Mapping[str, Any], at: datetime) -> Facts:
    info = entry_at(about, "info")
    conversation = text_at(info, "sessionID")
    match text_at(info, "role"):
        # Said again with a summary of what changed, also long after the turn.
        case "user" if "summary" not in info:
            if conversation:
                yield f.ConversationNamed(at=at, id=conversation, conversation=conversation)
            yield f.PromptSubmitted(at=at, by="person", conversation=conversation)
        case "assistant":
            yield from _usage(info, at)
            is_over = "completed" in entry_at(info, "time")
            finish, is_aside = text_at(info, "finish"), _is_compaction(info)
            if not is_over and not finish and not info.get("error"):
                yield f.Working(at=at, conversation=conversation)
            elif is_over and finish and finish not in ON and not is_aside:
                yield f.TurnEnded(at=at, how="done", conversation=conversation)


def _is_compaction(info: Mapping[str, Any]) -> bool:
    return text_at(info, "mode") == "compaction" or info.get("summary") is True


def _usage(info: Mapping[str, Any], at: datetime) -> Facts:
    """What a message took; one that was cut off by itself or by the person took at least that."""
    done = value_at(info, "time", "completed")
    if text_at(info, "role") != "assistant" or done is None:
        return
    failed = entry_at(info, "error")
    tokens = entry_at(info, "tokens")
    sent, read = count_at(tokens, "input"), count_at(tokens, "cache", "read")
    written, output = count_at(tokens, "cache", "write"), count_at(tokens, "output")
    # Some versions count the reasoning of some vendors within the output, some beside it.
    beside = count_at(tokens, "total") - sent - read - written - output
    output += max(0, min(beside, count_at(tokens, "reasoning")))
    took = tokens_beside(sent, output, read, written)
    if not text_at(info, "id") or (
        took.is_empty and (not failed or "statusCode" in entry_at(failed, "data"))
    ):
        return  # an answer that is a refusal costs nothing
    provider = text_at(info, "providerID")
    yield f.Usage(
        at=time_of(done, at),
        response=text_at(info, "id"),
        tokens=took,
        model=text_at(info, "modelID") or None,
        provider=provider if provider in VENDORS else None,
        side="compaction" if _is_compaction(info) else None,
        complete=not failed,
        reported_usd=money_at(info, "cost"),
        conversation=text_at(info, "sessionID"),
    )


def _part(about: Mapping[str, Any], at: datetime) -> Facts:
    part = entry_at(about, "part")
    conversation = text_at(part, "sessionID")
    match text_at(part, "type"):
        case "step-start":
            yield f.Working(at=at, conversation=conversation)
        case "tool":
            yield from _tool(part, conversation, at)
        case "compaction":
            automatic = value_at(part, "auto")
            yield f.Compacted(
                at=at,
                automatic=automatic if isinstance(automatic, bool) else None,
                conversation=conversation,
            )


def _tool(part: Mapping[str, Any], conversation: str, at: datetime) -> Facts:
    tool, call = text_at(part, "tool"), text_at(part, "callID") or None
    state = entry_at(part, "state")
    given = entry_at(state, "input")
    match text_at(state, "status"):
        case "running" if "metadata" not in state:  # else its output so far
            path = text_at(given, "filePath")
            yield f.ToolStarted(
                at=at,
                tool=tool,
                call=call,
                input=text_at(given, "command") or json.dumps(given, ensure_ascii=False),
                paths=(path,) if path and tool in WRITERS else (),
                conversation=conversation,
            )
        case "completed" | "error" as how:
            if child := text_at(state, "metadata", "sessionId"):
                yield f.SubagentEnded(at=at, agent=child, conversation=conversation)
            yield f.ToolEnded(
                at=at,
                tool=tool,
                call=call,
                ok=how == "completed",
                error=text_at(state, "error"),
                conversation=conversation,
            )


def _permission(about: Mapping[str, Any], at: datetime) -> f.AnyFact:
    """Its subject is the command, else the file, else the patterns it is about."""
    more = entry_at(about, "metadata")
    patterns = ", ".join(one for one in items_at(about, "patterns") if isinstance(one, str))
    return f.Asked(
        at=at,
        kind="permission",
        text=text_at(more, "command") or text_at(more, "filepath") or patterns,
        tool=text_at(about, "permission"),
        call=text_at(about, "tool", "callID") or None,
        options=PERMITS,
        detail=text_at(more, "diff"),
        request=text_at(about, "id") or None,
        conversation=text_at(about, "sessionID") or None,
    )


def _question(about: Mapping[str, Any], at: datetime) -> f.AnyFact:
    """The first question's options; all questions as text."""
    questions = items_at(about, "questions")
    options = items_at(about, "questions", 0, "options")
    return f.Asked(
        at=at,
        kind="question",
        text="\n".join(filter(None, (text_at(one, "question") for one in questions))),
        tool="question",
        call=text_at(about, "tool", "callID") or None,
        options=tuple(filter(None, (text_at(one, "label") for one in options))),
        request=text_at(about, "id") or None,
        conversation=text_at(about, "sessionID") or None,
    )


def _replied(about: Mapping[str, Any], at: datetime) -> Facts:
    denied = text_at(about, "reply") == "reject"
    yield f.Answered(
        at=at,
        decision="denied" if denied else "allowed",
        by="person",
        request=text_at(about, "requestID") or None,
        conversation=text_at(about, "sessionID") or None,
    )


def _question_over(decision: Any) -> Callable[[Mapping[str, Any], datetime], Facts]:
    def read(about: Mapping[str, Any], at: datetime) -> Facts:
        yield f.Answered(
            at=at,
            decision=decision,
            by="person",
            request=text_at(about, "requestID") or None,
            conversation=text_at(about, "sessionID") or None,
        )

    return read


def _idle(about: Mapping[str, Any], at: datetime) -> Facts:
    yield f.TurnEnded(at=at, how="unknown", conversation=text_at(about, "sessionID"))


_READERS: Mapping[str, Callable[[Mapping[str, Any], datetime], Facts]] = {
    "session.created": _created,
    "session.status": _status_changed,
    "session.idle": _idle,
    "session.error": _failed,
    "message.updated": _message,
    "message.part.updated": _part,
    "permission.asked": lambda about, at: iter((_permission(about, at),)),
    "permission.replied": _replied,
    "question.asked": lambda about, at: iter((_question(about, at),)),
    "question.replied": _question_over("answered"),
    "question.rejected": _question_over("denied"),
}
"""What else is streamed is no news to us."""
