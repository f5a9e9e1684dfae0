"""A recorded run of Codex through the reducer, held against what the person did and the API did."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import pytest

from agentmux.agents import codex
from agentmux.core import events as e
from agentmux.core.facts import Source
from tests.agents.codex.samples import everything, lines, screen
from tests.support.replay import Moment, Played, replay

BOUND_S = 0.5
ALL = frozenset(Source)


class Point(NamedTuple):
    """Something that happened, and the state it must lead to."""

    what: str
    t: float
    state: str


def truth() -> list[Point]:
    """From the person's acts and the API's answers; an answer is over `seconds` after its start."""
    acts = lines("standard/truth.jsonl")
    submitted = {act["tag"]: act["t"] for act in acts if act["act"] == "submitted"}
    answers = [act["t"] for act in acts if act["act"] == "answer"]
    over = {
        row["n"]: row["t"] + row.get("seconds", 0) for row in lines("standard/api-ledger.jsonl")
    }
    deny, interrupt = (next(a["t"] for a in acts if a["act"] == x) for x in ("deny", "interrupt"))
    return [
        *(Point(f"submitted {tag}", t, "working") for tag, t in submitted.items()
          if tag in ("plain", "interrupt")),
        Point("plain is answered", over[2], "done"),
        Point("the write is asked about", over[4], "asking:permission"),
        Point("the write is done", over[5], "done"),
        Point("the command is asked about", over[6], "asking:permission"),
        Point("the command is allowed", answers[1], "working"),
        Point("the command is done", over[7], "done"),
        Point("the second command is asked about", over[8], "asking:permission"),
        Point("it is denied", deny, "idle"),
        Point("the stream is interrupted", interrupt, "idle"),
        Point("a request is tried again", over[12], "done"),
        Point("no credit", over[13], "failed:billing_error"),
        Point("the limit", over[14], "limited"),
    ]  # fmt: skip


@cache
def shown(sources: frozenset[Source], t: float) -> e.StateChanged:
    """What is shown at `t` when only these sources are heard."""
    heard = [m for m in everything() if m.source in sources and m.t <= t]
    changed: list[e.StateChanged] = replay(codex, heard, end=t).of(e.StateChanged)
    return changed[-1]


def name(state: e.StateChanged) -> str:
    return f"{state.to}:{state.kind}" if state.kind else str(state.to)


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_each_state_is_shown_within_the_bound_and_certain(point: Point) -> None:
    state = shown(ALL, point.t + BOUND_S)
    assert (name(state), state.certain) == (point.state, True)


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_the_same_without_hooks_and_telemetry(point: Point) -> None:
    """Until hooks are injected, program status and the rollout are enough."""
    without = frozenset({Source.OSC7501, Source.TRANSCRIPT, Source.TITLE, Source.KEYS})
    state = shown(without, point.t + BOUND_S)
    assert (name(state), state.certain) == (point.state, True)


@pytest.mark.parametrize("point", truth(), ids=lambda point: point.what)
def test_without_program_status_nothing_wrong_is_certain(point: Point) -> None:
    # No hook tells of an error: the rollout, which does, waits for the hooks to fall silent.
    patience = 2.5 if point.state.startswith("failed") else BOUND_S
    state = shown(ALL - {Source.OSC7501}, point.t + patience)
    assert name(state) == point.state or not state.certain


def test_rollout_and_title_alone_get_there_in_two_seconds() -> None:
    alone = frozenset({Source.TRANSCRIPT, Source.TITLE})
    for point in truth():
        if point.what in ("the second command is asked about", "submitted plain"):
            continue  # answered before two seconds were over
        state = shown(alone, point.t + 2)
        assert name(state) == point.state or not state.certain, point


def play(moments: Iterable[Moment]) -> Played:
    return replay(codex, moments)


def test_turns_asks_and_their_ends() -> None:
    played = play(everything())
    turns = [(turn.outcome, turn.cause, turn.certain) for turn in played.of(e.TurnEnded)]
    assert [outcome for outcome, _, _ in turns] == [
        "done", "done", "done", "interrupted", "interrupted", "done", "failed", "failed",
    ]  # fmt: skip
    assert all(certain for _, _, certain in turns)
    asks = {ask.ask: ask for ask in played.of(e.AskOpened)}
    assert [ask.text for ask in asks.values()] == [
        "/repo/wt/s1/notes.txt",
        'python3 -c "import time;time.sleep(3);print(42)" > out.txt',
        "touch nope.txt",
    ]
    assert "*** Add File: notes.txt" in asks[1].detail


def test_the_limit_has_the_end_that_the_rollout_names() -> None:
    last = play(everything()).of(e.StateChanged)[-1]
    assert (last.to, last.until and last.until.timestamp()) == ("limited", 1795445482)


def test_a_request_tried_again_is_seen_in_the_telemetry_alone() -> None:
    subs = [state.sub for state in play(everything()).of(e.StateChanged)]
    assert subs.count("retrying") >= 1
    without = [moment for moment in everything() if moment.source is not Source.OTLP]
    assert not any(state.sub for state in play(without).of(e.StateChanged))


def test_the_conversation_is_named_by_hook_and_rollout_alike() -> None:
    for source in (Source.HOOK, Source.TRANSCRIPT):
        played = play(moment for moment in everything() if moment.source is source)
        assert played.session.agent_session_id == "01a208ac-29fa-76d3-bdf5-7d30562ac3c4"


def osc(t: float, data: str) -> Moment:
    return Moment(t, Source.OSC7501, {"data": data})


def question(t: float) -> Moment:
    rows = lines("new-and-question/hooks.jsonl")
    payload = next(r["p"] for r in rows if r["p"].get("tool_name") == "request_user_input")
    return Moment(t, Source.HOOK, payload)


def test_a_title_that_blinks_is_one_ask_with_its_text() -> None:
    hook = next(m for m in everything() if m.record.get("hook_event_name") == "PermissionRequest")
    asked = [osc(1, "state=blocked:kind=permission"), Moment(1.1, Source.HOOK, hook.record)]
    blinks = [
        Moment(2 + n, Source.TITLE, {"text": f"[ {'!.'[n % 2]} ] Action Required"})
        for n in range(20)
    ]
    played = play([osc(0, "state=working"), *asked, *blinks])
    assert {ask.ask for ask in played.of(e.AskOpened)} == {1}
    assert played.session.ask is not None and played.session.ask.text == "/repo/wt/s1/notes.txt"
    alone = play(blinks)
    assert {ask.ask for ask in alone.of(e.AskOpened)} == {1}


def test_a_question_is_asked_when_program_status_says_so() -> None:
    refused = play([osc(0, "state=working"), question(1), osc(9, "state=done")])
    assert [str(s.to) for s in refused.of(e.StateChanged)] == ["working", "done"]
    put = play([osc(0, "state=working"), question(1), osc(1.1, "state=blocked:kind=question")])
    assert put.session.ask is not None
    assert (put.session.ask.text, put.session.ask.options) == ("Which one?", ("red", "blue"))


def test_a_page_is_asked_about_for_as_long_as_it_is_seen() -> None:
    """Codex calls itself idle under it, before and after the page was first seen."""
    page, idle = screen("page-trust"), {**screen("idle"), "asked": True}
    seen = [osc(0, "state=idle"), Moment(1, Source.SCREEN, page), osc(2.5, "state=idle")]
    again = [Moment(3, Source.SCREEN, page), Moment(4.5, Source.SCREEN, page)]
    up = play([*seen, *again])
    assert (up.session.state, up.session.state_kind) == ("asking", "setup")
    gone = play([*seen, *again, Moment(6, Source.SCREEN, idle)])
    assert (gone.session.state, gone.session.ask) == ("idle", None)


def test_a_request_that_went_through_is_not_tried_again() -> None:
    def sent(t: float, status: int) -> Moment:
        return Moment(
            t,
            Source.OTLP,
            {"name": "codex.api_request", "attributes": {"http.response.status_code": status}},
        )

    states = play([osc(0, "state=working"), sent(1, 500), sent(3, 200)]).of(e.StateChanged)
    assert [state.sub for state in states] == [None, "retrying", None]


def distances() -> dict[str, float]:
    """Seconds from each point to its state, for a person to read."""
    told = play(everything()).of(e.StateChanged)
    found = {}
    for point in truth():
        times = [s.at.timestamp() - point.t for s in told if name(s) == point.state]
        found[point.what] = round(min(t for t in times if t > -0.05), 3)
    return found
