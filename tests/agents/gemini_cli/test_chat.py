"""Gemini CLI's chat file, line by line, and the traps in its figures."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agentmux.agents import gemini_cli
from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens, sum_tokens
from tests.agents.gemini_cli.samples import NOW, lines

AT = datetime(2026, 11, 23, 13, 52, 9, tzinfo=UTC)
STAMP = "2026-11-23T13:52:09Z"


def told(**line: Any) -> list[f.AnyFact]:
    """The facts of one line."""
    return gemini_cli.parse(Source.TRANSCRIPT, {"timestamp": STAMP, **line}, NOW)


def message(name: str = "m1", **took: int) -> dict[str, Any]:
    """A response as it is written down."""
    return {"id": name, "timestamp": STAMP, "type": "gemini", "tokens": took, "model": "g"}


def test_input_holds_the_cache_and_thoughts_stand_apart() -> None:
    took = message(input=2301, output=51, cached=2000, thoughts=7, tool=0, total=2359)
    assert told(**took) == [
        f.Usage(at=AT, response="m1", tokens=Tokens(input=301, cache_read=2000, output=58),
                model="g", provider="google")
    ]  # fmt: skip


def test_what_a_tool_of_the_vendors_read_is_input_too() -> None:
    (usage,) = told(**message(input=100, output=5, cached=0, thoughts=0, tool=40, total=145))
    assert isinstance(usage, f.Usage)
    assert usage.tokens == Tokens(input=140, output=5)


def test_a_message_written_again_counts_once() -> None:
    """By hand: m1 twice and once more in the history, m2 once: 1100 + 301 in, 50 + 51 out."""
    m1, m2 = message("m1", input=1100, output=50), message("m2", input=301, output=51)
    again = {"$set": {"messages": [m1, {**m2, "tokens": None}], "lastUpdated": STAMP}}
    facts = [*told(**m1), *told(**m1, toolCalls=[]), *told(**m2), *told(**again)]
    by_id = {fact.response: fact.tokens for fact in facts if isinstance(fact, f.Usage)}
    assert sum_tokens(by_id.values()) == Tokens(input=1401, output=101)


def test_history_repeated_after_a_refusal_is_no_news() -> None:
    copied = {"id": "new", "type": "gemini", "content": [{"text": "hi"}], "tokens": None}
    assert told(**copied) == []
    assert told(id="n2", type="user", content=[{"text": "Make it"}]) == []


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ({"id": "a", "type": "info", "content": "Request cancelled."},
         [f.TurnEnded(at=AT, how="interrupted")]),
        ({"id": "a", "type": "info", "content": "Update available! [y/n]"}, []),
        ({"id": "a", "type": "user", "content": [{"text": "Request cancelled."}]}, []),
        ({"id": "a", "type": "warning", "content": "error: no"}, []),
        ({"id": "a", "type": "error", "content": "[API Error: fetch failed]"},
         [f.Errored(at=AT, kind="error", text="[API Error: fetch failed]")]),
        ({"id": "a", "type": "poem"}, [f.Strange(at=AT, what="chat message of type 'poem'")]),
        ({"sessionId": "s", "kind": "main"}, []),
        ({"$set": {"lastUpdated": STAMP}}, []),
    ],
)  # fmt: skip
def test_a_line(line: dict[str, Any], facts: list[f.AnyFact]) -> None:
    assert told(**line) == facts


def test_an_unknown_line_is_strange() -> None:
    line = {"$rewind": 3}
    assert gemini_cli.parse(Source.TRANSCRIPT, line, NOW) == [
        f.Strange(at=NOW, what="chat line of ['$rewind']")
    ]


def test_recorded_errors_are_told_apart() -> None:
    told = [
        fact
        for line in lines("errors/chat.jsonl")
        for fact in gemini_cli.parse(Source.TRANSCRIPT, line, NOW)
    ]
    error, limit = told
    assert isinstance(error, f.Errored) and error.kind == "invalid_argument"
    assert isinstance(limit, f.Limited)
    assert limit.text.startswith("[API Error: You have exhausted your daily quota")


def test_a_refused_tool_stands_only_here() -> None:
    told = [
        fact
        for line in lines("chat.jsonl")
        for fact in gemini_cli.parse(Source.TRANSCRIPT, line, NOW)
        if isinstance(fact, f.Answered | f.ToolEnded)
    ]
    call = "run_shell_command__g_fk34c50e44x0x0n6"
    answered, ended = told
    assert answered == f.Answered(at=answered.at, decision="denied", by="person", call=call)
    assert isinstance(ended, f.ToolEnded)
    assert (ended.tool, ended.call, ended.ok) == ("run_shell_command", call, False)
    assert "User denied execution" in ended.error
