"""Lines of Claude Code's transcript, and of its subagents', as facts.

It is written 100 to 300 ms late and says nothing at all of a turn that was interrupted before any
output; it alone tells who allowed a tool, what a prompt came from, and when a limit ends. Lines of
a subagent are `isSidechain` and bear on its tools and usage only, never on the state.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agentmux.agents.claude_code.hooks import submitted
from agentmux.agents.claude_code.telemetry import decided_by
from agentmux.agents.claude_code.tools import (
    QUESTION,
    as_text,
    detail_of,
    given_to,
    input_of,
    options_of,
    paths_of,
    said_by,
)
from agentmux.agents.claude_code.usage import usage_of_line
from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, items_at, money_at, text_at, time_of, value_at
from agentmux.core.usage import Tokens, sum_tokens, tokens_beside

Line = Mapping[str, Any]

INTERRUPTED = "[Request interrupted by user"
_SOURCES: Mapping[str, f.By] = {"typed": "person", "queued": "queue", "system": "task"}
"""Where a prompt came from; a line without it is no prompt, whatever its text."""


def parse_transcript(line: Line, at: datetime) -> list[f.AnyFact]:
    """The facts of one line; its own timestamp is when it happened."""
    at = time_of(line.get("timestamp"), at)
    match text_at(line, "type"):
        case "assistant":
            return list(_assistant(line, at))
        case "user":
            return list(_user(line, at))
        case "system":
            return _system(line, at)
        case "ai-title":
            return _titled(text_at(line, "aiTitle"), at)
        case "custom-title":
            return _titled(text_at(line, "customTitle"), at)
        case "cost-state":
            return _total(line, at)
        case _:
            return []


def _assistant(line: Line, at: datetime) -> Iterator[f.AnyFact]:
    if line.get("isApiErrorMessage") is True:
        if not _is_subagents(line):
            yield _error(line, at)
        return
    yield from usage_of_line(line, at)
    for block in items_at(line, "message", "content"):
        if text_at(block, "type") == "tool_use":
            yield from _call(line, block, at)


def _error(line: Line, at: datetime) -> f.AnyFact:
    kind = text_at(line, "error") or text_at(line, "apiErrorType")
    text = _text(value_at(line, "message", "content"))
    resets = time_of(value_at(line, "quotaLimits", "resetsAt"), at)
    if kind == "rate_limit" or resets != at:
        return f.Limited(at=at, until=resets if resets != at else None, text=text)
    return f.Errored(at=at, kind=kind, text=text)


def _call(line: Line, block: object, at: datetime) -> Iterator[f.AnyFact]:
    tool, given = text_at(block, "name"), given_to(block, "input")
    call, agent = text_at(block, "id") or None, text_at(line, "agentId") or None
    yield f.ToolStarted(
        at=at,
        tool=tool,
        call=call,
        input=input_of(given),
        paths=paths_of(tool, given),
        agent=agent,
    )
    if tool == QUESTION and not _is_subagents(line):
        yield f.Asked(
            at=at,
            kind="question",
            text=said_by(tool, given),
            tool=tool,
            call=call,
            options=options_of(given),
            detail=detail_of(tool, given),
            only_told=True,
        )


def _user(line: Line, at: datetime) -> Iterator[f.AnyFact]:
    content = value_at(line, "message", "content")
    results = [each for each in items_at(content) if text_at(each, "type") == "tool_result"]
    for result in results:
        yield from _result(line, result, at)
    if results or _is_subagents(line) or line.get("isMeta") is True:
        return
    text = _text(content)
    if by := _by(line):
        yield submitted(text, at, by)
    elif text.startswith(INTERRUPTED):
        yield f.TurnEnded(at=at, how="interrupted")


def _by(line: Line) -> f.By | None:
    source = text_at(line, "promptSource")
    if not source:
        return None
    is_persons = text_at(line, "origin", "kind") in ("human", "")
    return _SOURCES.get(source, "unknown") if is_persons else "task"


def _result(line: Line, result: object, at: datetime) -> Iterator[f.AnyFact]:
    call = text_at(result, "tool_use_id") or None
    denial = text_at(line, "toolDenialKind")
    if denial and line.get("toolDenialBeforeRun") is True:
        yield f.Answered(at=at, decision="denied", by=decided_by(denial), call=call)
    elif text_at(line, "permissionDecision", "decision") == "accept":
        by = decided_by(text_at(line, "permissionDecision", "source"))
        yield f.Answered(at=at, decision="allowed", by=by, call=call)
    failed = value_at(result, "is_error") is True
    yield f.ToolEnded(
        at=at,
        call=call,
        ok=not failed,
        error=_text(value_at(result, "content")) if failed else "",
        agent=text_at(line, "agentId") or None,
    )


def _system(line: Line, at: datetime) -> list[f.AnyFact]:
    if _is_subagents(line):
        return []
    match text_at(line, "subtype"):
        case "turn_duration":  # written when a turn ends by itself, and only then
            holds = count_at(line, "pendingBackgroundAgentCount") > 0
            return [] if holds else [f.TurnEnded(at=at, how="done")]
        case "compact_boundary":
            is_automatic = text_at(line, "compactMetadata", "trigger") == "auto"
            return [f.Compacted(at=at, automatic=is_automatic)]
        case _:
            return []


def _titled(title: str, at: datetime) -> list[f.AnyFact]:
    return [f.Titled(at=at, title=title)] if title else []


def _total(line: Line, at: datetime) -> list[f.AnyFact]:
    """Claude's own total: written when it leaves, begun anew after `/clear` and after a kill."""
    usd = money_at(line, "totalCostUSD")
    if usd is None:
        return []
    tokens = sum_tokens(_of_model(each) for each in entry_at(line, "modelUsage").values())
    return [f.UsageTotal(at=at, usd=usd, tokens=tokens, scope=text_at(line, "sessionId"))]


def _of_model(used: object) -> Tokens:
    hour = count_at(used, "cacheCreationEphemeral1hInputTokens")
    return tokens_beside(
        count_at(used, "inputTokens"),
        count_at(used, "outputTokens"),
        count_at(used, "cacheReadInputTokens"),
        count_at(used, "cacheCreationInputTokens") - hour,
        hour,
    )


def _is_subagents(line: Line) -> bool:
    return line.get("isSidechain") is True or bool(text_at(line, "agentId"))


def _text(content: object) -> str:
    """The text of a message, whose content is one or a list of blocks."""
    if isinstance(content, str):
        return content
    texts = [text_at(block, "text") for block in items_at(content)]
    return "\n".join(filter(None, texts)) or (as_text(content) if content else "")
