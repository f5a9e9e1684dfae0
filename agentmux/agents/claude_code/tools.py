"""What a tool call of Claude Code says to a person: its text, its files, its question.

Hooks and transcript carry the same input, so both are read here. Tools of MCP servers have
inputs of any shape: what is not known is shown as JSON.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from agentmux.core.facts import AskKind
from agentmux.core.reading import entry_at, items_at, text_at

QUESTION = "AskUserQuestion"
KINDS: Mapping[str, AskKind] = {QUESTION: "question", "ExitPlanMode": "plan"}
"""Tools that are an ask by themselves; any other one is asked permission for."""
SUBAGENT = ("Agent", "Task")
WRITES = ("Write", "Edit", "MultiEdit", "NotebookEdit")
_TELLING = ("command", "file_path", "notebook_path", "url", "query", "pattern", "path", "skill")
"""Inputs of which one says what the call is about, the first found."""


def as_text(value: object) -> str:
    """`value` as JSON on one line; empty when it cannot be written."""
    return _json(value, None)


def said_by(tool: str, given: Mapping[str, Any]) -> str:
    """What the call is about in one text: the command, the file, the question."""
    if tool == QUESTION:
        return "\n".join(questions(given))
    if tool == "ExitPlanMode":
        return "Start with this plan?"
    return next(filter(None, (text_at(given, name) for name in _TELLING)), "") or as_text(given)


def input_of(given: Mapping[str, Any]) -> str:
    """The whole input: the command when that is the heart of it, else JSON."""
    return text_at(given, "command") or as_text(given)


def paths_of(tool: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The files that the call is to write."""
    path = text_at(given, "file_path") or text_at(given, "notebook_path")
    return (path,) if tool in WRITES and path else ()


def detail_of(tool: str, given: Mapping[str, Any]) -> str:
    """More for whoever is asked: the change as lines with `-` and `+`, the plan, the rest."""
    if tool in WRITES:
        return "\n".join(_changed(given))
    if tool == "ExitPlanMode":
        return text_at(given, "plan")
    if tool == QUESTION:
        return "\n".join(_choices(given))
    if "command" in given:
        return text_at(given, "description")
    return _json(given, 2) if given else ""


def questions(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions of one `AskUserQuestion`, as they are asked one after the other."""
    asked = (text_at(each, "question") for each in items_at(given, "questions"))
    return tuple(text for text in asked if text)


def options_of(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The choices of the first question, in the order of their numbers."""
    return _labels(next(iter(items_at(given, "questions")), None))


def _labels(question: object) -> tuple[str, ...]:
    labels = (text_at(option, "label") for option in items_at(question, "options"))
    return tuple(label for label in labels if label)


def _choices(given: Mapping[str, Any]) -> Iterator[str]:
    for question in items_at(given, "questions"):
        yield text_at(question, "question")
        for option in items_at(question, "options"):
            said = text_at(option, "description")
            yield f"  {text_at(option, 'label')}" + (f": {said}" if said else "")


def _changed(given: Mapping[str, Any]) -> Iterator[str]:
    for edit in items_at(given, "edits") or (given,):
        yield from (f"- {line}" for line in text_at(edit, "old_string").splitlines())
        yield from (f"+ {line}" for line in text_at(edit, "new_string").splitlines())
    content = text_at(given, "content") or text_at(given, "new_source")
    yield from (f"+ {line}" for line in content.splitlines())


def _json(value: object, indent: int | None) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent)
    except (ValueError, TypeError, RecursionError):
        return ""


def given_to(record: object, *path: str | int) -> Mapping[str, Any]:
    """The input of a call; an empty one when it is none."""
    return entry_at(record, *path)
