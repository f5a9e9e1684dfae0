"""From the merged truth to rows: a new state, and the turns and asks that begin and end with it.

`follow` compares what the ledger says of a session with what holds now and gives the difference;
recording it and following again gives nothing. Only sessions whose agent reports take part: a
plain command is `running` or `quiet` by its output alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from agentmux.core import events as e
from agentmux.core.changes import is_heard
from agentmux.core.facts import RANKS, Source
from agentmux.core.fleet import Fleet, apply_all
from agentmux.core.hearing import hear
from agentmux.core.records import replace
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.core.truth import (
    NEAR,
    RESTING,
    AskDetails,
    Verdict,
    is_cut,
    is_interrupted_by_person,
    judge,
)

S = SessionState
UNPROMPTED = frozenset({"setup", "login"})
"""Asks that come before any turn: pages of the agent's start."""
OUTCOMES: Mapping[SessionState, tuple[str, str | None]] = {
    S.DONE: ("done", None),
    S.LIMITED: ("failed", "limit"),
    S.FAILED: ("failed", "api_error"),
}
"""State after a turn → how it ended, and by what."""
SETTLED_AFTER = timedelta(seconds=0.5)
"""How a turn ended is recorded so long after its end, for the source that tells the cause speaks
up to 250 ms after the one that tells of the end."""


def follow(session: Session, now: datetime, ranks: Mapping[Source, int] = RANKS) -> list[e.Event]:
    """What must be recorded so that the record says what holds at `now`.

    `ranks` are the agent's own: which of its sources is believed.
    """
    verdict = _holds(session, now, ranks)
    return list(_difference(session, verdict, now)) if verdict is not None else []


def with_verdicts(
    session: Session,
    rows: Iterable[e.Event],
    now: datetime,
    ranks: Mapping[Source, int] = RANKS,
    *,
    ending: bool = False,
) -> list[e.Event]:
    """`rows` about one session, oldest first, each followed by what comes of it; up to `now`.

    `ending` says that somebody has asked for the end of its agent.
    """
    told: list[e.Event] = []

    def tell(session: Session, *events: e.Event) -> Session:
        told.extend(events)
        return _after(session, events)

    for row in rows:
        if isinstance(row, e.Exited):
            session = tell(session, *close(session, row, ending=ending))
        session = tell(session, _not_by_output(session, row), *_of_facts(session, row, ranks))
    tell(session, *follow(session, now, ranks))
    return told


def _after(session: Session, events: Iterable[e.Event]) -> Session:
    fleet = apply_all(Fleet(sessions={session.id: session}), enumerate(events))
    return fleet.sessions[session.id]


def _of_facts(session: Session, row: e.Event, ranks: Mapping[Source, int]) -> list[e.Event]:
    """What comes of a report, fact by fact: a row that tells of an hour may hold many turns."""
    if not isinstance(row, e.Reported) or not is_heard(session, row):
        return []
    found: list[e.Event] = []
    for fact in row.facts:
        now = _judged_from(session, max(fact.at, session.state_since or fact.at), ranks)
        due_before = follow(session, now, ranks)
        session = _after(session, due_before)
        session = replace(session, truth=hear(session.truth, Source(row.source), fact))
        of_it = follow(session, now, ranks)
        session = _after(session, of_it)
        found += due_before + of_it
    return found


def _judged_from(session: Session, at: datetime, ranks: Mapping[Source, int]) -> datetime:
    """From when on a fact of `at` can be judged: what was recorded, of a later moment, does not
    become undecided again because an older fact is read late."""
    moment: datetime | None = at
    while moment is not None and follow(session, moment, ranks):
        later = due(session, moment, ranks)
        moment = later if later is not None and later > moment else None
    return moment or at


def _not_by_output(session: Session, row: e.Event) -> e.Event:
    """Once a program tells its own state, that it prints or not tells nothing more."""
    if not isinstance(row, e.StateChanged) or row.source != "shim" or not session.truth.claims:
        return row
    offset = session.spool_offset if row.spool_offset is None else row.spool_offset
    return e.SpoolRead(at=row.at, session=row.session, run=session.run, spool_offset=offset)


