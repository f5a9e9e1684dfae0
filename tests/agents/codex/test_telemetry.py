"""Log records of Codex's telemetry and what they tell."""

from datetime import UTC, datetime
from typing import Any

from agentmux.agents import codex
from agentmux.core.facts import Answered, AnyFact, Retrying, Source, ToolEnded, Usage, Working
from agentmux.core.usage import Tokens
from tests.agents.codex.samples import AT

WHEN = datetime(2026, 11, 23, 13, 51, 6, 411000, tzinfo=UTC)


def told(name: str, **attributes: Any) -> list[AnyFact]:
    about = {key.replace("__", "."): value for key, value in attributes.items()}
    about |= {"event.timestamp": "2026-11-23T13:51:06.411Z", "conversation.id": "c"}
    return codex.parse(Source.OTLP, {"name": name, "attributes": about, "resource": {}}, AT)


def test_a_request_that_is_tried_again() -> None:
    limited = told("codex.api_request", http__response__status_code=429, attempt=0)
    assert limited == [Retrying(at=WHEN, attempt=1, text="http 429")]
    broken = told("codex.api_request", http__response__status_code="500", attempt="1",
                  error__message="http 500")  # fmt: skip
    assert broken == [Retrying(at=WHEN, attempt=2, text="http 500")]
    assert told("codex.api_request", http__response__status_code=400) == []
    assert told("codex.api_request", http__response__status_code=200) == [Working(at=WHEN)]


def test_a_response_that_is_over() -> None:
    (usage,) = told(
        "codex.sse_event", input_token_count="2301", output_token_count="51",
        cached_token_count="2000", cache_write_token_count="200", model="m",
        service_tier="priority",
    )  # fmt: skip
    assert isinstance(usage, Usage)
    assert usage.tokens == Tokens(input=101, cache_read=2000, cache_write_5m=200, output=51)
    assert (usage.model, usage.tier, usage.conversation) == ("m", "priority", "c")
    assert told("codex.sse_event", event__kind="response.created") == []


def test_who_decided_on_a_call() -> None:
    person = told("codex.tool_decision", decision="approved", source="User", call_id="1")
    allowed = Answered(at=WHEN, decision="allowed", by="person", call="1")
    assert person == [allowed, Working(at=WHEN)]
    rule = told("codex.tool_decision", decision="approved", source="Config", call_id="1")
    assert rule == [Answered(at=WHEN, decision="allowed", by="rule", call="1")]
    denied = told("codex.tool_decision", decision="abort", source="User")
    assert denied == [Answered(at=WHEN, decision="denied", by="person")]


def test_a_tool_that_ended() -> None:
    (ended,) = told(
        "codex.tool_result", tool_name="exec", call_id="1", success="false", output="no"
    )
    assert ended == ToolEnded(at=WHEN, tool="exec", call="1", ok=False, error="no")


def test_the_rest_tells_nothing() -> None:
    assert told("codex.user_prompt", prompt_length=3) == []
    assert codex.parse(Source.OTLP, {}, AT) == []
