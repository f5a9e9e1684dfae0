"""One fact about one session: what a report changes, and what it must leave alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.changes import DEED, RECENT, changed_by
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from tests.support.events import T0, at


def session(**fields: object) -> Session:
    made = Session(id="s1", name="one", agent="claude", created=T0, repo="/r", worktree="/w")
    return replace(made, state=SessionState.STARTING, run=2, **fields)  # type: ignore[arg-type]


def told(*facts: f.AnyFact, run: int = 2, source: str = "hook", **more: object) -> e.Reported:
    return e.Reported(
        at=at(5), session="s1", run=run, source=source, facts=facts, **more  # type: ignore[arg-type]
    )  # fmt: skip


def test_what_is_said_of_an_earlier_run_only_moves_the_offset() -> None:
    before = session()
    after = changed_by(before, told(f.Working(at=at(5)), run=1, feed="/t.jsonl", offset=70))
    assert after == replace(before, feeds={"/t.jsonl": 70})


def test_a_source_of_a_newer_writer_says_nothing() -> None:
    assert changed_by(session(), told(f.Working(at=at(5)), source="telepathy")) == session()


def test_the_conversation_and_its_transcript_are_remembered() -> None:
    named = f.ConversationNamed(at=at(5), id="c-9", why="clear", path="/c-9.jsonl")
    after = changed_by(session(transcripts=("/c-8.jsonl",)), told(named))
    assert after.agent_session_id == "c-9"
    assert after.transcripts == ("/c-8.jsonl", "/c-9.jsonl")
    assert changed_by(after, told(named)).transcripts == after.transcripts


def test_deeds_are_few_short_and_told_once() -> None:
    facts = [f.ToolStarted(at=at(n), tool="Read", input=f"{n} " + "x" * 999) for n in range(9)]
    after = changed_by(session(), told(*facts, facts[-1]))
    assert [deed.text[:2] for deed in after.recent] == ["5 ", "6 ", "7 ", "8 "]
    assert len(after.recent) == RECENT and {len(deed.text) for deed in after.recent} == {DEED}


def test_a_subagents_tool_is_no_deed_of_the_session() -> None:
    fact = f.ToolStarted(at=at(5), tool="Read", agent="a1")
    assert changed_by(session(), told(fact)).recent == ()


def test_files_taken_are_those_of_the_newest_row_with_files() -> None:
    once = changed_by(session(), told(files=("1:5",)))
    assert changed_by(once, told(f.Working(at=at(6)))).taken == ("1:5",)
    assert changed_by(once, told(files=("2:6",))).taken == ("2:6",)


def test_an_ask_that_is_told_more_of_keeps_its_time() -> None:
    first = e.AskOpened(at=at(1), session="s1", ask=3, kind="permission")
    more = e.AskOpened(at=at(2), session="s1", ask=3, kind="permission", text="make")
    after = changed_by(changed_by(session(), first), more)
    assert after.ask is not None
    assert (after.ask.at, after.ask.text, after.asks) == (at(1), "make", 3)
    assert changed_by(after, e.AskClosed(at=at(3), session="s1", ask=3)).ask is None


@pytest.mark.parametrize("reports", [True, False])
def test_an_agent_that_reports_is_starting_until_it_does(reports: bool) -> None:
    started = e.AgentStarted(
        at=at(1), session="s1", run=2, pid=5, pgid=5, shim_pid=4, spool_offset=9, reports=reports
    )
    after = changed_by(session(), started)
    assert after.state is (SessionState.STARTING if reports else SessionState.RUNNING)
    assert after.reports is reports


def test_snoozed_and_seen_are_kept() -> None:
    until = at(0) + timedelta(minutes=10)
    after = changed_by(session(), e.Snoozed(at=at(0), session="s1", until=until))
    assert after.snoozed_until == until
    assert changed_by(after, e.Seen(at=at(4), session="s1")).seen_at == at(4)
