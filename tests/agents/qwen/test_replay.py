"""A recorded run of Qwen Code through the reducer, held against the person's acts and the API."""

from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from agentmux.agents import qwen
from agentmux.core import events as e
from agentmux.core.facts import Source
from agentmux.core.usage import Tokens
from tests.agents.qwen.samples import everything, lines, second
from tests.support.replay import Played, replay

BOUND_S = 0.6
"""Measured: 0.57 s at most, from the API's answer until the turn is done."""
SLOW_S = 0.9
"""Approvals: the title follows 0.80 s after the answer that asks, 0.86 s after the person's."""

LATE_S = 1.25
"""The events tell of a prompt up to 1.19 s after Enter."""


class Point(NamedTuple):
    """Something that happened, and the state it leads to."""

    what: str
    t: float
    state: str
    bound: float = BOUND_S


def truth() -> list[Point]:
    """From the person's acts and the API's answers; an answer is over `seconds` after its start."""
    acts, ledger = lines("truth.jsonl"), lines("api-ledger.jsonl")
    over = {row["n"]: row["t"] + row["seconds"] for row in ledger}
    submitted = {act["tag"]: act["t"] for act in acts if act["act"] == "submitted"}
    answers = [act["t"] for act in acts if act["act"] == "answer"]
    once = {act["act"]: act["t"] for act in acts if act["act"] in ("deny", "interrupt")}
    keys = [row["t"] for row in lines("terminal-events.jsonl") if row.get("key") == "Esc"]
    points = [
        *(Point(f"{tag} is submitted", t, "working") for tag, t in submitted.items()),
        Point("plain is answered", over[1], "done"),
        Point("the write is asked about", over[3], "asking:permission", SLOW_S),
        Point("the write is allowed", answers[0], "working", SLOW_S),
        Point("the write is done", over[4], "done"),
        Point("the command is asked about", over[6], "asking:permission", SLOW_S),
        Point("the command is allowed", answers[1], "working", SLOW_S),
        Point("the command is done", over[7], "done"),
        Point("the second command is asked about", over[9], "asking:permission", SLOW_S),
        Point("it is denied", once["deny"], "idle"),
        Point("the stream is interrupted", once["interrupt"], "idle"),
        Point("the question is asked", over[12], "asking:question"),
        Point("the question is answered", answers[2], "working"),
        Point("it thanks", over[13], "done"),
        Point("the third attempt succeeds", over[17], "done"),
        Point("Esc ends the attempts without credit", keys[2], "idle"),
        Point("the fourth attempt succeeds", over[31], "done"),
    ]
    return sorted(points, key=lambda point: point.t)


@cache
def played(*without: Source) -> Played:
    """The standard run, without some sources."""
    return replay(qwen, everything(*without))


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_each_state_is_shown_in_time(point: Point) -> None:
    known = [
        t
        for t, event in played().shown
        if t >= point.t - 0.02 and _label(event.to, event.kind) == point.state
    ]
    assert known, "never shown"
    assert known[0] - point.t <= point.bound


def test_no_other_state_is_shown_between() -> None:
    assert all(event.certain for _, event in played().shown)
    told = [_label(event.to, event.kind) for _, event in played().shown]
    expected = ["idle", *(point.state for point in truth())]
    # The question's kind comes with the event, a moment after the title has asked.
    at = expected.index("asking:question")
    assert _without_repeats(told) in (
        expected,
        [*expected[:at], "asking:permission", *expected[at:]],
    )


@pytest.mark.parametrize(
    "without",
    [(Source.TITLE,), (Source.TITLE, Source.TRANSCRIPT), (Source.EVENTS, Source.TRANSCRIPT)],
    ids=["no title", "events alone", "titles alone"],
)
def test_lower_sources_are_never_wrong_and_certain(without: tuple[Source, ...]) -> None:
    points, run = truth(), played(*without)
    for point, following in pairwise(points):
        for t in (point.t + LATE_S, following.t - 0.01):
            state, certain = run.shown_at(t)
            if point.t + LATE_S <= t < following.t and certain:
                assert state.split(":")[0] == point.state.split(":")[0], (point, state)


def test_turns_and_how_they_ended() -> None:
    ended = [(end.outcome, end.cause, end.certain) for end in played().of(e.TurnEnded)]
    done, cut = ("done", None, True), ("interrupted", "you", True)
    assert ended == [done, done, done, cut, cut, done, done, cut, done]


def test_asks_with_their_words() -> None:
    asks = {ask.ask: ask for ask in played().of(e.AskOpened)}
    assert [(ask.kind, ask.text, ask.tool, ask.options) for ask in asks.values()] == [
        ("permission", "Edit file: notes.txt", "write_file",
         ("Allow Edit", "Deny", "Review Changes")),
        ("permission", 'python3 -c "import time;time.sleep(3);print(42)" > out.txt',
         "run_shell_command", ("Allow Command", "Deny")),
        ("permission", "touch nope.txt", "run_shell_command", ("Allow Command", "Deny")),
        ("question", "Which color?", "ask_user_question", ("Red", "Blue")),
    ]  # fmt: skip
    assert asks[1].call == "call_fkd8242ca7x0x0n3"
    assert "hello there" in asks[1].detail
    assert len(played().of(e.AskClosed)) == 4


def test_figures_of_the_chat_file_equal_what_the_api_delivered() -> None:
    """But for the requests for a next suggestion, which it leaves out; no telemetry ran here."""
    ledger = {row["n"]: row for row in lines("api-ledger.jsonl") if row.get("usage")}
    suggestions = {5, 8, 11, 14, 18, 27, 32}
    assert all(ledger[n]["script"] == "" for n in suggestions)
    kept = [row["usage"] for n, row in ledger.items() if n not in suggestions]
    assert len(played().usage) == len(kept) == 13
    assert played().tokens == Tokens(
        input=sum(usage["input"] for usage in kept),
        cache_read=sum(usage.get("cache_read", 0) for usage in kept),
        output=sum(usage["output"] for usage in kept),
    )
    sides = [usage.side for usage in played().usage.values() if usage.side]
    assert sides == ["auto-memory-extractor"] * 3


def test_with_telemetry_every_response_counts_once() -> None:
    ledger = [row["usage"] for row in lines("second/api-ledger.jsonl")]
    run = replay(qwen, second())
    assert len(ledger) == 5
    assert run.tokens == Tokens(
        input=sum(usage["input"] for usage in ledger),
        cache_read=sum(usage.get("cache_read", 0) for usage in ledger),
        output=sum(usage["output"] for usage in ledger),
    )
    assert sorted(usage.side or "" for usage in run.usage.values()) == [
        "", "", "", "auto-memory-extractor", "suggestion",
    ]  # fmt: skip


def _label(to: str, kind: str | None) -> str:
    return f"{to}:{kind}" if kind and to == "asking" else to


def _without_repeats(states: list[str]) -> list[str]:
    return [state for at, state in enumerate(states) if at == 0 or state != states[at - 1]]
