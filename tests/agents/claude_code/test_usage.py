"""Tokens of the recorded runs against the API's own ledger, and each known trap of counting."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens
from tests.agents.claude_code.recorded import AT, counted, delivered, line_of, parse, played, tokens

TRANSCRIPT_MISSES = {
    "": [],
    "api-errors": [1],  # the title
    "clear-compact-model-switch": [5, 6, 7],  # compaction twice, the check of a model
    "interrupt-and-question": [],
    "subagent-and-background": [1],  # the title
    "usage-limit-subscription": [],
}
"""Responses, by their number in the ledger, that only telemetry tells of. Recorded with it: the
standard run."""


@pytest.mark.parametrize("run", TRANSCRIPT_MISSES)
def test_transcripts_equal_what_was_delivered(run: str) -> None:
    expected = [row for row in delivered(run) if row["n"] not in TRANSCRIPT_MISSES[run]]
    told = played(run, [Source.TRANSCRIPT])
    assert counted(told) == tokens(expected)
    assert {each.model for each in told.usage.values()} == {row["model"] for row in expected}


def test_telemetry_equals_what_was_delivered() -> None:
    assert counted(played(only=[Source.OTLP])) == tokens(delivered())


def test_both_together_count_each_response_once() -> None:
    run = played()
    assert counted(run) == tokens(delivered())
    assert len([each for each in run.usage.values() if each.complete]) == len(delivered()) == 9


def test_what_claude_says_each_response_cost() -> None:
    """6 times $0.0064, 3 times $0.002824; its own total adds a guess at the one cut off."""
    told = played(only=[Source.OTLP]).usage.values()
    assert sum(each.reported_usd or 0 for each in told) == Decimal("0.046872")


@pytest.mark.parametrize(
    ("run", "response"), [("", "req_fake000007"), ("subagent-and-background", "req_fake000009")]
)
def test_a_response_that_was_cut_off_is_at_least(run: str, response: str) -> None:
    """Its output was not known; the input had been charged by the first event."""
    told = played(run).usage
    assert [each.response for each in told.values() if not each.complete] == [response]
    assert told[response].tokens == Tokens(100, 0, 1000, 0, 1)


def test_a_subagents_responses_are_its_own() -> None:
    told = played("subagent-and-background").usage.values()
    own = [each for each in told if each.agent]
    assert {each.agent for each in own} == {"afdb2c14544c6b354"}
    assert sum((each.tokens for each in own), Tokens()) == Tokens(201, 2000, 1200, 0, 101)


def test_claudes_own_total_begins_anew_after_clear() -> None:
    facts = [x for _, x in played("clear-compact-model-switch").facts]
    totals = {x.scope: x.usd for x in facts if isinstance(x, f.UsageTotal) and x.tokens}
    assert sorted(totals.values(), key=lambda usd: usd or 0) == [
        Decimal("0.0128"),
        Decimal("0.014212"),
    ]


def response(**changes: Any) -> dict[str, Any]:
    """One line of a response of three blocks, with `usage` and others changed."""
    usage = {
        "input_tokens": 10,
        "output_tokens": 7,
        "cache_read_input_tokens": 20,
        "cache_creation_input_tokens": 500,
        "cache_creation": {"ephemeral_1h_input_tokens": 400, "ephemeral_5m_input_tokens": 100},
        "service_tier": "standard",
        "speed": "standard",
        **changes.pop("usage", {}),
    }
    message = {
        "id": "msg_1",
        "model": "claude-opus-5-5",
        "stop_reason": "end_turn",
        "content": [],
        "usage": usage,
        **changes.pop("message", {}),
    }
    return {"type": "assistant", "requestId": "req_1", "message": message, **changes}


def told(line: dict[str, Any]) -> list[f.Usage]:
    return [x for x in parse(Source.TRANSCRIPT, line) if isinstance(x, f.Usage)]


def test_blocks_of_one_response_say_the_same_and_count_once() -> None:
    """The same usage stands on the line of every block: naively summed three times too much."""
    said = [told(response(apiBlockIndex=number))[0] for number in range(3)]
    assert {each.response for each in said} == {"req_1"}
    assert said[-1].tokens == Tokens(10, 20, 100, 400, 7)


def test_cache_writes_of_an_hour_are_apart() -> None:
    """They cost twice the input, those of five minutes 1.25 times."""
    line = line_of("clear-compact-model-switch-1", requestId="req_fake000003")
    assert told(line)[0].tokens == Tokens(10, 0, 0, 500, 10)


def test_cache_writes_without_a_split_are_of_five_minutes() -> None:
    line = response(usage={"cache_creation": None})
    assert told(line)[0].tokens == Tokens(10, 20, 500, 0, 7)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"service_tier": "priority"}, ("priority", False)),
        ({"service_tier": "batch", "speed": "fast"}, ("batch", True)),
        ({"service_tier": None, "speed": None}, (None, False)),
        ({"service_tier": 7, "speed": ["fast"]}, (None, False)),
    ],
)
def test_tier_and_speed(figures: dict[str, Any], expected: tuple[str | None, bool]) -> None:
    usage = told(response(usage=figures))[0]
    assert (usage.tier, usage.fast) == expected


def test_what_claude_says_itself_took_nothing() -> None:
    assert told(response(message={"model": "<synthetic>"})) == []
    errors = line_of("api-errors", isApiErrorMessage=True)
    assert told(errors) == []


def test_a_response_without_a_request_id_goes_by_its_message() -> None:
    assert told(response(requestId=None))[0].response == "msg_1"
    assert told(response(requestId=None, message={"id": None})) == []


def test_a_line_from_before_the_end_of_the_response_is_at_least() -> None:
    assert not told(response(message={"stop_reason": None}))[0].complete
    assert not told(response(isAbortedMidStream=True))[0].complete


def request(**changes: Any) -> dict[str, Any]:
    """An `api_request` event as the receiver hands it on."""
    attributes = {
        "event.timestamp": "2026-11-23T13:49:18.173Z",
        "session.id": "c1",
        "model": "claude-haiku-5-5",
        "input_tokens": 40,
        "output_tokens": 8,
        "cost_usd": 0.0002,
        "request_id": "req_9",
        "query_source": "repl_main_thread",
        **changes,
    }
    return {"name": "api_request", "attributes": attributes, "resource": {}}


def asked(**changes: Any) -> list[f.Usage]:
    return [x for x in parse(Source.OTLP, request(**changes)) if isinstance(x, f.Usage)]


@pytest.mark.parametrize(
    ("source", "side"),
    [
        ("repl_main_thread", None),
        ("repl_main_thread:outputStyle:Explanatory", None),
        ("agent:builtin:general-purpose", None),
        ("", None),
        ("generate_session_title", "title"),
        ("compact", "compaction"),
        ("prompt_suggestion", "suggestion"),
        ("side_question", "side_question"),
    ],
)
def test_what_a_request_was_for(source: str, side: str | None) -> None:
    (usage,) = asked(query_source=source)
    assert (usage.side, usage.response, usage.tokens) == (side, "req_9", Tokens(40, 0, 0, 0, 8))


def test_an_event_happened_when_it_says() -> None:
    (usage,) = asked()
    assert usage.at == AT.replace(minute=49, second=18) + timedelta(milliseconds=173)


def test_a_turns_request_without_its_id_is_left_to_the_transcript() -> None:
    """It would be counted twice: nothing tells that they are the same."""
    assert asked(request_id="") == []
    (title,) = asked(request_id="", query_source="generate_session_title")
    assert title.response == "c1/2026-11-23T13:49:18.173Z"


@pytest.mark.parametrize("speed", ["fast", "normal"])
def test_fast_requests(speed: str) -> None:
    assert asked(speed=speed)[0].fast is (speed == "fast")
