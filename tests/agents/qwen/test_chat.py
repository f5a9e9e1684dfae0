"""Qwen Code's chat file and telemetry: figures by response, and requests tried again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agentmux.agents import qwen
from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens
from tests.agents.qwen.samples import HERE, NOW
from tests.support.replay import otlp_moments

AT = datetime(2026, 11, 23, 13, 55, 20, tzinfo=UTC)
STAMP = "2026-11-23T13:55:20Z"


def told(name: str, **event: Any) -> list[f.AnyFact]:
    """The facts of one event, which say the same in either source."""
    named = {"event.timestamp": STAMP, **event}
    chat = {"subtype": "ui_telemetry", "systemPayload": {"uiEvent": {"event.name": name, **named}}}
    found = qwen.parse(Source.TRANSCRIPT, chat, NOW)
    assert qwen.parse(Source.OTLP, {"name": name, "attributes": named}, NOW) == found
    return found


def usage(**event: Any) -> f.Usage:
    """What one response took."""
    (found,) = told("qwen-code.api_response", response_id="r1", model="m", **event)
    assert isinstance(found, f.Usage)
    return found


def test_input_holds_the_cache() -> None:
    took = usage(input_token_count=2301, output_token_count=51, cached_content_token_count=2000)
    assert took == f.Usage(
        at=AT, response="r1", model="m", tokens=Tokens(input=301, cache_read=2000, output=51)
    )


@pytest.mark.parametrize(("total", "output"), [(150, 50), (157, 57)])
def test_thoughts_are_inside_the_output_or_beside_it(total: int, output: int) -> None:
    took = usage(input_token_count=100, output_token_count=50, thoughts_token_count=7,
                 total_token_count=total)  # fmt: skip
    assert took.tokens == Tokens(input=100, output=output)


@pytest.mark.parametrize(
    ("event", "side", "agent"),
    [
        ({}, None, None),
        ({"prompt_id": "forked_query"}, "suggestion", None),
        ({"subagent_name": "managed-auto-memory-extractor"}, "auto-memory-extractor", None),
        ({"subagent_name": "reviewer"}, None, "reviewer"),
    ],
)
def test_what_it_was_for(event: dict[str, str], side: str | None, agent: str | None) -> None:
    took = usage(input_token_count=1, **event)
    assert (took.side, took.agent) == (side, agent)


def test_a_response_without_an_id_cannot_be_counted_once() -> None:
    assert told("qwen-code.api_response", input_token_count=5) == []


def test_a_request_tried_again() -> None:
    later = AT + timedelta(seconds=1.5)
    assert told("qwen-code.api_retry", attempt_number=2, retry_delay_ms=1500.4,
                error_message="429 slow") == [
        f.Retrying(at=AT, attempt=2, next=later, text="429 slow")
    ]  # fmt: skip
    assert told("qwen-code.api_error", status_code=429, error_message="429") == [
        f.Retrying(at=AT, text="429")
    ]
    assert told("qwen-code.api_error", status_code=400, error_message="400") == []


def test_the_recorded_retries() -> None:
    retries = [
        fact
        for moment in otlp_moments(HERE / "retries.jsonl")
        for fact in qwen.parse(Source.OTLP, moment.record, NOW)
        if isinstance(fact, f.Retrying) and fact.attempt
    ]
    waits = [(fact.next - fact.at).total_seconds() for fact in retries if fact.next]
    assert [fact.attempt for fact in retries] == list(range(1, len(retries) + 1))
    assert waits == sorted(waits) and 1 < waits[0] < 2


def test_a_refused_tool() -> None:
    event = {"call_id": "t1", "function_name": "run_shell_command", "decision": "reject"}
    assert told("qwen-code.tool_call", **event) == [
        f.Answered(at=AT, decision="denied", by="person", call="t1"),
        f.ToolEnded(at=AT, tool="run_shell_command", call="t1", ok=False),
    ]
    assert told("qwen-code.tool_call", **{**event, "decision": "accept"}) == []


@pytest.mark.parametrize("kind", ["user", "assistant", "tool_result", "system"])
def test_other_lines_say_nothing(kind: str) -> None:
    line = {"type": kind, "message": {"parts": [{"text": "error: [y/n]"}]}, "usageMetadata":
            {"promptTokenCount": 5}}  # fmt: skip
    assert qwen.parse(Source.TRANSCRIPT, line, NOW) == []
