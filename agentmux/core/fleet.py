"""All sessions now, derived from events and from nothing else.

`apply` never raises on any order of events: a fact about a session nobody opened is ignored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from agentmux.core import events as e
from agentmux.core.bill import accounted, charged
from agentmux.core.facts import AnyFact, ConversationNamed, PromptSubmitted, Source, ToolStarted
from agentmux.core.purse import Purse, paid
from agentmux.core.session import Ask, Deed, Gauge, Session
from agentmux.core.state import SessionState
from agentmux.core.truth import Truth, hear

ENDING = frozenset({"stop", "restart", "remove"})
"""Verbs that end a session's agent."""
SOURCES = frozenset(Source)
RECENT = 4
"""Deeds of a session that are kept."""
DEED = 300
"""Characters of one."""
SLOTS = range(1, 10)
"""The nine slots, which are also the digit keys."""


@dataclass(frozen=True)
class Fleet:
    """One immutable picture of everything; the screen draws it and verbs decide on it."""

    sessions: Mapping[str, Session] = field(default_factory=dict)
    """Every session ever opened, by id, in order of opening; removed ones too."""
    open_requests: Mapping[str, e.Requested] = field(default_factory=dict)
    """Requests without an outcome, oldest first."""
    trusted: Mapping[str, str] = field(default_factory=dict)
    """Path of a repository's configuration file → SHA-256 the person accepted last."""
    here: bool = True
    """Whether the person is at the screen."""
    purse: Purse = field(default_factory=Purse)
    """What was spent lately and what is set aside."""
    seq: int = 0
    """Id of the last ledger row in this picture."""

    @property
    def present(self) -> tuple[Session, ...]:
        """Sessions that are not removed: those with a slot first, by slot, then the others."""
        kept = (s for s in self.sessions.values() if not s.removed)
        return tuple(sorted(kept, key=lambda s: (s.slot is None, s.slot or 0)))

    @property
    def live(self) -> tuple[Session, ...]:
        """Sessions whose agent is thought to be alive."""
        return tuple(s for s in self.present if s.is_live)

    def waiting(self, now: datetime) -> tuple[Session, ...]:
        """The ask queue: who waits for the person and is not snoozed, the longest first."""
        asking = [(s.ask.at, s) for s in self.live if s.ask is not None]
        awake = [pair for pair in asking if not is_snoozed(pair[1], now)]
        return tuple(session for _, session in sorted(awake, key=lambda pair: pair[0]))

    def in_slot(self, slot: int) -> Session | None:
        """The session shown in `slot`, alive or exited."""
        return next((s for s in self.present if s.slot == slot), None)

    @property
    def free_slot(self) -> int | None:
        """The lowest empty slot, else that of the session which exited longest ago, else None."""
        taken = {s.slot: s for s in self.present if s.slot}
        for slot in SLOTS:
            if slot not in taken:
                return slot
        ended = [s for s in taken.values() if not s.is_live]
        oldest = min(ended, key=lambda s: s.state_since or s.created, default=None)
        return oldest.slot if oldest else None

    @property
    def next_id(self) -> str:
        """An id no session ever had."""
        return f"s{1 + max((int(i[1:]) for i in self.sessions), default=0)}"

    def find(self, word: str) -> Session | None:
        """The session a person means by `word`: slot, name, id, or a unique prefix of an id."""
        if word.isascii() and word.isdigit():
            return self.in_slot(int(word)) or self._named(word)
        return self._named(word)

    def _named(self, word: str) -> Session | None:
        for session in self.present:
            if word in (session.name, session.id):
                return session
        starting = [s for s in self.present if word and s.id.startswith(word)]
        return starting[0] if len(starting) == 1 else None

    def with_key(self, repo: str, key: str) -> Session | None:
        """The living session that `new --key` made in `repo`; one that ended answers no more."""
        return next((s for s in self.live if (s.repo, s.key) == (repo, key)), None)


def apply_all(fleet: Fleet, events: Iterable[tuple[int, e.Event]]) -> Fleet:
    """Fold ledger rows `(id, event)` into the picture."""
    for seq, event in events:
        fleet = replace(apply(fleet, event), seq=seq)
    return fleet


