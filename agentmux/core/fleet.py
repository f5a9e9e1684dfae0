"""All sessions now, derived from events and from nothing else.

`apply` never raises on any order of events: a fact about a session nobody opened is ignored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime

from agentmux.core import events as e
from agentmux.core.changes import changed_by
from agentmux.core.purse import Purse, paid
from agentmux.core.records import Records, frozen, replace
from agentmux.core.session import Gauge, Session

ENDING = frozenset({"stop", "restart", "remove"})
"""Verbs that end a session's agent."""
SLOTS = range(1, 10)
"""The nine slots, which are also the digit keys."""


@frozen
class Fleet(metaclass=Records):
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
            changed = changed_by(session, event)
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
