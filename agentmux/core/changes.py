"""What one fact makes of one session: the fold behind the fleet, a case for each kind of fact.

A fact of another run than the session's newest changes nothing but how far was read.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import assert_never

from agentmux.core import events as e
from agentmux.core.bill import accounted, charged
from agentmux.core.facts import AnyFact, ConversationNamed, PromptSubmitted, Source, ToolStarted
from agentmux.core.hearing import hear
from agentmux.core.records import replace
from agentmux.core.session import Ask, Deed, Session
from agentmux.core.state import SessionState
from agentmux.core.truth import Truth

SOURCES = frozenset(Source)
RECENT = 4
"""Deeds of a session that are kept."""
LONG_AGO = datetime.fromtimestamp(0, UTC)
DEED = 300
"""Characters of one."""


SessionFact = (
    e.WorktreePrepared
    | e.LaunchIntended
    | e.Launched
    | e.AgentStarted
    | e.AgentIdentified
    | e.StateChanged
    | e.Reported
    | e.Seen
    | e.Snoozed
    | e.TurnStarted
    | e.TurnEnded
    | e.AskOpened
    | e.AskClosed
    | e.AnswerSent
    | e.UsageReported
    | e.Enqueued
    | e.WaitReason
    | e.Dequeued
    | e.Exited
    | e.SpoolRead
    | e.Renamed
    | e.RemovalIntended
    | e.SessionRemoved
)


def changed_by(session: Session, event: SessionFact) -> Session:
    """The session after one fact about it."""
    match event:
        case e.WorktreePrepared():
            return replace(session, prepared=True, setup_failed=event.setup_failed)
        case e.LaunchIntended():
            return _starting(session, event)
        case e.Launched():
            return replace(session, pane=event.pane, window=event.window, server=event.server)
        case e.AgentStarted():
            return _started(session, event)
        case e.AgentIdentified():
            return replace(session, agent_session_id=event.agent_session_id)
        case e.StateChanged():
            return _in_state(session, event)
        case e.Reported():
            return _told(session, event)
        case e.Seen():
            return replace(session, seen_at=event.at)
        case e.Snoozed():
            return replace(session, snoozed_until=event.until)
        case e.TurnStarted():
            return replace(session, turn=event.turn, turn_since=event.at, turn_at=event.at)
        case e.TurnEnded():
            return replace(session, turn_since=None)
        case e.AskOpened():
            return _asked(session, event)
        case e.AskClosed():
            return replace(session, ask=None)
        case e.UsageReported():
            return replace(session, bill=charged(session.bill, event))
        case e.AnswerSent() | e.Enqueued() | e.WaitReason() | e.Dequeued():
            return session
        case e.Exited():
            return _exited(session, event)
        case e.SpoolRead():
            is_this_run = event.run == session.run
            return replace(session, spool_offset=event.spool_offset) if is_this_run else session
        case e.Renamed():
            return replace(session, name=event.name)
        case e.RemovalIntended():
            kept = replace(session, kept_ref=event.kept_ref, not_kept=event.not_kept)
            return replace(kept, removed_by=event.request)
        case e.SessionRemoved():
            return replace(session, removed=True, slot=None, kept_ref=event.kept_ref)
        case _:
            assert_never(event)


def _starting(session: Session, event: e.LaunchIntended) -> Session:
    return replace(
        session,
        run=event.run,
        run_at=event.at,
        started_by=event.request,
        pane=None,
        window=None,
        server=None,
        pid=None,
        pgid=None,
        shim_pid=None,
        shim_start=None,
        spool_offset=0,
        exit_code=None,
        exit_signal=None,
        stopped=False,
        last_lines=(),
        state=SessionState.STARTING,
        state_since=event.at,
        state_source="launch",
        state_certain=True,
        state_why="",
        state_kind=None,
        state_sub=None,
        state_until=None,
        truth=Truth(),
    )


def _started(session: Session, event: e.AgentStarted) -> Session:
    if event.run != session.run:
        return session
    return replace(
        session,
        pid=event.pid,
        pgid=event.pgid,
        shim_pid=event.shim_pid,
        shim_start=event.shim_start,
        spool_offset=event.spool_offset,
        reports=event.reports,
        state=SessionState.STARTING if event.reports else SessionState.RUNNING,
        state_since=event.at,
        state_source="shim",
        state_why="the program runs",
    )


def _in_state(session: Session, event: e.StateChanged) -> Session:
    offset = session.spool_offset if event.spool_offset is None else event.spool_offset
    return replace(
        session,
        state=event.to,
        state_since=event.at,
        state_source=event.source,
        state_certain=event.certain,
        state_why=event.why,
        state_kind=event.kind,
        state_sub=event.sub,
        state_until=event.until,
        spool_offset=offset,
    )


def _told(session: Session, event: e.Reported) -> Session:
    """What was said counts in the run it was said of, how far was read in every one."""
    if event.feed is not None and event.offset is not None:
        session = replace(session, feeds={**session.feeds, event.feed: event.offset})
    if event.files:
        session = replace(session, taken=event.files)
    bill, models = accounted(session.bill, session.models, event)
    if bill is not session.bill or models is not session.models:
        session = replace(session, bill=bill, models=models)
    if not is_heard(session, event):
        return session
    truth, source = session.truth, Source(event.source)
    if source is Source.TITLE:
        session = replace(session, titled=meaning(event.facts), titled_at=event.at)
    for fact in event.facts:
        truth = hear(truth, source, fact)
        if isinstance(fact, ConversationNamed) and fact.id not in truth.subagents:
            session = _named(session, fact)
        if (deed := _deed(fact)) is not None and not _is_told(session, deed):
            session = replace(session, recent=(*session.recent, deed)[-RECENT:])
    if event.spool_offset is not None:
        session = replace(session, spool_offset=event.spool_offset)
    return replace(session, truth=truth)


def _deed(fact: AnyFact) -> Deed | None:
    """What a fact is for somebody who asks what happened before."""
    match fact:
        case ToolStarted() if fact.agent is None:
            return Deed(fact.at, fact.tool, (fact.paths[0] if fact.paths else fact.input)[:DEED])
        case PromptSubmitted() if fact.text:
            return Deed(fact.at, "you" if fact.by != "task" else "task", fact.text[:DEED])
        case _:
            return None


def _is_told(session: Session, deed: Deed) -> bool:
    """Whether another source told of the same."""
    return any((one.what, one.text) == (deed.what, deed.text) for one in session.recent[-2:])


def meaning(facts: Iterable[AnyFact]) -> str:
    """What facts say, apart from when."""
    return repr([replace(fact, at=LONG_AGO) for fact in facts])


def is_heard(session: Session, event: e.Reported) -> bool:
    """Whether what was said bears on the state: it is of this run, and of a source known here."""
    return event.run == session.run and event.source in SOURCES


def _named(session: Session, fact: ConversationNamed) -> Session:
    transcripts = session.transcripts
    if fact.path and fact.path not in transcripts:
        transcripts = (*transcripts, fact.path)
    return replace(session, agent_session_id=fact.id, transcripts=transcripts)


def _asked(session: Session, event: e.AskOpened) -> Session:
    is_same = session.ask is not None and session.ask.number == event.ask
    since = session.ask.at if session.ask is not None and is_same else event.at
    ask = Ask(
        event.ask,
        since,
        event.kind,
        event.text,
        event.tool,
        event.call,
        event.options,
        event.detail,
        event.certain,
    )
    return replace(session, ask=ask, asks=max(session.asks, event.ask))


def _exited(session: Session, event: e.Exited) -> Session:
    if event.run != session.run:
        return session
    return replace(
        session,
        state=SessionState.EXITED,
        state_since=event.at,
        state_source=event.source,
        state_certain=event.certain,
        state_why=event.why,
        state_kind=None,
        state_sub=None,
        state_until=None,
        exit_code=event.code,
        exit_signal=event.signal,
        last_lines=event.last_lines,
        spool_offset=session.spool_offset if event.spool_offset is None else event.spool_offset,
    )
