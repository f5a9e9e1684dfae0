"""The recorded run of Kimi Code through the reducer, held against what the person did."""

from functools import cache
from typing import NamedTuple

import pytest

from agentmux.agents import kimi
from agentmux.core import events as e
from tests.agents.kimi.samples import delivered, lines, terminal, wire
from tests.support.replay import Moment, Played, replay

BOUND_S = 0.5
FIRST_S = 0.6
"""The first prompt creates the conversation, and nothing tells of it before (measured: 0.54)."""


class Point(NamedTuple):
    """Something that happened, and the state it must lead to."""

    what: str
    t: float
    state: str
    bound: float = BOUND_S


def truth() -> list[Point]:
    """From the person's acts and the API's answers. The write was not asked about; after the
    denial the agent answered once more."""
    acts = lines("truth.jsonl")
    submitted = {act["tag"]: act["t"] for act in acts if act["act"] == "submitted"}
    answers = [act["t"] for act in acts if act["act"] == "answer"]
    one = {act["act"]: act["t"] for act in acts}
    over = {row["n"]: row["t"] + row["seconds"] for row in lines("api-ledger.jsonl")}
    return [
        Point("submitted plain", submitted.pop("plain"), "working", FIRST_S),
        *(Point(f"submitted {tag}", t, "working") for tag, t in submitted.items()),
        Point("plain is answered", over[1], "done"),
        Point("the write is done", over[3], "done"),
        Point("the command is asked about", over[4], "asking:permission"),
        Point("the command is allowed", answers[1], "working"),
        Point("the command is done", over[5], "done"),
        Point("the second command is asked about", over[6], "asking:permission"),
        Point("it is denied, and the agent goes on", one["deny"], "working"),
        Point("it has answered", over[7], "done"),
        Point("interrupted", one["interrupt"], "idle"),
        Point("a rate limit", over[9], "working:retrying"),
        Point("and once more", over[10], "working:retrying"),
        Point("recovered", over[11], "done"),
        Point("no credit", over[12], "failed:APIProviderQuotaExhaustedError"),
        Point("a limit that is tried again", over[15], "working:retrying"),
        Point("it passed", over[16], "done"),
    ]


@cache
def run() -> Played:
    return replay(kimi, [*wire(), *terminal()])


def late(point: Point, played: Played) -> float:
    """Seconds until the state was shown; negative for one that held already."""
    if played.state_at(point.t) == point.state:
        return 0.0
    return min(t - point.t for t, state in played.states if t >= point.t and state == point.state)


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_each_state_is_shown_in_time(point: Point) -> None:
    assert late(point, run()) < point.bound


def test_nothing_else_is_shown() -> None:
    assert [state for _, state in run().states] == [
        "working",
        "done",
        "working",
        "done",
        *("working", "asking:permission", "working", "done") * 2,
        "working",
        "idle",
        *("working", "working:retrying", "working", "done"),
        "working",
        "failed:APIProviderQuotaExhaustedError",
        *("working", "working:retrying", "working", "done"),
    ]
    assert all(changed.certain for changed in run().of(e.StateChanged))


def test_each_turn_begins_and_ends_once() -> None:
    ended = [(turn.outcome, turn.cause, turn.certain) for turn in run().of(e.TurnEnded)]
    assert ended == [
        *[("done", None, True)] * 4,
        ("interrupted", "you", True),
        ("done", None, True),
        ("failed", "api_error", True),
        ("done", None, True),
    ]
    assert [turn.by for turn in run().of(e.TurnStarted)] == ["person"] * 8


def test_each_ask_shows_the_command() -> None:
    asks = [(ask.kind, ask.text, ask.tool) for ask in run().of(e.AskOpened)]
    assert asks == [
        ("permission", 'python3 -c "import time;time.sleep(3);print(42)" > out.txt', "Bash"),
        ("permission", "touch nope.txt", "Bash"),
    ]
    assert [ask.ask for ask in run().of(e.AskClosed)] == [1, 2]


def test_tokens_are_what_was_delivered_to_the_token() -> None:
    assert run().tokens == delivered()
    cut = [usage for usage in run().usage.values() if not usage.complete]
    assert len(cut) == 1
    assert cut[0].tokens.is_empty
    assert len(run().usage) == 10


def test_read_twice_nothing_is_counted_twice() -> None:
    again = replay(kimi, [*wire(), *(Moment(m.t + 100, m.source, m.record) for m in wire())])
    assert again.tokens == delivered()


def test_without_its_record_nothing_is_claimed() -> None:
    assert replay(kimi, terminal()).of(e.StateChanged) == []
