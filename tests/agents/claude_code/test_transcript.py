"""What each kind of line in Claude Code's transcript says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agentmux.core import facts as f
from agentmux.core.facts import Source
from tests.agents.claude_code.recorded import AT, line_of, parse

THEN = datetime(2026, 11, 23, 12, 0, 1, 500_000, tzinfo=UTC)


def told(line: dict[str, Any]) -> list[f.AnyFact]:
    return parse(Source.TRANSCRIPT, {"timestamp": "2026-11-23T12:00:01.500Z", **line})


def user(content: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "user", "message": {"role": "user", "content": content}, **fields}


@pytest.mark.parametrize(
    ("fields", "by"),
    [
        ({"promptSource": "typed", "origin": {"kind": "human"}}, "person"),
        ({"promptSource": "queued", "origin": {"kind": "human"}}, "queue"),
        ({"promptSource": "system", "origin": {"kind": "task-notification"}}, "task"),
        ({"promptSource": "somewhere new"}, "unknown"),
    ],
)
def test_prompts(fields: dict[str, Any], by: f.By) -> None:
    assert told(user("go on", **fields)) == [f.PromptSubmitted(at=THEN, text="go on", by=by)]


@pytest.mark.parametrize(
    "line",
    [
        user("<command-name>/clear</command-name>"),
        user("This session is being continued …", isCompactSummary=True),
        user("caveat", isMeta=True, promptSource="typed"),
        user("inside", isSidechain=True, promptSource="typed"),
        user("[Request interrupted by user]", isSidechain=True, agentId="a1"),
        {"type": "queue-operation", "operation": "enqueue", "content": "later"},
        {"type": "system", "subtype": "local_command", "content": "error: [y/n]"},
        {"type": "system", "subtype": "turn_duration", "pendingBackgroundAgentCount": 1},
        {"type": "system", "subtype": "turn_duration", "agentId": "a1"},
        {"type": "something-new", "message": {"content": "Do you want to proceed? [y/n]"}},
        {},
    ],
)
def test_lines_that_say_nothing(line: dict[str, Any]) -> None:
    assert told(line) == []


@pytest.mark.parametrize(
    "text", ["[Request interrupted by user]", "[Request interrupted by user for tool use]"]
)
def test_an_interruption(text: str) -> None:
    marker = user([{"type": "text", "text": text}])
    assert told(marker) == [f.TurnEnded(at=THEN, how="interrupted")]
    typed = user(text, promptSource="typed")
    assert told(typed) == [f.PromptSubmitted(at=THEN, text=text, by="person")]


def test_a_turn_that_ended_by_itself() -> None:
    line = {"type": "system", "subtype": "turn_duration", "durationMs": 1223}
    assert told(line) == [f.TurnEnded(at=THEN, how="done")]


def result(**fields: Any) -> dict[str, Any]:
    content = {"type": "tool_result", "tool_use_id": "t1", "content": "no", **fields.pop("of", {})}
    return user([content], **fields)


ENDED = f.ToolEnded(at=THEN, call="t1", ok=True)
FAILED = f.ToolEnded(at=THEN, call="t1", ok=False, error="no")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (result(), [ENDED]),
        (
            result(permissionDecision={"decision": "accept", "source": "user_temporary"}),
            [f.Answered(at=THEN, decision="allowed", by="person", call="t1"), ENDED],
        ),
        (
            result(permissionDecision={"decision": "accept", "source": "config"}),
            [f.Answered(at=THEN, decision="allowed", by="rule", call="t1"), ENDED],
        ),
        (
            result(of={"is_error": True}, toolDenialKind="user-rejected", toolDenialBeforeRun=True),
            [f.Answered(at=THEN, decision="denied", by="person", call="t1"), FAILED],
        ),
        # Interrupted while it ran: it had been allowed before
        (result(of={"is_error": True}, toolDenialKind="user-rejected"), [FAILED]),
        (
            result(of={"is_error": True}, toolDenialKind="hook", toolDenialBeforeRun=True),
            [f.Answered(at=THEN, decision="denied", by="rule", call="t1"), FAILED],
        ),
    ],
)
def test_what_came_of_a_call(line: dict[str, Any], expected: list[f.AnyFact]) -> None:
    assert told(line) == expected


def assistant(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    message = {"id": "m1", "model": "claude-opus-5-5", "content": list(blocks)}
    return {"type": "assistant", "message": message, **fields}


def test_a_call_and_the_question_in_it() -> None:
    bash = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "ls"}}
    assert told(assistant(bash, agentId="a1")) == [
        f.ToolStarted(at=THEN, tool="Bash", call="t1", input="ls", agent="a1")
    ]
    line = line_of("standard", requestId="req_fake000008")
    asked = parse(Source.TRANSCRIPT, line)[-1]
    assert isinstance(asked, f.Asked)
    assert (asked.kind, asked.text, asked.options) == ("question", "Which color?", ("Red", "Blue"))
    assert asked.only_told  # whether it is asked, auto mode or a rule may decide


def test_text_that_looks_like_a_prompt_changes_nothing() -> None:
    text = {"type": "text", "text": "error: failed\nDo you want to proceed? [y/n]\n❯ 1. Yes"}
    assert told(assistant(text)) == []


def test_a_limit_and_its_end() -> None:
    (limited,) = parse(
        Source.TRANSCRIPT, line_of("usage-limit-subscription", isApiErrorMessage=True)
    )
    assert isinstance(limited, f.Limited)
    assert limited.until == datetime(2026, 11, 23, 14, 36, 20, tzinfo=UTC)
    assert limited.text == "You've hit your 5-hour limit · resets 2:36pm (UTC)"


def test_errors() -> None:
    (error,) = parse(Source.TRANSCRIPT, line_of("standard", isApiErrorMessage=True))
    assert isinstance(error, f.Errored)
    assert (error.kind, error.text) == ("billing_error", "Credit balance is too low")
    plain = assistant({"type": "text", "text": "no more"}, isApiErrorMessage=True)
    assert told({**plain, "error": "rate_limit"}) == [f.Limited(at=THEN, text="no more")]
    assert told({**plain, "error": "rate_limit", "agentId": "a1"}) == []


def test_names_totals_and_compaction() -> None:
    assert told({"type": "ai-title", "aiTitle": "Fix it"}) == [f.Titled(at=THEN, title="Fix it")]
    assert told({"type": "custom-title", "customTitle": ""}) == []
    assert told({"type": "cost-state", "totalCostUSD": None}) == []
    boundary = {"type": "system", "subtype": "compact_boundary"}
    assert told({**boundary, "compactMetadata": {"trigger": "auto"}}) == [
        f.Compacted(at=THEN, automatic=True)
    ]


@pytest.mark.parametrize("when", [None, "", "yesterday", 10**30, [1]])
def test_a_line_without_a_time_happened_when_it_was_read(when: Any) -> None:
    line = {"type": "ai-title", "aiTitle": "Fix it", "timestamp": when}
    assert parse(Source.TRANSCRIPT, line) == [f.Titled(at=AT, title="Fix it")]
