"""A recorded run of Gemini CLI through the reducer, held against the person's acts and the API."""

from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from agentmux.agents import gemini_cli
from agentmux.core import events as e
from agentmux.core.facts import Source
from tests.agents.gemini_cli.samples import PAGE_AT, errors, everything, lines
from tests.support.replay import Moment, Played, replay

BOUND_S = 0.4
"""Measured: 0.39 s at most, from the API's answer until it is asked about; 0.11 s from a key."""


class Point(NamedTuple):
    """Something that happened, and the state it leads to."""

    what: str
    t: float
    state: str


def truth() -> list[Point]:
    """From the person's acts and the API's answers; an answer is over `seconds` after its start."""
    acts, ledger = lines("truth.jsonl"), lines("api-ledger.jsonl")
    over = {row["n"]: row["t"] + row["seconds"] for row in ledger}
    submitted = {act["tag"]: act["t"] for act in acts if act["act"] == "submitted"}
    answers = [act["t"] for act in acts if act["act"] == "answer"]
    once = {act["act"]: act["t"] for act in acts if act["act"] in ("deny", "interrupt")}
    keys = [row["t"] for row in lines("terminal-events.jsonl") if row.get("key") == "Esc"]
    points = [
        *(Point(f"{tag} is submitted", t, "working") for tag, t in submitted.items()
          if tag != "limit"),
        Point("plain is answered", over[2], "done"),
        Point("the write is asked about", over[4], "asking:permission"),
        Point("the write is allowed", answers[0], "working"),
        Point("the write is done", over[5], "done"),
        Point("the command is asked about", over[7], "asking:permission"),
        Point("the command is allowed", answers[1], "working"),
        Point("the command is done", over[8], "done"),
        Point("the second command is asked about", over[10], "asking:permission"),
        Point("it is denied", once["deny"], "idle"),
        Point("the stream is interrupted", once["interrupt"], "idle"),
        Point("the question is asked", over[14], "asking:question"),
        Point("the question is answered", answers[2], "working"),
        Point("it thanks", over[15], "done"),
        Point("the third attempt succeeds", over[19], "done"),
        Point("the quota page is looked at", PAGE_AT, "asking:question"),
        Point("Esc leaves it", keys[2], "idle"),
    ]  # fmt: skip
    return sorted(points, key=lambda point: point.t)


@cache
def played(*without: Source) -> Played:
    """The standard run, without some sources."""
    return replay(gemini_cli, everything(*without))


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_each_state_is_shown_in_time(point: Point) -> None:
    known = [
        t
        for t, event in played().shown
        if t >= point.t - 0.02 and _label(event.to, event.kind) == point.state
    ]
    bound = 1.0 if point.t == PAGE_AT else BOUND_S
    assert known, "never shown"
    assert known[0] - point.t <= bound


def test_no_other_state_is_shown_between() -> None:
    points = truth()
    assert [point.state for point in points][:5] == [
        "working", "done", "working", "asking:permission", "working",
    ]  # fmt: skip
    assert [event.source for _, event in played().shown if not event.certain] == ["screen"]
    told = [_label(event.to, event.kind) for _, event in played().shown]
    assert _without_repeats(told) == ["idle", *(point.state for point in points)]


@pytest.mark.parametrize(
    "without",
    [
        (Source.TITLE, Source.SCREEN),
        (Source.TITLE, Source.SCREEN, Source.TRANSCRIPT, Source.OTLP),
        (Source.HOOK, Source.TRANSCRIPT, Source.OTLP, Source.SCREEN),
    ],
    ids=["no title", "hooks alone", "titles alone"],
)
def test_lower_sources_are_never_wrong_and_certain(without: tuple[Source, ...]) -> None:
    """While the quota page stands only the screen knows; titles do not tell ask kinds apart."""
    points, run = truth(), played(*without)
    for point, following in pairwise(points):
        if point.what in ("error is submitted", "the quota page is looked at", "Esc leaves it"):
            continue
        for t in (point.t + 0.75, following.t - 0.01):
            state, certain = run.shown_at(t)
            if point.t + 0.75 <= t < following.t and certain:
                assert state.split(":")[0] == point.state.split(":")[0], (point, state)