def apply(fleet: Fleet, event: e.Event) -> Fleet:
    """The picture after one more fact."""
    match event:
        case e.Requested():
            return replace(fleet, open_requests={**fleet.open_requests, event.request: event})
        case e.Completed() | e.Refused():
            left = {k: v for k, v in fleet.open_requests.items() if k != event.request}
            return replace(fleet, open_requests=left)
        case e.SessionOpened():
            return _opened(fleet, event)
        case e.TrustGranted():
            return replace(fleet, trusted={**fleet.trusted, event.path: event.sha256})
        case e.LeaderStarted():
            return _in_server(fleet, event.server)
        case e.PresenceChanged():
            return replace(fleet, here=event.here)
        case e.BudgetReserved() | e.BudgetCrossed():
            known = fleet.sessions.get(event.session or "")
            return replace(fleet, purse=paid(fleet.purse, event, known))
        case e.LeaderEnded() | e.QueueSampled() | e.Slept():
            return fleet
        case _:
            session = fleet.sessions.get(event.session or "")
            if session is None:
                return fleet
            changed = _changed(session, event)
            if isinstance(event, e.Exited) and event.run == session.run:
                changed = replace(changed, stopped=is_ending(fleet, session.id))
            purse = paid(fleet.purse, event, session)
            sessions = {**fleet.sessions, session.id: changed}
            fleet = replace(fleet, sessions=sessions, purse=purse)
            if isinstance(event, e.LaunchIntended):
                fleet = _give_slot(fleet, changed.id, event.slot)
            return fleet


def is_ending(fleet: Fleet, session: str) -> bool:
    """Whether a request that ends the session's agent is under way."""
    return any(
        (asked.verb in ENDING and asked.session == session)
        or (asked.verb == "down" and asked.args.get("all") is True)
        for asked in fleet.open_requests.values()
    )


def _in_server(fleet: Fleet, server: str | None) -> Fleet:
    """Forget the ids that another life of the tmux server gave: here they name others' panes."""
    gone = {
        i: replace(s, pane=None, window=None)
        for i, s in fleet.sessions.items()
        if server is not None and s.server not in (None, server)
    }
    return replace(fleet, sessions={**fleet.sessions, **gone}) if gone else fleet


def _opened(fleet: Fleet, event: e.SessionOpened) -> Fleet:
    if event.session is None or event.session in fleet.sessions:
        return fleet
    session = Session(
        id=event.session,
        name=event.name,
        agent=event.agent,
        created=event.at,
        repo=event.repo,
        worktree=event.worktree,
        slot=event.slot,
        profile=event.profile,
        task=event.task,
        argv=event.argv,
        branch=event.branch,
        base=event.base,
        base_commit=event.base_commit,
        here=event.here,
        agent_session_id=event.agent_session_id,
        source_id=event.source_id,
        size=event.size,
        key=event.key,
        state_since=event.at,
        opened_by=event.request,
    )
    fleet = replace(fleet, sessions={**fleet.sessions, session.id: session})
    return _give_slot(fleet, session.id, event.slot)


def _give_slot(fleet: Fleet, owner: str, slot: int) -> Fleet:
    """`owner` has `slot`; whoever stood there stays in the fleet without one."""
    sessions = dict(fleet.sessions)
    for other in fleet.present:
        if other.slot == slot and other.id != owner:
            sessions[other.id] = replace(other, slot=None)
    sessions[owner] = replace(sessions[owner], slot=slot)
    return replace(fleet, sessions=sessions)


_SessionFact = (
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


def _changed(session: Session, event: _SessionFact) -> Session:
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


def with_gauges(fleet: Fleet, gauges: Mapping[str, Gauge]) -> Fleet:
    """The picture with the newest volatile readings in place; unknown sessions are ignored."""
    known = {
        i: replace(fleet.sessions[i], gauge=g) for i, g in gauges.items() if i in fleet.sessions
    }
    return replace(fleet, sessions={**fleet.sessions, **known}) if known else fleet


def is_snoozed(session: Session, now: datetime) -> bool:
    """Whether the person does not want to be told of it now."""
    return session.snoozed_until is not None and now < session.snoozed_until


def state_age_s(session: Session, now: datetime) -> float:
    """Seconds since the state began; never negative."""
    since = session.state_since or session.created
    return max(0.0, (now - since).total_seconds())
