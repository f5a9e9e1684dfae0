"""Recorded runs of Copilot through the reducer, held against what the person did."""

from functools import cache
from typing import NamedTuple

import pytest

from agentmux.agents import copilot
from agentmux.core import events as e
from agentmux.core.usage import Tokens
from tests.agents.copilot.samples import FLUSHED_S, delivered, events, lines, terminal
from tests.support.replay import Moment, Played, replay

BOUND_S = 0.5


class Point(NamedTuple):
    """Something that happened, and the state it must lead to."""

    what: str
    t: float
    state: str


def truth() -> list[Point]:
    """From the person's acts and the API's answers of the first run.

    In it Esc was pressed twice too slowly to interrupt, the answer to the question came before
    the question, and the next prompt answered it: the states say so.
    """
    acts = lines("truth.jsonl")
    submitted = {act["tag"]: act["t"] for act in acts if act["act"] == "submitted"}
    answers = [act["t"] for act in acts if act["act"] == "answer"]
    deny = next(act["t"] for act in acts if act["act"] == "deny")
    esc = [act["t"] for act in acts if act["act"] == "interrupt"][-1]
    over = {row["n"]: row["t"] + row.get("seconds", 0) for row in lines("api-ledger.jsonl")}
    return [
        *(Point(f"submitted {tag}", submitted[tag], "working") for tag in ("plain", "interrupt")),
        Point("plain is answered", over[1], "done"),
        Point("the write is asked about", over[2], "asking:permission"),
        Point("the write is done", over[3], "done"),
        Point("the command is asked about", over[4], "asking:permission"),
        Point("the command is allowed", answers[1], "working"),
        Point("the command is done", over[5], "done"),
        Point("the second command is asked about", over[6], "asking:permission"),
        Point("it is denied", deny, "idle"),
        Point("Esc was pressed too slowly", esc, "working"),
        Point("the question is asked", over[8], "asking:question"),
        Point("the question is done", over[9], "done"),
        Point("no credit, and it goes on", over[10], "working"),
    ]


def second_truth() -> list[Point]:
    """From the person's acts of the second run."""
    acts = {act["act"]: act["t"] for act in lines("second-acts.jsonl")}
    return [
        Point("interrupted", acts["esc2"], "idle"),
        Point("a question is answered", acts["enter q"], "working"),
        Point("one of two asks is answered", acts["enter 1"], "asking:permission"),
        Point("the other as well", acts["enter 2"], "done"),
        Point("the connection is refused", acts["submitted 401"] + 4.5, "failed:authentication"),
    ]


@cache
def run() -> Played:
    return replay(copilot, [*events("events.jsonl"), *terminal()])


@cache
def second() -> Played:
    return replay(copilot, events("second-events.jsonl"))


def shown(moments: list[Moment], t: float) -> e.StateChanged:
    heard = [moment for moment in moments if moment.t <= t]
    changed: list[e.StateChanged] = replay(copilot, heard, end=t).of(e.StateChanged)
    return changed[-1]


def name(state: e.StateChanged) -> str:
    return ":".join(filter(None, (state.to, state.kind, state.sub)))


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_each_state_is_shown_within_the_bound(point: Point) -> None:
    """The lines stand in the file up to 0.3 s after what they tell of."""
    state = shown([*events("events.jsonl"), *terminal()], point.t + BOUND_S + FLUSHED_S)
    assert name(state) == point.state
    assert state.certain or point.what.startswith("Esc")


@pytest.mark.parametrize("point", second_truth(), ids=lambda point: point.what)
def test_each_state_of_the_second_run_is_shown(point: Point) -> None:
    later = 2.5 if point.state == "done" else BOUND_S
    assert name(shown(events("second-events.jsonl"), point.t + later + FLUSHED_S)) == point.state


def test_every_turn_ended_as_it_did() -> None:
    ends = [(end.outcome, end.cause) for end in run().of(e.TurnEnded)]
    assert ends == [
        ("done", None),
        ("done", None),
        ("done", None),
        ("interrupted", "you"),
        ("done", None),
        ("done", None),
        ("interrupted", "you"),
    ]
    assert [(end.outcome, end.cause) for end in second().of(e.TurnEnded)] == [
        ("done", None),
        ("interrupted", "you"),
        ("done", None),
        ("done", None),
        ("interrupted", "you"),
        ("done", None),
        ("failed", "api_error"),
    ]


def test_every_ask_was_opened_once_with_what_it_is_about() -> None:
    asks = [(ask.kind, ask.tool, ask.text) for ask in run().of(e.AskOpened)]
    assert asks == [
        ("permission", "write", "/repo/notes.txt"),
        ("permission", "shell", 'python3 -c "import time;time.sleep(3);print(42)" > out.txt'),
        ("permission", "shell", "touch nope.txt"),
        ("question", "ask_user", "Which color?"),
    ]


def test_of_two_asks_at_once_the_one_is_told_that_is_shown() -> None:
    texts = [ask.text for ask in second().of(e.AskOpened)]
    assert texts == ["Which?", "touch p2.txt", "touch p1.txt", "touch no.txt"]


def test_a_subagent_that_is_done_ends_no_turn() -> None:
    sub = next(m.t for m in events("second-events.jsonl")
               if m.record["type"] == "assistant.message" and "agentId" in m.record)  # fmt: skip
    assert second().state_at(sub + 0.1) == "working"


def test_without_its_record_only_its_start_is_claimed() -> None:
    assert [state for _, state in replay(copilot, terminal()).states] == ["idle"]


@pytest.mark.parametrize(
    ("played", "ledger"),
    [(run, "api-ledger.jsonl"), (second, "second-api-ledger.jsonl")],
    ids=["first", "second"],
)
def test_what_was_used_is_what_the_api_delivered(played: object, ledger: str) -> None:
    """To the token; in the second run with a subagent, a compaction and an answer cut off."""
    assert callable(played)
    assert played().tokens == delivered(ledger)


def test_what_was_not_for_a_turn_of_its_own_is_told_apart() -> None:
    used = list(second().usage.values())
    assert [usage.tokens for usage in used if usage.side == "compaction"] == [
        Tokens(100, 0, 1000, 0, 50)
    ]
    assert [usage.tokens for usage in used if usage.agent] == [Tokens(100, 0, 1000, 0, 50)]
    assert [usage.tokens for usage in used if not usage.complete] == [Tokens()]


def test_a_record_read_twice_counts_once() -> None:
    twice = [moment for moment in events("second-events.jsonl") for _ in range(2)]
    assert replay(copilot, twice).tokens == second().tokens
