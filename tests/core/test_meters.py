"""A scripted day on a fake clock, every wait exact; and any history, folded whole or in parts."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core.meter import Key, Meter, day_of
from agentmux.core.meters import METERED, fold, recall, settle
from agentmux.core.state import SessionState
from agentmux.core.tally import Tally, merged
from agentmux.core.usage import Tokens
from tests.support.day import (
    answered,
    asked,
    dequeued,
    ended,
    enqueued,
    here,
    launched,
    sample,
    used,
    waiting_for,
)
from tests.support.events import HISTORIES, at, exited, in_state, opened

MINUTE, HOUR = 60, 3600
S1, S2 = "s1", "s2"


def count(*history: e.Event, until: float | None = None) -> Meter:
    meter = Meter()
    for event in history:
        fold(meter, event)
    if until is not None:
        settle(meter, at(until))
    return meter


def total(meter: Meter) -> Tally:
    return merged(meter.tallies.values())


def waits(meter: Meter, name: str) -> list[float]:
    """Samples in seconds, shortest first."""
    return [us / 1e6 for us in sorted(total(meter).samples.get(name, []))]


def figure(meter: Meter, name: str) -> float:
    """A duration in seconds."""
    return total(meter).get(name) / 1e6


# --- the queue and the start -------------------------------------------------------------------


def test_queue_wait_is_split_by_what_it_was_for() -> None:
    meter = count(
        enqueued(S1, 0, "dependency"),
        enqueued(S2, 10),
        waiting_for(S1, 100, "slot"),
        waiting_for(S1, 250, "budget"),
        waiting_for(S1, 300, "start"),
        dequeued(S1, 301.5),
        dequeued(S2, 20, "cancelled"),
    )
    assert waits(meter, "queue") == [301.5]
    split = {reason: figure(meter, f"queue.{reason}") for reason in ("dependency", "slot")}
    assert split == {"dependency": 100, "slot": 150}
    assert (figure(meter, "queue.budget"), figure(meter, "queue.start")) == (50, 1.5)
    assert total(meter).get("queue.unserved") == 1
    assert figure(meter, "wall.queued") == 301.5 + 10
    assert meter.opened.keys() == {S1}


def test_one_that_did_not_queue_waited_no_time_and_one_that_did_is_not_counted_twice() -> None:
    assert waits(count(opened(S1)), "queue") == [0]
    assert waits(count(enqueued(S1, 0), opened(S1, seconds=7), dequeued(S1, 8)), "queue") == [8]
    assert waits(count(enqueued(S1, 0), dequeued(S1, 8), opened(S1, seconds=9)), "queue") == [8]


def test_a_parked_session_queues_again() -> None:
    rows = [opened(S1), *launched(S1, 1), in_state(S1, "idle", seconds=2), exited(S1, run=1,
            seconds=10), enqueued(S1, 100), dequeued(S1, 130)]  # fmt: skip
    meter = count(*rows)
    assert waits(meter, "queue") == [0, 30]
    assert figure(meter, "wall.queued") == 30
    assert meter.opened[S1].name == "name-s1"


def test_a_start_lasts_until_ready_and_start_up_pages_are_no_part_of_it() -> None:
    meter = count(
        opened(S1),
        *launched(S1, 10),
        in_state(S1, "unknown", seconds=11),
        asked(S1, 1, 12, "setup"),
        in_state(S1, "asking", seconds=12, kind="setup"),
        answered(S1, 1, 612),
        in_state(S1, "idle", seconds=615),
        in_state(S1, "working", seconds=700),
    )
    assert waits(meter, "start") == [5]
    assert figure(meter, "ask.setup") == 600


def test_a_plain_command_is_ready_as_soon_as_it_runs() -> None:
    started = e.AgentStarted(at=at(3), session=S1, run=1, pid=1, pgid=1, shim_pid=2, spool_offset=0)
    rows = [opened(S1), *launched(S1, 1)[:2], started, in_state(S1, "quiet", seconds=13)]
    meter = count(*rows, exited(S1, run=1, seconds=20))
    assert waits(meter, "start") == [2]
    assert (figure(meter, "wall.working"), figure(meter, "wall.idle")) == (10, 7)


def test_a_start_that_failed_is_none() -> None:
    assert waits(count(opened(S1), *launched(S1, 1), exited(S1, run=1, seconds=2)), "start") == []


# --- the person --------------------------------------------------------------------------------


def test_attention_wait_is_split_into_here_and_away() -> None:
    meter = count(
        opened(S1),
        asked(S1, 1, 100),
        here(160, False),
        here(400, True),
        answered(S1, 1, 430),
        asked(S1, 2, 500, "question"),
        asked(S1, 2, 501, "question"),
        answered(S1, 2, 512),
    )
    assert waits(meter, "ask") == [12, 330]
    assert (figure(meter, "ask.away"), figure(meter, "ask.here")) == (240, 102)
    assert (figure(meter, "ask.permission"), figure(meter, "ask.question")) == (330, 12)
    assert total(meter).get("asks.opened") == 2


def test_one_who_is_away_from_before_the_ask_until_after_it_was_away_all_the_time() -> None:
    meter = count(opened(S1), here(1, False), asked(S1, 1, 2), answered(S1, 1, 9), here(50, True))
    assert (figure(meter, "ask.away"), figure(meter, "ask.here")) == (7, 0)


def test_an_ask_that_goes_on_is_open_and_no_wait_yet() -> None:
    meter = count(opened(S1), asked(S1, 1, 10), until=70)
    assert waits(meter, "ask") == []
    assert (total(meter).get("ask.open"), figure(meter, "ask.open_us")) == (1, 60)


def test_a_sleeping_machine_waits_for_nobody() -> None:
    meter = count(
        enqueued(S2, 0),
        opened(S1),
        *launched(S1, 0),
        in_state(S1, "asking", seconds=100, kind="permission"),
        asked(S1, 1, 100),
        here(150, False),
        e.Slept(at=at(200 + 8 * HOUR), seconds=8 * HOUR),
        here(210 + 8 * HOUR, True),
        answered(S1, 1, 220 + 8 * HOUR),
        in_state(S1, "working", seconds=220 + 8 * HOUR),
        dequeued(S2, 230 + 8 * HOUR),
    )
    assert waits(meter, "ask") == [120]
    assert (figure(meter, "ask.away"), figure(meter, "ask.here")) == (60, 60)
    assert waits(meter, "queue") == [0, 230]
    assert figure(meter, "wall.asking") == 120


# --- turns and wall time -----------------------------------------------------------------------


def test_turns_by_outcome_and_cause_each_counted_once() -> None:
    meter = count(
        opened(S1),
        ended(S1, 1, 1),
        ended(S1, 2, 2, "interrupted", cause="you"),
        ended(S1, 3, 3, "failed", cause="api_error"),
        ended(S1, 3, 3, "failed", cause="api_error"),
        ended(S1, 4, 4, "failed", cause="limit"),
        ended(S1, 5, 5, certain=False),
    )
    counts = total(meter).counts
    turns = {name: n for name, n in counts.items() if name.startswith(("turns", "cause"))}
    assert turns == {
        "turns.done": 2, "turns.interrupted": 1, "turns.failed": 2, "turns.uncertain": 1,
        "cause.you": 1, "cause.api_error": 1, "cause.limit": 1,
    }  # fmt: skip


def test_wall_time_stands_on_the_day_it_passes_and_ends_with_the_session() -> None:
    meter = count(
        opened(S1),
        *launched(S1, 0),
        in_state(S1, "working", seconds=1),
        in_state(S1, "limited", seconds=13 * HOUR),
        in_state(S1, "done", seconds=14 * HOUR),
        e.SessionRemoved(at=at(15 * HOUR), session=S1),
        until=40 * HOUR,
    )
    by_day = {key.day: tally for key, tally in meter.tallies.items()}
    midnight = 12 * HOUR - 0.123456
    assert by_day["2026-03-01"].get("wall.working") == (midnight - 1) * 1e6
    assert by_day["2026-03-02"].get("wall.working") == (HOUR + 0.123456) * 1e6
    assert (figure(meter, "wall.limited"), figure(meter, "wall.unread")) == (HOUR, HOUR)
    assert figure(meter, "wall.starting") == 1


def test_what_goes_on_is_counted_up_to_now() -> None:
    rows = [opened(S1), *launched(S1, 0), in_state(S1, "working", seconds=5)]
    assert figure(count(*rows), "wall.working") == 0
    assert figure(count(*rows, until=65), "wall.working") == 60


def test_every_state_is_counted_as_something() -> None:
    for state in SessionState:
        meter = count(opened(S1), in_state(S1, state, seconds=1), until=11)
        gone = state in (SessionState.EXITED, SessionState.PARKED)
        wall = {n: us for n, us in total(meter).counts.items() if n.startswith("wall.")}
        assert sum(wall.values()) == (0 if gone else 10_000_000), state


def test_what_a_power_cut_ended_had_ended_before_the_next_leader_found_it() -> None:
    leader = e.LeaderStarted(at=at(0), pid=1, version="1")
    rows: list[e.Event] = [leader, opened(S1), *launched(S1, 0), in_state(S1, "working", seconds=5),
            asked(S1, 1, 100), e.Renamed(at=at(200), session=S1, name="x"),
            e.LeaderStarted(at=at(9 * HOUR), pid=2, version="1"),
            answered(S1, 1, 9 * HOUR + 1, "gone"),
            exited(S1, run=1, seconds=9 * HOUR + 1, certain=False)]  # fmt: skip
    meter = count(*rows)
    assert waits(meter, "ask") == [100]
    assert figure(meter, "wall.working") == 195
    (gap,) = meter.gaps
    assert (gap.since, gap.until, gap.certain) == (at(200), at(9 * HOUR), False)

    meter = count(*rows[:-1], exited(S1, run=1, seconds=20 * MINUTE))
    assert figure(meter, "wall.working") == 20 * MINUTE - 5


# --- money -------------------------------------------------------------------------------------


def test_a_response_counts_once_as_its_newest_row_says_on_the_day_of_its_first() -> None:
    meter = count(
        opened(S1),
        used(S1, "r1", 1, cost_usd=None, complete=False),
        used(S1, "r2", 2, reported_usd=Decimal("0.3")),
        used(S1, "r1", 20 * HOUR, tokens=Tokens(input=1, cache_read=7, output=2)),
    )
    ((key, tally),) = [(k, t) for k, t in meter.tallies.items() if k.model]
    assert key == Key("2026-03-01", S1, "opus")
    assert tally.counts == {
        "responses": 2, "tokens.input": 11, "tokens.cache_read": 7, "tokens.output": 7,
        "cost": 500 * 10**12, "reported": 300 * 10**12, "reported_responses": 1,
        "price_date.2026-02-01": 2,
    }  # fmt: skip


def test_a_copy_in_a_branched_off_session_is_the_same_response_and_a_later_one_is_another() -> None:
    meter = count(opened(S1), opened(S2), used(S1, "r1", 0), used(S2, "r1", 30))
    assert total(meter).get("responses") == 1
    fold(meter, used(S2, "r1", 300))
    assert total(meter).get("responses") == 2


def test_a_response_that_was_forgotten_is_known_again_once_recalled() -> None:
    first, again = used(S1, "r1", 0), used(S1, "r1", 5, cost_usd=Decimal(1))
    meter = count(opened(S1), first)
    meter.spent.clear()
    recall(meter, [first])
    fold(meter, again)
    assert total(meter).get("responses") == 1
    assert total(meter).get("cost") == 10**15


def test_turns_and_waits_belong_to_the_model_that_answered_last() -> None:
    meter = count(
        opened(S1),
        used(S1, "r1", 1),
        used(S1, "r2", 2, model="haiku", side="title"),
        used(S1, "r3", 2, model="haiku", agent="explorer"),
        ended(S1, 1, 3),
        used(S1, "r4", 4, model="sonnet"),
        ended(S1, 2, 5),
    )
    turns = {k.model: t.get("turns.done") for k, t in meter.tallies.items() if k.model}
    assert turns == {"opus": 1, "haiku": 0, "sonnet": 1}


# --- the queue's length, told twice ------------------------------------------------------------


def test_samples_are_set_beside_the_intervals() -> None:
    counts = total(
        count(
            enqueued(S1, 0), sample(0, 1), sample(10, 1), enqueued(S2, 12), sample(20, 2),
            dequeued(S1, 25), sample(30, 1), dequeued(S2, 31), sample(40, 0), sample(400, 0),
        )
    ).counts  # fmt: skip
    assert counts["little.covered"] == 40e6
    assert counts["little.sampled"] == (10 + 10 + 20 + 10) * 1e6
    assert counts["little.waited"] == (25 + 19) * 1e6
    assert "little.off" not in counts


def test_a_lost_dequeue_is_off_from_the_second_sample_on() -> None:
    rows: list[e.Event] = [
        enqueued(S1, 0),
        sample(0, 1),
        sample(10, 0),
        sample(20, 0),
        sample(30, 0),
    ]
    assert total(count(*rows)).get("little.off") == 2


# --- any history -------------------------------------------------------------------------------


@given(HISTORIES, st.integers(0, 25))
def test_parts_add_up_to_the_whole(history: list[e.Event], cut: int) -> None:
    whole, part = Meter(), Meter()
    for event in history:
        fold(whole, event)
    for event in history[:cut]:
        fold(part, event)
    first, *_ = part.drain()
    for event in history[cut:]:
        fold(part, event)
    second, *_ = part.drain()
    for key in first.keys() | second.keys() | whole.tallies.keys():
        both = merged([first.get(key, Tally()), second.get(key, Tally())])
        assert both == whole.tallies.get(key, Tally()), key


@given(HISTORIES)
def test_no_wait_is_negative_and_only_metered_kinds_count(history: list[e.Event]) -> None:
    meter, picked = Meter(), Meter()
    for event in history:
        fold(meter, event)
        if isinstance(event, METERED):
            fold(picked, event)
    assert meter == picked
    for tally in meter.tallies.values():
        assert all(us >= 0 for samples in tally.samples.values() for us in samples)
        assert all(us >= 0 for name, us in tally.counts.items() if name.startswith("wall."))


@given(HISTORIES, st.integers(-5, 5), st.integers(0, 5))
def test_windows_that_meet_count_what_one_window_counts(
    history: list[e.Event], start: int, length: int
) -> None:
    middle, end = at(start * 1e6), at((start + length) * 1e6)

    def windowed(**window: Any) -> dict[str, int]:
        meter = Meter(**window)
        for event in history:
            fold(meter, event)
        counts = total(meter).counts
        return {n: c for n, c in counts.items() if not n.startswith("little")}

    parts = [Tally(windowed(until=middle)), Tally(windowed(since=middle, until=end)),
             Tally(windowed(since=end))]  # fmt: skip
    assert merged(parts).counts == windowed()


@pytest.mark.parametrize("seconds", [0.0, 12 * HOUR, 12 * HOUR - 0.123456])
def test_a_day_is_a_utc_day(seconds: float) -> None:
    assert day_of(at(seconds)) == ("2026-03-01" if seconds == 0 else "2026-03-02")
