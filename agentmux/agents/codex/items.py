"""The items of a rollout: prompts, tools once they are over, subagents.

A tool's item comes when the tool has ended, be it after the turn (a command in the background): it
begins nothing.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import count_at, entry_at, items_at, text_at, value_at

_SUBAGENT: Mapping[str, str] = {"started": "start", "completed": "end", "interrupted": "end"}


def parse_item(item: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one item; of most there are none."""
    match text_at(item, "type"):
        case "UserMessage":
            return [f.PromptSubmitted(at=at, text=_text(item), by="person")]
        case "CommandExecution":
            return [_command(item, at)]
        case "FileChange":
            return [_patch(item, at)]
        case "McpToolCall":
            return [_mcp_call(item, at)]
        case "SubAgentActivity":
            return _subagent(item, at)
        case _:
            return []


def _text(item: Mapping[str, Any]) -> str:
    parts = (text_at(part, "text") for part in items_at(item, "content"))
    return "\n".join(filter(None, parts))


def _command(item: Mapping[str, Any], at: datetime) -> f.ToolEnded:
    code = value_at(item, "exit_code")
    duration = entry_at(item, "duration")
    seconds = count_at(duration, "secs") + count_at(duration, "nanos") / 1e9
    words = [word for word in items_at(item, "command") if isinstance(word, str)]
    is_shell = len(words) == 3 and words[1] in ("-c", "-lc")
    ok = code == 0 if isinstance(code, int) else _ok(item)
    return f.ToolEnded(
        at=at,
        tool="Bash",
        call=text_at(item, "id") or None,
        ok=ok,
        error="" if ok or ok is None else text_at(item, "aggregated_output"),
        duration_s=seconds if duration else None,
        input=words[2] if is_shell else " ".join(words),
    )


def _patch(item: Mapping[str, Any], at: datetime) -> f.ToolEnded:
    ok = _ok(item)
    return f.ToolEnded(
        at=at,
        tool="apply_patch",
        call=text_at(item, "id") or None,
        ok=ok,
        error=text_at(item, "stderr") if ok is False else "",
        paths=tuple(path for path in entry_at(item, "changes") if isinstance(path, str)),
    )


def _mcp_call(item: Mapping[str, Any], at: datetime) -> f.ToolEnded:
    names = (text_at(item, "server"), text_at(item, "tool"))
    return f.ToolEnded(
        at=at,
        tool=".".join(filter(None, names)) or "mcp",
        call=text_at(item, "id") or None,
        ok=_ok(item),
        input=json.dumps(value_at(item, "arguments"), ensure_ascii=False, default=str),
    )


def _ok(item: Mapping[str, Any]) -> bool | None:
    return {"completed": True, "failed": False, "declined": False}.get(text_at(item, "status"))


def _subagent(item: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    agent = text_at(item, "agent_thread_id")
    what = _SUBAGENT.get(text_at(item, "kind"))
    if not agent or what is None:
        return []
    if what == "end":
        return [f.SubagentEnded(at=at, agent=agent)]
    model = text_at(item, "model")
    started = f.SubagentStarted(at=at, agent=agent, title=text_at(item, "agent_path"))
    return [started, f.ModelChosen(at=at, model=model, agent=agent)] if model else [started]