def test_turns_and_how_they_ended() -> None:
    ended = [(end.outcome, end.cause, end.certain) for end in played().of(e.TurnEnded)]
    done, cut = ("done", None, True), ("interrupted", "you", True)
    assert ended == [done, done, done, cut, cut, done, done, cut]
    assert [start.by for start in played().of(e.TurnStarted)] == ["person"] * 8
    assert played().session.truth.queued == 0


def test_asks_with_their_words() -> None:
    asks = {ask.ask: ask for ask in played().of(e.AskOpened)}
    assert [(ask.kind, ask.text, ask.options) for ask in asks.values()] == [
        ("permission", "Confirm Write: notes.txt", ()),
        ("permission", 'python3 -c "import time;time.sleep(3);print(42)" > out.txt', ()),
        ("permission", "touch nope.txt", ()),
        ("question", "Which color", ("Red", "Blue")),
        ("question", "Usage limit reached for all Pro models.",
         ("Switch to gemini-3-flash-preview", "Stop")),
    ]  # fmt: skip
    assert "+hello there" in asks[1].detail
    assert len(played().of(e.AskClosed)) == 5


def test_a_retry_is_told_apart_from_work() -> None:
    told = [event for _, event in played().shown if event.sub == "retrying"]
    assert [event.why for event in told] == ["Resource has been exhausted (e.g. check quota)."]


def test_a_failure_heard_of_after_the_next_answer_is_no_retry() -> None:
    """Log records come five seconds late; the answer stands in the chat file before them."""
    began = PAGE_AT
    failed = {"status_code": 503, "error": "busy", "event.timestamp": int((began + 1) * 1000)}
    answer = {"id": "m", "type": "gemini", "timestamp": began + 3, "tokens": {"input": 1}}
    run = replay(
        gemini_cli,
        [
            Moment(began, Source.TITLE, {"text": "✦  Working… (s1)"}),
            Moment(began + 3, Source.TRANSCRIPT, answer),
            Moment(began + 6, Source.OTLP, {"name": "gemini_cli.api_error", "attributes": failed}),
        ],
    )
    assert run.shown_at(began + 10) == ("working", True)


def test_figures_equal_what_the_api_delivered() -> None:
    ledger = [row for row in lines("api-ledger.jsonl") if row.get("usage")]
    assert {row["n"] for row in lines("api-ledger.jsonl")} - {row["n"] for row in ledger} == {
        12, 17, 18, 21,
    }  # fmt: skip
    took = played().tokens
    assert took.input == sum(row["usage"]["input"] for row in ledger)
    assert took.cache_read == sum(row["usage"].get("cache_read", 0) for row in ledger)
    assert took.output == sum(row["usage"]["output"] for row in ledger)
    sides = [usage for usage in played().usage.values() if usage.side]
    assert len(played().usage) == 17
    assert [(usage.side, usage.model) for usage in sides] == [
        ("routing", "gemini-3.5-flash-lite")
    ] * 8


def test_errors_and_limits_for_good_and_a_cleared_conversation() -> None:
    run = replay(gemini_cli, errors())
    assert [(end.outcome, end.cause) for end in run.of(e.TurnEnded)] == [
        ("failed", "api_error"), ("failed", "limit"), ("done", None),
    ]  # fmt: skip
    kinds = [event.kind for _, event in run.shown if event.to == "failed"]
    assert kinds[0] == "invalid_argument"
    assert run.session.agent_session_id == "cdd02242-98c5-452c-b4db-edf5888daf98"
    assert [path[-14:] for path in run.session.transcripts] == ["33333333.jsonl", "cdd02242.jsonl"]


def _label(to: str, kind: str | None) -> str:
    return f"{to}:{kind}" if kind and to == "asking" else to


def _without_repeats(states: list[str]) -> list[str]:
    return [state for at, state in enumerate(states) if at == 0 or state != states[at - 1]]
