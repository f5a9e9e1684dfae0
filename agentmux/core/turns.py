"""From the merged truth to rows: a new state, and the turns and asks that begin and end with it.

`follow` compares what the ledger says of a session with what holds now and gives the difference;
recording it and following again gives nothing. Only sessions whose agent reports take part: a
plain command is `running` or `quiet` by its output alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from agentmux.core import events as e
from agentmux.core.facts import RANKS, Source
from agentmux.core.fleet import Fleet, apply_all
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
CAUSES = {S.LIMITED: "limit", S.FAILED: "api_error"}


def follow(session: Session, now: datetime, ranks: Mapping[Source, int] = RANKS) -> list[e.Event]:
    """What must be recorded so that the record says what holds at `now`.

    `ranks` are the agent's own: which of its sources is believed.
    """
    if not session.is_live or session.state is S.PAUSED:
        return []
    verdict = judge(session.truth, now, ranks)
    if verdict is None:
        return []
    return list(_difference(session, _seen(session, verdict)))


def with_verdicts(
    session: Session,
    rows: Iterable[e.Event],
    now: datetime,
    ranks: Mapping[Source, int] = RANKS,
) -> list[e.Event]:
    """`rows` about one session, oldest first, each followed by what comes of it; up to `now`."""
    told: list[e.Event] = []

    def tell(session: Session, *events: e.Event) -> Session:
        told.extend(events)
        fleet = apply_all(Fleet(sessions={session.id: session}), enumerate(events))
        return fleet.sessions[session.id]

    for row in rows:
        if isinstance(row, e.Exited):
            session = tell(session, *close(session, row))
        session = tell(session, _not_by_output(session, row))
        if isinstance(row, e.Reported):
            session = tell(session, *follow(session, row.at, ranks))
    tell(session, *follow(session, now, ranks))
    return told


def _not_by_output(session: Session, row: e.Event) -> e.Event:
    """Once a program tells its own state, that it prints or not tells nothing more."""
    if not isinstance(row, e.StateChanged) or row.source != "shim" or not session.truth.claims:
        return row
    offset = session.spool_offset if row.spool_offset is None else row.spool_offset
    return e.SpoolRead(at=row.at, session=row.session, run=session.run, spool_offset=offset)


def due(session: Session, now: datetime, ranks: Mapping[Source, int] = RANKS) -> datetime | None:
    """When to follow again though nobody spoke; None: no need."""
    verdict = judge(session.truth, now, ranks) if session.is_live else None
    return verdict.due if verdict else None


def close(session: Session, exited: e.Exited) -> list[e.Event]:
    """What ends with the agent's process."""
    rows: list[e.Event] = []
    if session.ask is not None:
        rows.append(e.AskClosed(at=exited.at, session=session.id, ask=session.ask.number,
                                how="gone"))  # fmt: skip
    if session.turn_since is not None:
        crashed = not session.stopped and (exited.code is None or exited.code != 0)
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


def _seen(session: Session, verdict: Verdict) -> Verdict:
    """A turn that was looked at is idle, whatever the agent goes on calling it."""
    was_looked_at = session.seen_at is not None and session.seen_at >= verdict.since
    return replace(verdict, state=S.IDLE) if verdict.state is S.DONE and was_looked_at else verdict


def _difference(session: Session, verdict: Verdict) -> Iterator[e.Event]:
    at = max(verdict.since, session.state_since or verdict.since)
    is_working = verdict.state is S.WORKING or (
        verdict.state is S.ASKING and verdict.kind not in UNPROMPTED
    )
    if session.ask is not None and not _is_same_ask(session, verdict):
        yield e.AskClosed(at=at, session=session.id, ask=session.ask.number)
    if session.turn_since is not None and verdict.state in RESTING:
        yield _turn_end(session, verdict, at)
    if session.turn_since is None and is_working:
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
    cause = CAUSES.get(verdict.state)
    outcome = "failed" if cause else "done"
    certain = verdict.certain
    if _is_cut(session, verdict):
        outcome, cause = "interrupted", "you"
        certain = certain and is_interrupted_by_person(session.truth, verdict.since)
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


def _is_cut(session: Session, verdict: Verdict) -> bool:
    """Idle by the agent's word, and not for having been looked at."""
    claim = session.truth.claims.get(verdict.source)
    if claim is not None and not claim.how_known:
        return verdict.state is S.IDLE and is_cut(session.truth, claim.at)
    return verdict.state is S.IDLE and (claim is None or claim.state is not S.DONE)


def _is_same_ask(session: Session, verdict: Verdict) -> bool:
    """Whether the ask on record is the one that holds."""
    ask = session.ask
    if ask is None or verdict.state is not S.ASKING or ask.kind != (verdict.kind or ask.kind):
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
