"""What a spool says is found however much of it means nothing."""

import json
import os
from typing import Any

from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.fleet import Fleet, apply, apply_all
from agentmux.core.state import SessionState
from agentmux.mux.observe import PASSED_OVER, SPOOL_PAGE, STRANDED_S, observe, unrecorded
from agentmux.paths import places
from tests.support.events import at, launch, opened

FLEET = apply_all(Fleet(), [(1, opened()), (2, launch("s1", 1))])
STARTED: dict[str, Any] = {"e": "started", "shim": 999_999_999, "shim_start": 1, "pid": 10}
TITLE = {"e": "title", "text": "x" * 1000}


def write(*rows: dict[str, Any]) -> bytes:
    """Make these rows the spool of run 1."""
    spool = places().spool("s1", 1)
    spool.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(json.dumps({"t": at().timestamp(), **row}).encode() + b"\n" for row in rows)
    spool.write_bytes(data)
    return data


def test_an_end_behind_more_than_a_page_of_titles_is_found() -> None:
    titles = [TITLE] * (SPOOL_PAGE // 1000 + 1)
    assert len(write(STARTED, *titles, {"e": "exit", "code": 3, "signal": None})) > SPOOL_PAGE
    ended = observe(FLEET, places(), at(9)).sessions["s1"]
    assert (ended.state, ended.exit_code, ended.state_certain) == (SessionState.EXITED, 3, True)


def test_a_line_across_the_end_of_a_page_is_read_whole() -> None:
    begun = len(write(STARTED, {**TITLE, "text": ""}))
    for short in (0, 1, 10):
        filling = {**TITLE, "text": "x" * (SPOOL_PAGE - begun - short)}
        assert len(write(STARTED, filling)) == SPOOL_PAGE - short
        write(STARTED, filling, {"e": "exit", "code": 3})
        assert observe(FLEET, places(), at(9)).sessions["s1"].exit_code == 3


def test_what_an_event_tells_of_is_not_told_again() -> None:
    write(STARTED, *[TITLE] * (PASSED_OVER // 1000 + 1), {"e": "exit", "code": 3})
    found = list(unrecorded(FLEET.sessions["s1"], places(), at(9)))
    assert [type(event) for event in found] == [e.AgentStarted, e.Reported, e.Exited]


def test_a_line_longer_than_a_page_hides_nothing() -> None:
    write(STARTED, {"e": "title", "text": "x" * (2 * SPOOL_PAGE)}, {"e": "exit", "code": 3})
    assert observe(FLEET, places(), at(9)).sessions["s1"].exit_code == 3


def test_what_means_nothing_is_read_once() -> None:
    data = write(STARTED, *[TITLE] * (PASSED_OVER // 1000))
    found = list(unrecorded(FLEET.sessions["s1"], places(), at(9)))
    passed = [event for event in found if isinstance(event, e.SpoolRead)]
    assert [event.spool_offset for event in passed] == [len(data)]
    after = FLEET
    for event in found:
        after = apply(after, event)
    assert after.sessions["s1"].spool_offset == len(data)


def test_a_line_that_is_still_being_written_waits() -> None:
    data = write(STARTED)
    spool = places().spool("s1", 1)
    spool.write_bytes(data + b'{"e": "quiet"')
    found = list(unrecorded(FLEET.sessions["s1"], places(), at(9)))
    assert [type(event) for event in found] == [e.AgentStarted, e.Exited]


def test_a_start_of_which_nothing_is_heard_has_failed_after_a_while() -> None:
    session = FLEET.sessions["s1"]
    assert list(unrecorded(session, places(), at(STRANDED_S))) == []
    (ended,) = unrecorded(session, places(), at(STRANDED_S + 1))
    assert isinstance(ended, e.Exited)
    assert (ended.run, ended.certain, ended.source) == (1, False, "process")


def test_a_session_whose_worktree_is_still_being_made_has_all_the_time_it_needs() -> None:
    fleet = apply(Fleet(), opened())
    assert observe(fleet, places(), at(3600)) == fleet


def test_which_source_is_believed_is_the_agents_own_matter() -> None:
    """Gemini's title outranks its hooks: a hook of a second later does not hold against it."""
    fleet = apply_all(Fleet(), [(1, opened(agent="gemini")), (2, launch("s1", 1))])
    write(
        {**STARTED, "shim": os.getpid(), "shim_start": None},
        {"e": "title", "text": "✦  Working… (s1)"},
    )
    asked = f.Asked(at=at(1), kind="permission")
    hook = e.Reported(at=at(1), session="s1", run=1, source="hook", facts=(asked,))
    told = observe(apply(observe(fleet, places(), at(0)), hook), places(), at(1.5))
    assert told.sessions["s1"].state is SessionState.WORKING