def due(session: Session, now: datetime, ranks: Mapping[Source, int] = RANKS) -> datetime | None:
    """When to follow again though nobody spoke; None: no need."""
    verdict = _holds(session, now, ranks)
    if verdict is None:
        return None
    dues = [verdict.due] if verdict.due else []
    if session.turn_since is not None and verdict.state in RESTING:
        dues.append(_settled_at(verdict))
    return min(dues, default=None)


def close(session: Session, exited: e.Exited, *, ending: bool = False) -> list[e.Event]:
    """What ends with the agent's process; `ending` says that somebody has asked for it."""
    if exited.run != session.run:
        return []
    rows: list[e.Event] = []
    if session.ask is not None:
        rows.append(e.AskClosed(at=exited.at, session=session.id, ask=session.ask.number,
                                how="gone"))  # fmt: skip
    if session.turn_since is not None and session.state in RESTING:
        rows.append(_rested(session))
    elif session.turn_since is not None:
        crashed = not ending and exited.code != 0
        rows.append(
            e.TurnEnded(
                at=exited.at,
                session=session.id,
                turn=session.turn,
                outcome="failed" if crashed else "interrupted",
                cause="crash" if crashed else "you",
                certain=exited.certain,
                source="process",
                why=exited.why,
            )
        )
    return rows


def _holds(session: Session, now: datetime, ranks: Mapping[Source, int]) -> Verdict | None:
    """What the sources make of a session that may change; None: nothing, or it may not."""
    if not session.is_live or session.state is S.PAUSED:
        return None
    verdict = judge(session.truth, now, ranks)
    if verdict is None:
        return _page_is_gone(session)
    return _seen(session, verdict)


def _page_is_gone(session: Session) -> Verdict | None:
    """Only a page of the start had been seen, and it is gone: then it is still starting."""
    claim = session.truth.claims.get(Source.SCREEN)
    if claim is None or session.state not in (S.ASKING, S.STARTING):
        return None
    return Verdict(S.STARTING, claim.at, Source.SCREEN, claim.last)


def _seen(session: Session, verdict: Verdict) -> Verdict:
    """A turn that was looked at is idle, whatever the agent goes on calling it."""
    was_looked_at = session.seen_at is not None and session.seen_at >= verdict.since
    return replace(verdict, state=S.IDLE) if verdict.state is S.DONE and was_looked_at else verdict


def _difference(session: Session, verdict: Verdict, now: datetime) -> Iterator[e.Event]:
    at = _when(session, verdict, now)
    is_working = verdict.state is S.WORKING or (
        verdict.state is S.ASKING and verdict.kind not in UNPROMPTED
    )
    if session.ask is not None and not _is_same_ask(session, verdict):
        yield e.AskClosed(at=at, session=session.id, ask=session.ask.number)
    is_open = session.turn_since is not None
    if is_open and session.state in RESTING and (is_working or _is_of_later(session, verdict)):
        yield _rested(session)
        is_open = False
    if is_open and verdict.state in RESTING and _settled_at(verdict) <= now:
        yield _turn_end(session, verdict, at)
    if is_working and not is_open:
        yield _turn_start(session, verdict, at)
    if verdict.state is S.ASKING and (ask := _ask(session, verdict, at)) is not None:
        yield ask
    if not _is_known(session, verdict):
        yield e.StateChanged(
            at=at,
            session=session.id,
            to=verdict.state,
            source=verdict.source,
            certain=verdict.certain,
            why=verdict.why,
            kind=verdict.kind,
            sub=verdict.sub,
            until=verdict.until,
            evidence=_evidence(session),
        )


def _when(session: Session, verdict: Verdict, now: datetime) -> datetime:
    """When that began. A source to which the state falls back began to say so long ago; that it
    holds again is from when it spoke. Work is tried again from when that was told, until it got
    on."""
    known = session.state_since or verdict.since
    if verdict.state is session.state and verdict.sub != session.state_sub:
        truth = session.truth
        moments = (verdict.said, truth.retrying_at, truth.moved_at)
        return max(known, *(moment for moment in moments if moment and moment <= now))
    is_lent_back = verdict.since <= known and verdict.state is not session.state
    return max(known, verdict.said if is_lent_back else verdict.since)


