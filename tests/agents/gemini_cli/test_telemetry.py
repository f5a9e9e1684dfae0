"""Gemini CLI's telemetry: the requests that its chat file leaves out, and those tried again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agentmux.agents import gemini_cli
from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens, sum_tokens
from tests.agents.gemini_cli.samples import HERE, NOW, lines
from tests.support.replay import otlp_moments

AT = datetime(2026, 11, 23, 13, 52, 9, tzinfo=UTC)
STAMP = "2026-11-23T13:52:09Z"


def told(name: str, **attributes: Any) -> list[f.AnyFact]:
    """The facts of one log record."""
    record = {"name": name, "attributes": {"event.timestamp": STAMP, **attributes}}
    return gemini_cli.parse(Source.OTLP, record, NOW)


def response(role: str) -> list[f.AnyFact]:
    """Those of a response for `role`: 30 of 40 tokens from the cache, 8 out and 2 thought."""
    return told(
        "gemini_cli.api_response", role=role, prompt_id="p#0", model="flash",
        input_token_count=40, output_token_count=8, cached_content_token_count=30,
        thoughts_token_count=2, tool_token_count=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "side", "agent"),
    [
        ("utility_router", "routing", None),
        ("utility_compressor", "compaction", None),
        ("utility_loop_detector", "loop_detector", None),
        ("subagent", None, "subagent"),
    ],
)
def test_what_a_side_request_took(role: str, side: str | None, agent: str | None) -> None:
    assert response(role) == [
        f.Usage(at=AT, response=f"p#0/{role}/{STAMP}", model="flash", provider="google",
                tokens=Tokens(input=10, cache_read=30, output=10), side=side, agent=agent)
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["main", ""])
def test_the_turns_own_responses_stand_in_the_chat_file(role: str) -> None:
    assert response(role) == []


def test_the_recorded_routing_equals_what_the_api_delivered() -> None:
    facts = [
        fact
        for moment in otlp_moments(HERE / "otlp.jsonl")
        for fact in gemini_cli.parse(Source.OTLP, moment.record, NOW)
        if isinstance(fact, f.Usage)
    ]
    routed = [row["usage"] for row in lines("api-ledger.jsonl") if row["kind"] == "aux"]
    assert len({fact.response for fact in facts}) == len(routed) == 8
    total = sum_tokens(fact.tokens for fact in facts)
    assert (total.input, total.output) == (
        sum(usage["input"] for usage in routed), sum(usage["output"] for usage in routed),
    )  # fmt: skip


RATE = '{"error":{"code":429,"message":"Slow down.","details":[{"reason":"RATE_LIMIT_EXCEEDED"}]}}'
DAY = '{"error":{"code":429,"message":"Used up.","details":[{"quotaId":"RequestsPerDayPerModel"}]}}'


@pytest.mark.parametrize(
    ("status", "error", "role", "facts"),
    [
        (429, RATE, "main", [f.Retrying(at=AT, text="Slow down.")]),
        (503, "unavailable", "main", [f.Retrying(at=AT, text="unavailable")]),
        (429, DAY, "main", []),
        (400, "bad", "main", []),
        (429, RATE, "utility_router", []),
    ],
)
def test_a_failed_request(status: int, error: str, role: str, facts: list[f.AnyFact]) -> None:
    assert told("gemini_cli.api_error", status_code=status, error=error, role=role) == facts


def test_other_records_say_nothing() -> None:
    assert told("gemini_cli.user_prompt", prompt="error: [y/n]") == []
    assert told("gemini_cli.tool_call", success=False) == []
