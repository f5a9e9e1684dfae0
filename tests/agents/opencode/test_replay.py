"""Recorded runs of opencode through the reducer, held against what the person did."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import pytest

from agentmux.agents import opencode
from agentmux.core import events as e
from agentmux.core.usage import Tokens
from tests.agents.opencode.samples import events, lines, terminal
from tests.support.replay import Moment, Played, replay

BOUND_S = 0.5


class Point(NamedTuple):
    """Something that happened, and the state it must lead to."""

    what: str
    t: float
    state: str


def truth() -> list[Point]:
    """From the person's acts; what the agent does by itself, from the API's answers.

    opencode takes up to 0.7 s from the last byte of an answer to its own end of the turn: it
    takes a picture of the worktree meanwhile. Those points count from then on.
    """
    acts = lines("truth.jsonl")
    submitted = {act["tag"]: act["t"] for act in acts if act["act"] == "submitted"}
    answers = [act["t"] for act in acts if act["act"] == "answer"]
    deny = next(act["t"] for act in acts if act["act"] == "deny")
    interrupt = [act["t"] for act in acts if act["act"] == "interrupt"][-1]
    over = {row["n"]: row["t"] + row.get("seconds", 0) for row in lines("api-ledger.jsonl")}
    return [
        *(Point(f"submitted {tag}", t, "working") for tag, t in submitted.items()
          if tag in ("plain", "shell", "interrupt")),
        Point("plain is answered", over[2] + 0.4, "done"),
        Point("the write is asked about", over[3], "asking:permission"),
        Point("the write is done", over[4] + 0.1, "done"),
        Point("the command is asked about", over[5], "asking:permission"),
        Point("the command is allowed", answers[1], "working"),
        Point("the command is done", over[7 - 1] + 0.1, "done"),
        Point("the second command is asked about", over[7], "asking:permission"),
        Point("it is denied", deny, "idle"),
        Point("the stream is interrupted", interrupt, "idle"),
        Point("a question is asked", over[9], "asking:question"),
        Point("it is answered", answers[2], "working"),
        Point("the question is done", over[10] + 0.1, "done"),
        Point("a request is refused", over[11], "working:retrying"),
        Point("a request is tried again", over[13], "done"),
        Point("no credit", over[14], "failed:invalid_request_error"),
        Point("the limit", over[15], "limited"),
    ]  # fmt: skip


@cache
def run() -> Played:
    return replay(opencode, [*events("events.jsonl"), *terminal()])


def shown(points: Iterable[Moment], t: float) -> e.StateChanged:
    """What is shown at `t`."""
    changed: list[e.StateChanged] = replay(
        opencode, [moment for moment in points if moment.t <= t], end=t
    ).of(e.StateChanged)
    return changed[-1]


def name(state: e.StateChanged) -> str:
    return ":".join(filter(None, (state.to, state.kind, state.sub)))


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_each_state_is_shown_within_the_bound_and_certain(point: Point) -> None:
    state = shown([*events("events.jsonl"), *terminal()], point.t + BOUND_S)
    assert (name(state), state.certain) == (point.state, True)


def test_the_limit_says_when_it_ends() -> None:
    (limited,) = [s for s in run().of(e.StateChanged) if s.to == "limited"]
    assert limited.until is not None
    assert 3500 < (limited.until - limited.at).total_seconds() < 3700


def test_every_turn_ended_as_it_did() -> None:
    ends = [(end.outcome, end.cause) for end in run().of(e.TurnEnded)]
    assert ends == [
        ("done", None),
        ("done", None),
        ("done", None),
        ("interrupted", "you"),
        ("interrupted", "you"),
        ("done", None),
        ("done", None),
        ("failed", "api_error"),
        ("failed", "limit"),
    ]
    assert len(run().of(e.TurnStarted)) == len(ends)


def test_every_ask_was_opened_once_with_what_it_is_about() -> None:
    asks = [(ask.kind, ask.tool, ask.text) for ask in run().of(e.AskOpened)]
    assert asks == [
        ("permission", "edit", "/repo/notes.txt"),
        ("permission", "bash", 'python3 -c "import time;time.sleep(3);print(42)" > out.txt'),
        ("permission", "bash", "touch nope.txt"),
        ("question", "question", "Which color?"),
    ]
    assert run().of(e.AskOpened)[3].options == ("Red", "Blue")
    assert "+hello there" in run().of(e.AskOpened)[0].detail


def test_without_its_server_nothing_is_claimed() -> None:
    """Its title tells no state: what is left is what the pane shows."""
    assert replay(opencode, terminal()).states == []


# --- usage ------------------------------------------------------------------------------------


def test_what_was_used_is_what_the_api_delivered() -> None:
    """To the token, but for the title's request, of which opencode tells nobody."""
    delivered = Tokens()
    for row in lines("api-ledger.jsonl"):
        if row["kind"] == "turn" and (used := row.get("usage")):
            delivered += Tokens(
                used["input"], used.get("cache_read", 0), used["cache_write_5m"], 0, used["output"]
            )
    assert run().tokens == delivered
    assert delivered == Tokens(903, 6000, 6600, 0, 453)


