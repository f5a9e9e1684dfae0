"""Each line of Copilot's record as facts; and no record, however garbled, raises."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import copilot
from agentmux.core import facts as f
from agentmux.core.facts import AnyFact, Source
from agentmux.core.usage import Tokens
from tests.agents.copilot.samples import AT, facts, line, lines
from tests.support.events import JSON

SHELL = {"kind": "shell", "toolCallId": "c1", "fullCommandText": "touch x", "intention": "why"}
TABLE: list[tuple[str, dict[str, Any], list[AnyFact]]] = [
    (
        "it starts",
        line("session.start", sessionId="s", selectedModel="m"),
        [
            f.ConversationNamed(at=AT, id="s", why="startup"),
            f.ModelChosen(at=AT, model="m"),
            f.Ready(at=AT),
        ],
    ),
    (
        "it goes on with an earlier one",
        line("session.resume", sessionId="s"),
        [f.ConversationNamed(at=AT, id="s", why="resume"), f.Ready(at=AT)],
    ),
    (
        "another model",
        line("session.model_change", newModel="n"),
        [f.ModelChosen(at=AT, model="n")],
    ),
    ("another model for a subagent", line("session.model_change", "a1", newModel="n"), []),
    (
        "a prompt",
        line("user.message", content="do it"),
        [f.PromptSubmitted(at=AT, text="do it", by="person")],
    ),
    ("a subagent's prompt", line("user.message", "a1", content="do it"), []),
    ("a request to the model", line("assistant.turn_start", turnId="0"), [f.Working(at=AT)]),
    ("a subagent's request", line("assistant.turn_start", "a1", turnId="0"), []),
    ("a request is over", line("assistant.turn_end", turnId="0"), []),
    ("a message that calls tools", line("assistant.message", toolRequests=[{"name": "x"}]), []),
    ("a message of a shape unknown here", line("assistant.message", content="x"), []),
    (
        "the last message",
        line("assistant.message", toolRequests=[], content="done"),
        [f.TurnEnded(at=AT, how="done", text="done")],
    ),
    ("a subagent's last message", line("assistant.message", "a1", toolRequests=[]), []),
    (
        "Esc while it asks",
        line("abort", reason="user_initiated"),
        [f.TurnEnded(at=AT, how="interrupted")],
    ),
    (
        "Esc in an answer",
        line("abort", reason="user_abort"),
        [
            f.TurnEnded(at=AT, how="interrupted"),
            f.Usage(at=AT, response="e1", tokens=Tokens(), complete=False),
        ],
    ),
    (
        "a tool is called",
        line(
            "tool.execution_start",
            toolName="bash",
            toolCallId="c1",
            arguments={"command": "touch x"},
            shellToolInfo={"possiblePaths": ["x"]},
        ),
        [f.ToolStarted(at=AT, tool="bash", call="c1", input="touch x", paths=("x",))],
    ),
    (
        "a tool that takes text",
        line("tool.execution_start", toolName="apply_patch", toolCallId="c1", arguments="***"),
        [f.ToolStarted(at=AT, tool="apply_patch", call="c1", input="***")],
    ),
    (
        "a question",
        line(
            "tool.execution_start",
            toolName="ask_user",
            toolCallId="c1",
            arguments={"message": "Which?", "choices": ["Red", "Blue"]},
        ),
        [
            f.ToolStarted(
                at=AT,
                tool="ask_user",
                call="c1",
                input='{"message": "Which?", "choices": ["Red", "Blue"]}',
            ),
            f.Asked(
                at=AT,
                kind="question",
                text="Which?",
                tool="ask_user",
                call="c1",
                options=("Red", "Blue"),
                request="c1",
            ),
        ],
    ),
    (
        "it is answered",
        line("human_response.recorded", toolCallId="c1", response={"responseKind": "ask_user"}),
        [f.Answered(at=AT, decision="answered", by="person", call="c1", request="c1")],
    ),
    (
        "a tool has worked",
        line(
            "tool.execution_complete",
            toolCallId="c1",
            success=True,
            fileEdits=[{"path": "/r/a", "kind": "create"}],
        ),
        [f.ToolEnded(at=AT, call="c1", ok=True, paths=("/r/a",))],
    ),
    (
        "a tool has failed",
        line("tool.execution_complete", toolCallId="c1", success=False, error={"message": "no"}),
        [f.ToolEnded(at=AT, call="c1", ok=False, error="no")],
    ),
    (
        "a permission",
        line("permission.requested", requestId="r1", permissionRequest=SHELL),
        [f.Asked(at=AT, kind="permission", text="touch x", tool="shell", call="c1", request="r1")],
    ),
    (
        "it is given",
        line(
            "permission.completed",
            requestId="r1",
            toolCallId="c1",
            result={"kind": "approved-for-session"},
            decisionSource="human_response",
        ),
        [f.Answered(at=AT, decision="allowed", by="person", call="c1", request="r1")],
    ),
    (
        "it is not given",
        line("permission.completed", requestId="r1", result={"kind": "cancelled"}),
        [f.Answered(at=AT, decision="denied", request="r1")],
    ),
    (
        "a subagent begins",
        line("subagent.started", "a1", agentName="explore", agentDisplayName="look"),
        [f.SubagentStarted(at=AT, agent="a1", title="look")],
    ),
    ("it has ended", line("subagent.completed", "a1"), [f.SubagentEnded(at=AT, agent="a1")]),
    (
        "it could not be reached",
        line("session.error", errorType="authentication", message="no"),
        [f.Errored(at=AT, kind="authentication", text="no")],
    ),
    (
        "a compaction of its own accord",
        line("session.compaction_complete", success=True, trigger="auto"),
        [f.Compacted(at=AT, automatic=True)],
    ),
    ("a compaction that failed", line("session.compaction_complete", success=False), []),
    (
        "it leaves",
        line("session.shutdown", shutdownType="routine"),
        [f.Ended(at=AT, why="routine")],
    ),
    ("what is no news", line("hook.start", hookType="notification"), []),
    ("what nobody knows", line("session.danced"), []),
]


@pytest.mark.parametrize(("what", "record", "meant"), TABLE, ids=[row[0] for row in TABLE])
def test_a_line_means(what: str, record: dict[str, Any], meant: list[AnyFact]) -> None:
    assert facts(record) == meant


def test_the_input_holds_the_cache_as_well() -> None:
    used = {
        "apiCallId": "resp_1",
        "model": "m",
        "inputTokens": 2301,
        "outputTokens": 51,
        "cacheReadTokens": 2000,
        "cacheWriteTokens": 200,
        "reasoningTokens": 20,
        "interactionType": "conversation-agent",
    }
    assert facts(line("session.usage_record", usage=used)) == [
        f.Usage(at=AT, response="resp_1", model="m", tokens=Tokens(101, 2000, 200, 0, 51))
    ]
    (side,) = facts(line("session.usage_record", usage={**used, "interactionType": "title"}))
    assert isinstance(side, f.Usage)
    assert side.side == "title"


def test_a_time_to_come_is_now() -> None:
    record = {**line("assistant.turn_start"), "timestamp": "2026-12-01T01:00:00Z"}
    assert facts(record) == [f.Working(at=AT)]


@pytest.mark.parametrize("text", ["error: disk full [y/n]", "Do you want to run this command?"])
def test_text_that_only_looks_like_something_changes_nothing(text: str) -> None:
    assert facts(line("assistant.message", content=text, toolRequests=[{"name": "x"}])) == []
    assert copilot.parse(Source.SCREEN, {"lines": [text]}, AT) == []
    assert copilot.parse(Source.TITLE, {"text": text}, AT) == []


RECORDED = lines("events.jsonl") + lines("second-events.jsonl") + [row[1] for row in TABLE]


@given(st.sampled_from(RECORDED), st.data())
def test_a_changed_line_never_raises(record: dict[str, Any], data: Any) -> None:
    changed = json.loads(json.dumps(record))
    inner = changed
    while isinstance(inner, dict) and inner:
        step = data.draw(st.sampled_from(sorted(inner)))
        if not isinstance(inner[step], dict) or data.draw(st.booleans()):
            inner[step] = data.draw(JSON | st.sampled_from(["9" * 5000, -1, 1e300, [[]], "\ud800"]))
            break
        inner = inner[step]
    facts(changed)
