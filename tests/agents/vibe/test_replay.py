"""The recorded run of Vibe through the reducer, held against what the person did."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from agentmux.agents import vibe
from agentmux.core import events as e
from agentmux.core.facts import Source
from tests.support.replay import Played, replay, rows, terminal_moments

SAMPLES = Path(__file__).parents[1] / "samples" / "vibe"
BOUND_S = 0.5
FIRST_S = 2.0
"""The first prompt starts the part of it that works (measured: 1.91)."""
GRACE_S = 1.1
"""It shows an ask after a second without typing (measured: 1.00)."""


class Point(NamedTuple):
    """Something that happened, and the state it must lead to."""

    what: str
    t: float
    state: str
    bound: float = BOUND_S


def truth() -> list[Point]:
    """The error was still being tried again when Esc ended it; a retry shows in no report."""
    acts = list(rows(SAMPLES / "truth.jsonl"))
    submitted = {act["tag"]: act["t"] for act in acts if act["act"] == "submitted"}
    answers = [act["t"] for act in acts if act["act"] == "answer"]
    one = {act["act"]: act["t"] for act in acts}
    over = {row["n"]: row["t"] + row["seconds"] for row in rows(SAMPLES / "api-ledger.jsonl")}
    return [
        Point("submitted plain", submitted.pop("plain"), "working", FIRST_S),
        *(Point(f"submitted {tag}", t, "working") for tag, t in submitted.items()),
        Point("plain is answered", over[1], "done"),
        Point("the write is done", over[4], "done"),
        Point("the command is asked about", over[5], "asking:permission", GRACE_S),
        Point("the command is allowed", answers[1], "working"),
        Point("the command is done", over[6], "done"),
        Point("the second command is asked about", over[7], "asking:permission", GRACE_S),
        Point("it is denied, and the agent goes on", one["deny"], "working"),
        Point("it has answered", over[8], "done"),
        Point("interrupted", one["interrupt"], "idle"),
        Point("recovered", over[12], "done"),
        Point("a limit passed", over[20], "done"),
    ]


@cache
def run() -> Played:
    return replay(vibe, terminal_moments(SAMPLES / "terminal-events.jsonl"))


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_each_state_is_shown_in_time(point: Point) -> None:
    held = run().state_at(point.t) == point.state
    later = [t - point.t for t, state in run().states if t >= point.t and state == point.state]
    assert held or later[0] < point.bound


def test_nothing_else_is_shown() -> None:
    assert [state for _, state in run().states] == [
        *("working", "done") * 2,
        *("working", "asking:permission", "working", "done") * 2,
        *("working", "idle"),
        *("working", "done"),
        *("working", "idle"),
        *("working", "done"),
    ]
    assert all(changed.certain for changed in run().of(e.StateChanged))


def test_each_turn_begins_and_ends_once() -> None:
    ended = [(turn.outcome, turn.cause) for turn in run().of(e.TurnEnded)]
    done, cut = ("done", None), ("interrupted", "you")
    assert ended == [done, done, done, done, cut, done, cut, done]
    assert len(run().of(e.AskOpened)) == len(run().of(e.AskClosed)) == 2


def test_without_its_reports_nothing_is_claimed() -> None:
    moments = terminal_moments(SAMPLES / "terminal-events.jsonl")
    silent = [moment for moment in moments if moment.source is not Source.OSC7501]
    assert replay(vibe, silent).of(e.StateChanged) == []


def test_screens_and_titles_that_look_like_asks_change_nothing() -> None:
    played = run()
    for screen in sorted((SAMPLES / "screens").iterdir()):
        record = {"lines": screen.read_text().splitlines()}
        assert vibe.parse(Source.SCREEN, record, played.now) == []
    (named,) = vibe.parse(Source.TITLE, {"text": "error: [y/n] Action Required"}, played.now)
    assert type(named).__name__ == "Titled"
    assert vibe.parse(Source.TITLE, {"text": "Vibe"}, played.now) == []
