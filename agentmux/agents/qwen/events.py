"""Qwen Code's events, which it writes to `--json-file` while its terminal runs as ever.

The lines have no times: a fact is as late as its reading. An answer that was cut off comes as one
without `total_tokens`, a failed request as an answer that begins with `[API Error`; a refusal
leaves no line at all. Figures are taken from the chat file, whose ids side requests share.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import entry_at, items_at, text_at, value_at

_ASKS: dict[str, f.AskKind] = {"ask_user_question": "question", "exit_plan_mode": "plan"}
_QUIET = frozenset({"result", "control_cancel_request"})
_ERROR = re.compile(r"\s*\[API Error: (?P<text>.*)\]", re.DOTALL)
_WRITES = frozenset({"write_file", "edit", "notebook_edit"})


def parse_event(line: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one line; those of a subagent say nothing of the session's own state."""
    if text_at(line, "parent_tool_use_id"):
        return []
    match text_at(line, "type"):
        case "system":
            return _system(line, at)
        case "user":
            return list(_user(line, at))
        case "stream_event":
            began = text_at(line, "event", "type") == "message_start"
            return [f.Working(at=at)] if began else []
        case "assistant":
            return list(_answer(line, at))
        case "control_request":
            return _asked(entry_at(line, "request"), at)
        case "control_response":
            return _answered(entry_at(line, "response"), at)
        case kind if kind in _QUIET:
            return []
        case kind:
            return [f.Strange(at=at, what=f"event {kind!r:.60}")]


def _system(line: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    match text_at(line, "subtype"):
        case "session_start":
            return [*_named(line, at), f.Ready(at=at)]
        case "session_end":
            return [f.Ended(at=at)]
        case "model_fallback":
            model = text_at(line, "data", "toModel")
            return [f.ModelChosen(at=at, model=model)] if model else []
        case _:
            return []


def _named(line: Mapping[str, Any], at: datetime) -> Iterator[f.AnyFact]:
    """The conversation: after `/clear` only the next prompt tells that it is another one."""
    if name := text_at(line, "session_id"):
        yield f.ConversationNamed(at=at, id=name)


def _user(line: Mapping[str, Any], at: datetime) -> Iterator[f.AnyFact]:
    """A prompt, or what a tool gave back."""
    content = value_at(line, "message", "content")
    texts = [content] if isinstance(content, str) else []
    for block in items_at(content):
        if text_at(block, "type") == "tool_result":
            failed = value_at(block, "is_error")
            yield f.ToolEnded(
                at=at,
                call=text_at(block, "tool_use_id") or None,
                ok=not failed if isinstance(failed, bool) else None,
                error=text_at(block, "content") if failed is True else "",
            )
        elif text_at(block, "type") == "text":
            texts.append(text_at(block, "text"))
    if texts:
        yield from _named(line, at)
        yield f.PromptSubmitted(at=at, text="\n".join(texts), by="person")


def _answer(line: Mapping[str, Any], at: datetime) -> Iterator[f.AnyFact]:
    """One whole answer: its tools, or the end of the turn."""
    blocks = items_at(line, "message", "content")
    calls = [block for block in blocks if text_at(block, "type") == "tool_use"]
    for call in calls:
        yield _started(call, at)
    if calls:
        return
    text = "".join(text_at(block, "text") for block in blocks)
    error = _ERROR.match(text)
    if error is not None and "total_tokens" not in entry_at(line, "message", "usage"):
        yield f.Errored(at=at, kind="api_error", text=error["text"])
    else:
        yield f.TurnEnded(at=at, how="unknown", text=text)


def _started(call: object, at: datetime) -> f.ToolStarted:
    given, tool = entry_at(call, "input"), text_at(call, "name")
    path = text_at(given, "file_path")
    return f.ToolStarted(
        at=at,
        tool=tool,
        call=text_at(call, "id") or None,
        input=text_at(given, "command") or _as_text(given),
        paths=(path,) if path and tool in _WRITES else (),
    )


def _asked(request: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    if text_at(request, "subtype") != "can_use_tool":
        return []
    tool, given = text_at(request, "tool_name"), entry_at(request, "input")
    kind = _ASKS.get(tool, "permission")
    if kind == "question":
        text = text_at(given, "questions", 0, "question")
        offered = items_at(given, "questions", 0, "options")
        detail = ""
    else:
        offered = items_at(request, "permission_suggestions")
        text = text_at(given, "command") or text_at(offered, 0, "description")
        detail = _as_text(given)
    return [
        f.Asked(
            at=at,
            kind=kind,
            text=text,
            tool=tool,
            call=text_at(request, "tool_use_id") or None,
            options=tuple(filter(None, (text_at(option, "label") for option in offered))),
            detail=detail,
        )
    ]


def _answered(response: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    allowed = value_at(response, "response", "allowed")
    if text_at(response, "subtype") != "success" or not isinstance(allowed, bool):
        return [f.Answered(at=at)]
    return [f.Answered(at=at, decision="allowed" if allowed else "denied")]


def _as_text(given: Mapping[str, Any]) -> str:
    return json.dumps(given, ensure_ascii=False, default=str) if given else ""
