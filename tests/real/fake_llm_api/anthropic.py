"""Anthropic's Messages API as Claude Code uses it, with Claude Code's own tools."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.real.fake_llm_api.script import Conversation, Item, Step, split_change

Event = tuple[str, dict[str, Any]]
_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>", re.DOTALL)
_USAGE = {"input_tokens": 100, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}


def read_request(body: dict[str, Any]) -> Conversation:
    """What a POST to `/v1/messages` asks."""
    tools = {tool.get("name") for tool in body.get("tools") or []}
    form = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    talk = Conversation(str(body.get("model")), "Bash" in tools, form.get("schema"))
    for message in body.get("messages") or []:
        if message["role"] == "assistant":
            talk.fresh.clear()
            talk.results.clear()
        for block in _blocks(message["content"]) if message["role"] == "user" else []:
            _read_block(talk, block)
    return talk


def _read_block(talk: Conversation, block: dict[str, Any]) -> None:
    if block["type"] == "tool_result":
        talk.results.append(str(block["tool_use_id"]))
        talk.fresh.clear()
    elif block["type"] == "text" and (text := _REMINDER.sub("", block["text"])).strip():
        talk.user_texts.append(text)
        talk.fresh.append(text)


def _blocks(content: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def tool_use(item: Item) -> tuple[str, dict[str, str]]:
    """The tool of Claude Code's for one item, and its input."""
    if item.verb == "edit":
        path, old, new = split_change(item.rest)
        return "Edit", {"file_path": path, "old_string": old, "new_string": new}
    if item.verb == "write":
        path, _, text = item.rest.partition(" ")
        return "Write", {"file_path": path, "content": f"{text}\n"}
    if item.verb == "read":
        return "Read", {"file_path": item.rest}
    return "Bash", {"command": item.rest, "description": "Scripted step"}


def stream(step: Step, model: str, ident: str) -> Iterator[Event]:
    """The answer as server-sent events."""
    opening: dict[str, Any] = {
        "id": f"msg_{ident}",
        "type": "message",
        "role": "assistant",
        "model": model,
    }
    opening |= {"content": [], "stop_reason": None, "usage": {**_USAGE, "output_tokens": 1}}
    yield "message_start", {"type": "message_start", "message": opening}
    blocks = [_text_block(step.response.text)] if step.response.text else []
    blocks += [_tool_block(step, n, item) for n, item in enumerate(step.response.calls)]
    for index, (start, delta) in enumerate(blocks):
        at = {"index": index}
        yield "content_block_start", {"type": "content_block_start", **at, "content_block": start}
        yield "content_block_delta", {"type": "content_block_delta", **at, "delta": delta}
        yield "content_block_stop", {"type": "content_block_stop", **at}
    reason = "tool_use" if step.response.calls else "end_turn"
    closing = {"delta": {"stop_reason": reason}, "usage": {**_USAGE, "output_tokens": 50}}
    yield "message_delta", {"type": "message_delta", **closing}
    yield "message_stop", {"type": "message_stop"}


def _text_block(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    return {"type": "text", "text": ""}, {"type": "text_delta", "text": text}


def _tool_block(step: Step, number: int, item: Item) -> tuple[dict[str, Any], dict[str, str]]:
    name, given = tool_use(item)
    start = {"type": "tool_use", "id": f"toolu_{step.prefix}{number}", "name": name, "input": {}}
    return start, {"type": "input_json_delta", "partial_json": json.dumps(given)}