def _is_of_later(session: Session, verdict: Verdict) -> bool:
    """Whether that came after it was clear how the turn ended: the end of a limit is none of it."""
    return verdict.since - (session.state_since or verdict.since) >= SETTLED_AFTER


def _settled_at(verdict: Verdict) -> datetime:
    """From when on it is clear how a turn ended."""
    is_clear = verdict.state is S.DONE and verdict.certain
    return verdict.since if is_clear else verdict.since + SETTLED_AFTER


def _is_known(session: Session, verdict: Verdict) -> bool:
    known = (session.state, session.state_kind, session.state_sub, session.state_until)
    if known != (verdict.state, verdict.kind, verdict.sub, verdict.until):
        return False
    return session.state_certain == verdict.certain


def _evidence(session: Session) -> dict[str, e.Json]:
    """What every source says, for `explain`."""
    return {name: str(claim.state) for name, claim in session.truth.claims.items()}


def _turn_start(session: Session, verdict: Verdict, at: datetime) -> e.TurnStarted:
    truth = session.truth
    is_prompted = truth.prompt_at is not None and abs(truth.prompt_at - verdict.since) <= NEAR
    by = truth.prompt_by if is_prompted else "unknown"
    return e.TurnStarted(
        at=at, session=session.id, turn=session.turn + 1, by=by, source=verdict.source
    )


def _turn_end(session: Session, verdict: Verdict, at: datetime) -> e.TurnEnded:
    outcome, cause = OUTCOMES.get(verdict.state, ("done", None))
    certain = verdict.certain
    if _is_cut(session, verdict):
        outcome, cause = "interrupted", "you"
        # What was asked was refused: only a person does that, by whatever key.
        pressed = is_interrupted_by_person(session.truth, verdict.since)
        certain = certain and (pressed or session.state is S.ASKING)
    return e.TurnEnded(
        at=at,
        session=session.id,
        turn=session.turn,
        outcome=outcome,
        cause=cause,
        certain=certain,
        source=verdict.source,
        why=verdict.why,
    )


def _rested(session: Session) -> e.TurnEnded:
    """The end of a turn over which the next one, or the end of the agent, came at once."""
    outcome, cause = OUTCOMES.get(session.state, ("interrupted", "you"))
    return e.TurnEnded(
        at=session.state_since or session.created,
        session=session.id,
        turn=session.turn,
        outcome=outcome,
        cause=cause,
        certain=session.state_certain,
        source=session.state_source,
        why=session.state_why,
    )


def _is_cut(session: Session, verdict: Verdict) -> bool:
    """Idle by the agent's word, and not for having been looked at."""
    claim = session.truth.claims.get(verdict.source)
    if claim is not None and not claim.how_known:
        return verdict.state is S.IDLE and is_cut(session.truth, claim.at)
    return verdict.state is S.IDLE and (claim is None or claim.state is not S.DONE)


def _is_same_ask(session: Session, verdict: Verdict) -> bool:
    """Whether the ask on record is the one that holds."""
    ask = session.ask
    if ask is None or verdict.state is not S.ASKING:
        return False
    was_told = bool(ask.text or ask.tool)  # before anybody has, its kind is a guess
    if was_told and ask.kind != (verdict.kind or ask.kind):
        return False
    return verdict.since <= ask.at or verdict.since - ask.at <= timedelta(seconds=1)


def _ask(session: Session, verdict: Verdict, at: datetime) -> e.AskOpened | None:
    """The ask as a row; None when the record says all of it."""
    details = session.truth.ask
    if details is None or abs(details.at - verdict.since) > NEAR:
        details = AskDetails(verdict.since, verdict.kind or "question", verdict.why)
    is_same = _is_same_ask(session, verdict)
    old = session.ask
    opened = e.AskOpened(
        at=old.at if is_same and old else at,
        session=session.id,
        ask=old.number if is_same and old else session.asks + 1,
        kind=verdict.kind or details.kind,
        text=details.text,
        tool=details.tool,
        call=details.call,
        options=details.options,
        detail=details.detail,
        source=verdict.source,
        certain=verdict.certain,
    )
    if is_same and old is not None:
        known = (old.text, old.tool, old.call, old.options, old.detail)
        if known == (opened.text, opened.tool, opened.call, opened.options, opened.detail):
            return None
    return opened