def test_the_interrupted_answer_took_at_least_nothing() -> None:
    cut = [usage for usage in run().usage.values() if not usage.complete]
    assert [usage.tokens for usage in cut] == [Tokens()]


def test_a_message_said_twice_counts_once() -> None:
    twice = [moment for moment in events("events.jsonl") for _ in range(2)]
    assert replay(opencode, twice).tokens == run().tokens


def test_the_agents_own_price_is_kept_beside() -> None:
    first = next(iter(run().usage.values()))
    assert (str(first.reported_usd), first.model, first.provider) == (
        "0.0032", "claude-sonnet-5", None,
    )  # fmt: skip


# --- a run with a conversation begun anew, a compaction and a connection that breaks ------------


@cache
def compacted() -> Played:
    return replay(opencode, events("stream-compaction.jsonl"))


def test_a_compaction_is_counted_and_told_apart() -> None:
    sides = [usage for usage in compacted().usage.values() if usage.side]
    assert [(usage.side, usage.tokens) for usage in sides] == [
        ("compaction", Tokens(input=40, output=8))
    ]


def test_a_connection_that_broke_five_times_ends_in_an_error() -> None:
    outcomes = [(end.outcome, end.cause) for end in compacted().of(e.TurnEnded)]
    assert outcomes == [
        ("done", None),
        ("done", None),
        ("failed", "api_error"),
        ("done", None),
        ("done", None),
        ("interrupted", "you"),
    ]
    cut = [usage.tokens for usage in compacted().usage.values() if not usage.complete]
    assert cut == [Tokens(), Tokens()]


def test_a_new_conversation_in_the_same_pane_is_named() -> None:
    assert compacted().session.agent_session_id == "ses_dd344637affeNl0kTPBXnzrILb"


# --- a run with a subagent, a question turned down and a prompt in the queue --------------------


@cache
def nested() -> Played:
    return replay(opencode, events("stream-subagent.jsonl"))


def test_a_subagent_that_comes_to_rest_ends_no_turn() -> None:
    task = next(m.t for m in events("stream-subagent.jsonl")
                if m.record["type"] == "session.created"
                and "parentID" in m.record["properties"]["info"])  # fmt: skip
    idle = next(m.t for m in events("stream-subagent.jsonl") if m.record["type"] == "session.idle")
    assert nested().state_at(task + 1) == "working"
    assert nested().state_at(idle + 1) == "working"
    assert nested().session.agent_session_id == "ses_dd3426a62ffedbYd3nwx0B9jyA"
    (first, *_) = nested().of(e.TurnEnded)
    assert first.outcome == "done"


def test_a_question_that_is_turned_down_ends_the_turn_by_the_person() -> None:
    outcomes = [(end.outcome, end.cause, end.certain) for end in nested().of(e.TurnEnded)]
    assert outcomes[1][:2] == ("interrupted", "you")


def test_what_a_subagent_used_is_counted() -> None:
    """Eight answers, of which one was the subagent's."""
    assert len(nested().usage) == 8
    assert nested().tokens == Tokens(6 * 100 + 2 * 101, 2 * 2000, 6 * 1000 + 2 * 200, 0, 402)


# --- a run with two tools at once, each of which asks -------------------------------------------


@cache
def parallel() -> Played:
    return replay(opencode, events("stream-parallel.jsonl"))


def test_of_two_asks_at_once_each_is_told_while_it_is_shown() -> None:
    """opencode asks for both at the same moment and shows one after the other."""
    asked = [m.t for m in events("stream-parallel.jsonl") if m.record["type"] == "permission.asked"]
    replied = [
        m.t for m in events("stream-parallel.jsonl") if m.record["type"] == "permission.replied"
    ]
    assert len(asked) == len(replied) == 2
    assert asked[1] - asked[0] < 0.1
    asks = [(ask.text, ask.at.timestamp()) for ask in parallel().of(e.AskOpened)]
    assert asks == [("touch p1.txt", asked[0]), ("touch p2.txt", replied[0])]
    assert parallel().state_at(replied[0] + 0.5) == "asking:permission"
    assert parallel().state_at(replied[1] + 0.1) == "working"


def test_reasoning_that_a_vendor_counts_within_the_output_is_not_added() -> None:
    """The API delivered 20 tokens of output, 7 of them reasoning."""
    first = next(iter(parallel().usage.values()))
    assert first.tokens.output == 20
