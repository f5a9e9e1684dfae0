"""The fold: any history gives a fleet, and a sensible history the right one."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core.fleet import SLOTS, Fleet, apply, apply_all, state_age_s, with_gauges
from agentmux.core.session import Gauge, Session
from agentmux.core.state import SessionState
from tests.support.events import HISTORIES, at, exited, in_state, launch, opened


def fold(*history: e.Event) -> Fleet:
    return apply_all(Fleet(), enumerate(history, 1))


def session(*history: e.Event) -> Session:
    return fold(*history).sessions["s1"]


# --- any history -----------------------------------------------------------------------------


@given(HISTORIES)
def test_no_order_of_events_raises_and_the_fleet_is_always_sound(history: list[e.Event]) -> None:
    fleet = fold(*history)
    assert fleet.seq == len(history)
    slots = [s.slot for s in fleet.present if s.slot is not None]
    assert len(slots) == len(set(slots)), "two sessions in one slot"
    assert all(s.slot is None for s in fleet.sessions.values() if s.removed)
    assert {s.id for s in fleet.live} <= {s.id for s in fleet.present}
    assert fleet.free_slot is None or fleet.free_slot in SLOTS
    assert fleet.next_id not in fleet.sessions
    assert [id_ for id_, s in fleet.sessions.items()] == [s.id for s in fleet.sessions.values()]
    for each in fleet.present:
        assert fleet.find(each.id) is not None
        assert each.slot is None or fleet.in_slot(each.slot) == each


@given(HISTORIES, st.integers(0, 25))
def test_a_history_may_be_folded_in_two_parts(history: list[e.Event], cut: int) -> None:
    rows = list(enumerate(history, 1))
    assert apply_all(apply_all(Fleet(), rows[:cut]), rows[cut:]) == apply_all(Fleet(), rows)


@given(HISTORIES)
def test_a_picture_once_taken_does_not_change(history: list[e.Event]) -> None:
    fleet = Fleet()
    for event in history:
        before = replace(
            fleet, sessions=dict(fleet.sessions), open_requests=dict(fleet.open_requests)
        )
        after = apply(fleet, event)
        assert fleet == before
        fleet = after


@given(HISTORIES)
def test_only_facts_about_a_session_change_it(history: list[e.Event]) -> None:
    fleet = Fleet()
    for event in history:
        after = apply(fleet, event)
        for id_, known in fleet.sessions.items():
            if id_ != event.session:
                assert replace(after.sessions[id_], slot=known.slot) == known
        fleet = after


@given(HISTORIES)
def test_a_session_once_opened_is_never_forgotten(history: list[e.Event]) -> None:
    named = [v.session for v in history if isinstance(v, e.SessionOpened) and v.session]
    assert list(fold(*history).sessions) == list(dict.fromkeys(named))


# --- one session -----------------------------------------------------------------------------


def test_opened() -> None:
    made = session(opened(slot=3, task="t", base="main", size=(80, 24), key="k", here=True))
    assert (made.slot, made.task, made.base, made.size, made.key) == (3, "t", "main", (80, 24), "k")
    assert (made.created, made.state_since, made.here) == (at(), at(), True)
    assert (made.state, made.run, made.opened_by) == ("starting", 0, "open-s1")


def test_an_id_is_opened_once_and_never_without_one() -> None:
    assert session(opened(), opened(name="again")).name == "name-s1"
    assert fold(replace(opened(), session=None)).sessions == {}


def test_a_fact_about_a_session_nobody_opened_is_ignored() -> None:
    assert fold(in_state("s9", "quiet"), launch("s9", 1)).sessions == {}


STARTED = e.AgentStarted(
    at=at(2), session="s1", run=1, pid=10, pgid=11, shim_pid=12, spool_offset=30
)
LAUNCHED = e.Launched(at=at(1), session="s1", run=1, pane="%4", window="@2", server="7")
RUN = (opened(), launch("s1", 1, seconds=1), LAUNCHED, STARTED)


def test_how_far_a_spool_was_read_counts_for_its_own_run() -> None:
    read = e.SpoolRead(at=at(3), session="s1", run=1, spool_offset=900)
    assert session(*RUN, read).spool_offset == 900
    assert session(*RUN, replace(read, run=7)).spool_offset == 30


def test_a_session_runs_once_its_program_does() -> None:
    before = session(opened(), launch("s1", 1), LAUNCHED)
    after = session(opened(), launch("s1", 1), LAUNCHED, STARTED)
    assert (before.state, after.state, after.state_since) == ("starting", "running", at(2))


def test_a_start_is_told_step_by_step() -> None:
    begun = session(*RUN, in_state("s1", "running", seconds=3, why="output", spool_offset=60))
    assert (begun.run, begun.started_by) == (1, "run-1")
    assert (begun.pane, begun.window, begun.server) == ("%4", "@2", "7")
    assert (begun.pid, begun.pgid, begun.shim_pid) == (10, 11, 12)
    assert (begun.state, begun.state_since, begun.state_why) == ("running", at(3), "output")
    assert (begun.state_source, begun.state_certain, begun.spool_offset) == ("shim", True, 60)


def test_a_state_not_read_from_the_spool_leaves_its_offset() -> None:
    assert session(*RUN, in_state("s1", "quiet")).spool_offset == 30
    assert session(*RUN, exited("s1", run=1)).spool_offset == 30


def test_an_exit_keeps_the_pane_and_the_last_lines() -> None:
    ended = session(
        *RUN,
        exited("s1", run=1, code=3, last_lines=("bye",), spool_offset=90, seconds=9, why="it said"),
    )
    assert (ended.state, ended.exit_code, ended.exit_signal) == ("exited", 3, None)
    assert (ended.last_lines, ended.pane, ended.slot) == (("bye",), "%4", 1)
    assert (ended.state_since, ended.spool_offset, ended.state_why) == (at(9), 90, "it said")
    assert not ended.is_live


def test_a_signal_and_an_unseen_end() -> None:
    assert session(*RUN, exited("s1", run=1, signal=9)).exit_signal == 9
    unseen = session(*RUN, exited("s1", run=1, certain=False, source="process"))
    assert (unseen.exit_code, unseen.exit_signal) == (None, None)
    assert (unseen.state_certain, unseen.state_source) == (False, "process")


@pytest.mark.parametrize(
    ("verb", "session_id", "args", "stopped"),
    [
        ("stop", "s1", {}, True),
        ("restart", "s1", {}, True),
        ("remove", "s1", {}, True),
        ("stop", "s2", {}, False),
        ("rename", "s1", {}, False),
        ("down", None, {"all": True}, True),
        ("down", None, {}, False),
    ],
)
def test_an_end_that_was_asked_for_is_told_from_one_that_was_not(
    verb: str, session_id: str | None, args: dict[str, e.Json], stopped: bool
) -> None:
    asked = e.Requested(at=at(), session=session_id, request="r", verb=verb, args=args)
    done = e.Completed(at=at(), request="r")
    ended = session(opened(), asked, exited("s1", signal=1))
    assert ended.stopped is stopped
    assert session(opened(), asked, done, exited("s1", signal=1)).stopped is False
    assert session(opened(), asked, exited("s1"), launch("s1", 1)).stopped is False


def test_a_new_run_begins_afresh() -> None:
    """Whatever the run before left behind, all of it, is gone."""
    stop = e.Requested(at=at(3), session="s1", request="r", verb="stop")
    end = exited("s1", run=1, code=3, signal=9, certain=False, why="it said", last_lines=("bye",))
    started = replace(STARTED, shim_start=13)
    again = session(*RUN[:-1], started, stop, end, launch("s1", 2, seconds=20))
    first = session(opened(), launch("s1", 1, seconds=20))
    assert again == replace(first, run=2, started_by="run-2")


def test_late_facts_of_an_earlier_run_do_not_touch_the_present_one() -> None:
    now = session(*RUN, launch("s1", 2))
    late = session(*RUN, launch("s1", 2), exited("s1", run=1, code=1), STARTED)
    assert late == now


def test_names_ids_and_preparation() -> None:
    facts: tuple[e.Event, ...] = (
        opened(),
        e.WorktreePrepared(at=at(), session="s1", setup_failed="exit code 1"),
        e.AgentIdentified(at=at(), session="s1", agent_session_id="abc", why="seen"),
        e.Renamed(at=at(), session="s1", name="new"),
    )
    made = session(*facts)
    assert (made.prepared, made.setup_failed) == (True, "exit code 1")
    assert (made.agent_session_id, made.name) == ("abc", "new")


def test_removal_is_intended_first_and_then_done() -> None:
    intent = e.RemovalIntended(at=at(), session="s1", request="r", kept_ref="refs/agentmux/x")
    done = e.SessionRemoved(at=at(), session="s1", kept_ref="refs/agentmux/x")
    meant = session(opened(), intent)
    assert (meant.removed, meant.removed_by, meant.slot) == (False, "r", 1)
    gone = fold(opened(), intent, done)
    assert gone.sessions["s1"].removed and gone.sessions["s1"].kept_ref == "refs/agentmux/x"
    assert gone.present == gone.live == ()
    assert gone.next_id == "s2"


# --- the fleet -------------------------------------------------------------------------------


def test_requests_are_open_until_their_outcome() -> None:
    asked = [e.Requested(at=at(), request=r, verb="new") for r in ("r1", "r2", "r3")]
    done = e.Completed(at=at(), request="r1")
    refused = e.Refused(at=at(), request="r3", message="no")
    assert list(fold(*asked).open_requests) == ["r1", "r2", "r3"]
    assert fold(*asked, done, refused, done).open_requests == {"r2": asked[1]}


def test_trust_is_the_hash_accepted_last() -> None:
    facts = [e.TrustGranted(at=at(), path="/r/x", sha256=digest) for digest in ("a", "b")]
    assert fold(*facts).trusted == {"/r/x": "b"}


def test_a_leader_that_comes_or_goes_changes_nothing() -> None:
    came = e.LeaderStarted(at=at(), pid=1, version="1")
    went = e.LeaderEnded(at=at(), pid=1, why="down")
    assert fold(came, went) == replace(Fleet(), seq=2)


def test_ids_of_another_tmux_server_are_forgotten() -> None:
    launched = [
        e.Launched(at=at(), session=s, run=0, pane="%2", window="@2", server=server)
        for s, server in (("s1", "71:1"), ("s2", "72:2"))
    ]
    came = e.LeaderStarted(at=at(), pid=1, version="1", server="72:2")
    fleet = fold(opened("s1"), opened("s2", slot=2), opened("s3", slot=3), *launched, came)
    assert [s.pane for s in fleet.present] == [None, "%2", None]
    assert [s.window for s in fleet.present] == [None, "@2", None]


def test_whoever_needs_a_slot_gets_it_and_the_other_stays() -> None:
    fleet = fold(opened("s1", slot=4), exited("s1"), opened("s2", slot=4), launch("s2", 1, slot=5))
    assert fleet.sessions["s1"].slot is None
    assert fleet.in_slot(5) == fleet.sessions["s2"]
    assert [s.id for s in fleet.present] == ["s2", "s1"]


def test_the_free_slot_is_the_lowest_empty_one() -> None:
    assert Fleet().free_slot == 1
    assert fold(opened("s1", slot=1), opened("s2", slot=3)).free_slot == 2


def test_with_nine_sessions_the_one_that_ended_longest_ago_makes_room() -> None:
    nine = [opened(f"s{n}", slot=n) for n in SLOTS]
    assert fold(*nine).free_slot is None
    assert fold(*nine, exited("s7", seconds=5), exited("s3", seconds=9)).free_slot == 7
    assert fold(*nine, exited("s3", seconds=5), exited("s7", seconds=9)).free_slot == 3


def test_ids_are_never_used_again() -> None:
    gone = e.SessionRemoved(at=at(), session="s12")
    assert fold(opened("s3"), opened("s12"), gone).next_id == "s13"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("1", "s1"),
        ("3", "s31"),
        ("csv", "s1"),
        ("s1", "s1"),
        ("s31", "s31"),
        ("s3", "s31"),
        ("7", "s32"),
        ("s", None),
        ("cs", None),
        ("9", None),
        ("", None),
        ("s4", None),
        ("²", None),
        ("٣", None),
    ],
)
def test_find(word: str, found: str | None) -> None:
    fleet = fold(
        opened("s1", slot=1, name="csv"),
        opened("s31", slot=3, name="other"),
        opened("s32", slot=2, name="7"),
        opened("s4", slot=5),
        e.SessionRemoved(at=at(), session="s4"),
    )
    fleet = fold_without(fleet, "s32") if word == "s3" else fleet
    one = fleet.find(word)
    assert (one.id if one else None) == found


def fold_without(fleet: Fleet, id_: str) -> Fleet:
    return apply(fleet, e.SessionRemoved(at=at(), session=id_))


def test_a_key_finds_the_living_session_of_its_repository() -> None:
    fleet = fold(opened(key="k"))
    assert fleet.with_key("/repo", "k") == fleet.sessions["s1"]
    assert fleet.with_key("/repo", "other") is None
    assert fleet.with_key("/another", "k") is None
    assert fold_without(fleet, "s1").with_key("/repo", "k") is None
    ended = fold(opened(key="k"), exited("s1"), opened("s2", slot=2, key="k"))
    assert ended.with_key("/repo", "k") == ended.sessions["s2"]


def test_gauges_come_on_top() -> None:
    fleet = fold(opened("s1"), opened("s2", slot=2))
    measured = with_gauges(fleet, {"s1": Gauge(dirty=2), "s9": Gauge(dirty=9)})
    assert measured.sessions["s1"].gauge == Gauge(dirty=2)
    assert measured.sessions["s2"] == fleet.sessions["s2"]
    assert list(measured.sessions) == ["s1", "s2"]
    assert with_gauges(fleet, {"s9": Gauge()}) is fleet


@pytest.mark.parametrize(("seconds", "age"), [(10, 7.0), (3, 0.0), (-60, 0.0)])
def test_the_age_of_a_state_is_never_negative(seconds: float, age: float) -> None:
    assert state_age_s(session(opened(), in_state("s1", "quiet", seconds=3)), at(seconds)) == age


def test_without_a_state_of_its_own_a_session_is_as_old_as_it_is() -> None:
    bare: Any = replace(session(opened()), state_since=None)
    assert state_age_s(bare, at(5)) == 5.0
    assert bare.state is SessionState.STARTING
