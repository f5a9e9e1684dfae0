"""OpenAI's Responses API as Codex uses it: one `exec` tool that takes JavaScript."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.real.fake_llm_api.script import Conversation, Item, Step, split_change

Event = tuple[str, dict[str, Any]]
NAMESPACE = "functions"
"""Where Codex keeps the tool, since it offers tools among the messages."""

_CONTEXT = re.compile(r"<(environment_context|user_instructions)>.*?</\1>", re.DOTALL)


def read_request(body: dict[str, Any]) -> Conversation:
    """What a POST to `/v1/responses` asks."""
    items = body.get("input") or []
    added = [item["tools"] for item in items if item.get("type") == "additional_tools"]
    spaces = {tool["name"]: tool for tools in added for tool in tools}
    tools = {tool["name"] for tool in spaces.get(NAMESPACE, {}).get("tools", [])}
    form = (body.get("text") or {}).get("format") or {}
    talk = Conversation(str(body.get("model")), "exec" in tools, form.get("schema"))
    for item in items:
        _read_item(talk, item)
    return talk


def _read_item(talk: Conversation, item: dict[str, Any]) -> None:
    kind, role = item.get("type", "message"), item.get("role")
    if kind.endswith("_output"):
        talk.results.append(str(item["call_id"]))
        talk.fresh.clear()
    elif kind == "message" and role == "user":
        text = _CONTEXT.sub("", "\n".join(part.get("text", "") for part in item["content"]))
        if text.strip():
            talk.user_texts.append(text)
            talk.fresh.append(text)
    elif kind in ("custom_tool_call", "reasoning") or role == "assistant":
        talk.fresh.clear()
        talk.results.clear()


def javascript(item: Item) -> str:
    """One item as the code that calls Codex's own tools."""
    if item.verb in ("write", "edit"):
        return f"text(await tools.apply_patch({json.dumps(_patch(item))}));"
    command = f"cat {item.rest}" if item.verb == "read" else item.rest
    given = {"cmd": command}
    if item.verb == "escalate":
        given |= {"sandbox_permissions": "require_escalated", "justification": "Scripted step"}
    return f"text(await tools.exec_command({json.dumps(given)}));"


def _patch(item: Item) -> str:
    if item.verb == "write":
        path, _, text = item.rest.partition(" ")
        body = [f"*** Add File: {path}", *(f"+{line}" for line in text.split("\n"))]
    else:
        path, old, new = split_change(item.rest)
        gone = [f"-{line}" for line in old.split("\n")]
        body = [f"*** Update File: {path}", "@@", *gone, *(f"+{line}" for line in new.split("\n"))]
    return "\n".join(["*** Begin Patch", *body, "*** End Patch", ""])


def stream(step: Step, model: str, ident: str) -> Iterator[Event]:
    """The answer as server-sent events."""
    whole = {"id": f"resp_{ident}", "object": "response", "model": model, "created_at": 0}
    opening = {**whole, "status": "in_progress", "output": []}
    yield "response.created", {"type": "response.created", "response": opening}
    items = _items(step, ident)
    for index, item in enumerate(items):
        at = {"output_index": index, "item": item}
        yield "response.output_item.added", {"type": "response.output_item.added", **at}
        if item["type"] == "message":
            delta = {"item_id": item["id"], "output_index": index, "content_index": 0}
            delta |= {"delta": item["content"][0]["text"]}
            yield "response.output_text.delta", {"type": "response.output_text.delta", **delta}
        yield "response.output_item.done", {"type": "response.output_item.done", **at}
    usage = {"input_tokens": 100, "output_tokens": 50, "total_tokens": 150}
    closing = {**whole, "status": "completed", "output": items, "usage": usage}
    yield "response.completed", {"type": "response.completed", "response": closing}


def _items(step: Step, ident: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if step.response.text:
        content = [{"type": "output_text", "text": step.response.text, "annotations": []}]
        message = {"type": "message", "id": f"msg_{ident}", "role": "assistant"}
        items.append({**message, "status": "completed", "content": content})
    for number, item in enumerate(step.response.calls):
        call = {"type": "custom_tool_call", "id": f"ctc_{ident}_{number}", "status": "completed"}
        call |= {"call_id": f"call_{step.prefix}{number}", "input": javascript(item)}
        items.append({**call, "namespace": NAMESPACE, "name": "exec"})
    return items
