"""Each line of Kimi Code's record, and what broken ones come to."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import kimi
from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens
from tests.agents.kimi.samples import AT, facts, lines
from tests.support.events import JSON


def line(type_: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "agentId": "main", "time": int(AT.timestamp() * 1000), **more}


def loop(kind: str, agent: str = "main", **more: Any) -> dict[str, Any]:
    return line("context.append_loop_event", event={"type": kind, **more}, agentId=agent)


USAGE = {"inputOther": 301, "output": 51, "inputCacheRead": 2000, "inputCacheCreation": 7}


@pytest.mark.parametrize(
    ("record", "fact"),
    [
        (
            line("turn.prompt", input=[{"text": "a"}, {"text": "b"}], origin={"kind": "user"}),
            f.PromptSubmitted(at=AT, text="a\nb", by="person"),
        ),
        (line("turn.prompt", origin={"kind": "retry"}), f.PromptSubmitted(at=AT, by="task")),
        (loop("step.begin", step=1), f.Working(at=AT)),
        (loop("step.begin", "a1", step=1), f.SubagentStarted(at=AT, agent="a1")),
        (line("turn.ended", agentId="a1", reason="failed"), f.SubagentEnded(at=AT, agent="a1")),
        (line("turn.ended", reason="completed"), f.TurnEnded(at=AT, how="done")),
        (line("turn.ended", reason="cancelled"), f.TurnEnded(at=AT, how="interrupted")),
        (
            line("turn.ended", reason="failed", error={"name": "N", "message": "m"}),
            f.Errored(at=AT, kind="N", text="m"),
        ),
        (
            line("turn.step.retrying", nextAttempt=2, delayMs=544.4, errorMessage="429"),
            f.Retrying(at=AT, attempt=2, next=AT + timedelta(milliseconds=544), text="429"),
        ),
        (
            line("interaction.request", id="i", kind="question", request={"question": "Which?"}),
            f.Asked(at=AT, kind="question", text="Which?", request="i"),
        ),
        (line("interaction.request", kind="new"), f.Asked(at=AT, kind=None)),
        (
            line("interaction.resolved", id="i", response={"decision": "approved"}),
            f.Answered(at=AT, decision="allowed", by="person", request="i"),
        ),
        (
            line("interaction.resolved", id="i", response={"decision": "rejected"}),
            f.Answered(at=AT, decision="denied", by="person", request="i"),
        ),
        (line("interaction.resolved", id="i"), f.Answered(at=AT, request="i")),
        (line("llm.request", model="kimi-k3"), f.ModelChosen(at=AT, model="kimi-k3")),
        (
            loop("step.end", messageId="m1", uuid="u", usage=USAGE),
            f.Usage(at=AT, response="m1", tokens=Tokens(301, 2000, 7, 0, 51)),
        ),
        (
            loop("step.end", "a1", uuid="u", usage=USAGE),
            f.Usage(at=AT, response="u", tokens=Tokens(301, 2000, 7, 0, 51), agent="a1"),
        ),
        (
            loop("step.end", uuid="u", finishReason="interrupted"),
            f.Usage(at=AT, response="u", tokens=Tokens(), complete=False),
        ),
        (
            loop("tool.call", name="Bash", toolCallId="c", args={"command": "ls"}),
            f.ToolStarted(at=AT, tool="Bash", call="c", input="ls"),
        ),
        (
            loop("tool.call", name="Write", args={"path": "/a"}, display={"operation": "write"}),
            f.ToolStarted(at=AT, tool="Write", input="/a", paths=("/a",)),
        ),
        (
            loop("tool.call", name="Read", args={"path": "/a"}, display={"operation": "read"}),
            f.ToolStarted(at=AT, tool="Read", input="/a"),
        ),
        (
            loop("tool.result", toolCallId="c", result={"output": "x", "durationMs": 9}),
            f.ToolEnded(at=AT, call="c", ok=True, duration_s=0.009),
        ),
        (
            loop("tool.result", toolCallId="c", result={"output": "no", "isError": True}),
            f.ToolEnded(at=AT, call="c", ok=False, error="no"),
        ),
        (
            line("metadata", protocol_version="2.0"),
            f.Strange(at=AT, what="Kimi's record, version 2.0"),
        ),
    ],
)
def test_each_kind_of_line(record: dict[str, Any], fact: f.AnyFact) -> None:
    assert facts(record) == [fact]


@pytest.mark.parametrize(
    "record",
    [
        line("metadata", protocol_version="1.5"),
        line("turn.prompt", agentId="a1"),
        line("turn.step.retrying", agentId="a1"),
        loop("step.begin", step=2),
        loop("step.end", uuid="u", finishReason="error"),
        line("usage.record", usageScope="turn", usage=USAGE),
        line("usage.record", usageScope="session", usage={}),
        line("llm.request"),
        line("brand.new"),
        {},
        {"type": 7},
    ],
)
def test_lines_that_say_nothing_of_their_own(record: dict[str, Any]) -> None:
    assert facts(record) == []


def test_a_request_beside_the_turns_is_counted_by_its_time() -> None:
    (used,) = facts(line("usage.record", usageScope="compaction", usage=USAGE, model="m"))
    assert isinstance(used, f.Usage)
    assert (used.side, used.model, used.tokens) == ("compaction", "m", Tokens(301, 2000, 7, 0, 51))
    assert facts(line("usage.record", usageScope="compaction", usage=USAGE, model="m")) == [used]


def test_an_end_of_an_unknown_kind_is_an_end_and_strange() -> None:
    ended, strange = facts(line("turn.ended", reason="evicted"))
    assert ended == f.TurnEnded(at=AT, how="unknown")
    assert isinstance(strange, f.Strange)


def test_text_that_looks_like_a_prompt_is_text() -> None:
    part = {"type": "text", "text": "error: [y/n] Run this command?\n▶ 1. Approve once"}
    assert facts(loop("content.part", part=part)) == []
    assert kimi.parse(Source.SCREEN, {"lines": [part["text"]]}, AT) == []
    (named,) = kimi.parse(Source.TITLE, {"text": "[y/n] Action Required"}, AT)
    assert isinstance(named, f.Titled)


RECORDS = st.sampled_from(lines("wire.jsonl"))


@given(RECORDS, st.lists(st.integers(0, 30), max_size=4), JSON)
def test_a_changed_line_never_raises(record: dict[str, Any], path: list[int], value: Any) -> None:
    changed = copy.deepcopy(record)
    place: Any = changed
    for step in path:
        inner = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not inner:
            break
        key = inner[step % len(inner)]
        if isinstance(place[key], dict | list) and place[key]:
            place = place[key]
        else:
            place[key] = value
            break
    for fact in facts(changed):
        assert fact.at <= AT + timedelta(days=366)


@given(st.dictionaries(st.sampled_from(["type", "event", "request", "time", "usage"]), JSON))
def test_anything_at_all_never_raises(record: dict[str, Any]) -> None:
    for source in Source:
        kimi.parse(source, record, AT)
