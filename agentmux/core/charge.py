"""From what sources say of responses to rows: one charge each, however many tell of it.

A transcript says one response over on every line, telemetry says it again, and a resumed agent
repeats its history: of all that comes at most one row for what is new.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.bill import ModelUse, charge_of, place, with_model
from agentmux.core.facts import Source
from agentmux.core.records import replace
from agentmux.core.session import Session
from agentmux.core.spending import COPIED
from agentmux.core.usage import Tokens

FULLER: Mapping[str, int] = {Source.OTLP: 2, Source.EVENTS: 1}
"""Sources that tell of every request and of all its tokens; the transcripts leave some out."""


def charge(
    session: Session,
    told: Iterable[e.Event],
    known: Mapping[str, Sequence[e.UsageReported]],
    now: datetime,
) -> list[e.UsageReported]:
    """Rows, not priced yet, for what `told` says of responses and the record does not.

    `told` is what is about to be recorded of the session, in order; `known` are the rows that
    tell of these responses already, of any session, oldest first.
    """
    before = {
        response: own[-1]
        for response, rows in known.items()
        if (own := [row for row in rows if row.session == session.id])
    }
    found: dict[str, e.UsageReported] = {}
    for new in _said(session, list(told), now):
        response = new.response
        old = found.get(response) or before.get(response)
        if old is not None:
            found[response] = merged(old, new)
        elif not _is_empty(new) and not _is_copy(new, known.get(response, ())):
            found[response] = new
    return [
        replace(row, replaces=charge_of(old) if old else None)
        for response, row in found.items()
        if (old := before.get(response)) is None or _facts_of(old) != _facts_of(row)
    ]


def _said(session: Session, told: Sequence[e.Event], now: datetime) -> Iterator[e.UsageReported]:
    """Every single telling, with the model and the turn it was for."""
    starts = [(event.at, event.turn) for event in told if isinstance(event, e.TurnStarted)]
    if session.turn and session.turn_at is not None:
        starts.insert(0, (session.turn_at, session.turn))
    models = session.models
    for row in (event for event in told if isinstance(event, e.Reported)):
        for fact in row.facts:
            if isinstance(fact, f.ModelChosen):
                models = with_model(models, row.source, fact)
            elif isinstance(fact, f.Usage):
                use = models.get(place(row.source, fact.conversation)) or models.get(row.source)
                at = min(fact.at, now)  # a time in the future would be spent on another day
                yield _row(session, row.source, replace(fact, at=at), use, _turn(at, starts))


def _row(
    session: Session, source: str, fact: f.Usage, use: ModelUse | None, turn: int | None
) -> e.UsageReported:
    # Tier and speed were told with the model: they hold for it, and for no other one.
    is_of_use = use is not None and fact.model in (None, use.model)
    tier, fast = (use.tier, use.fast) if use is not None and is_of_use else (None, False)
    return e.UsageReported(
        at=fact.at,
        session=session.id,
        response=fact.response,
        model=fact.model or (use.model if use else None),
        tokens=_counted(fact.tokens),
        source=source,
        provider=fact.provider,
        turn=turn,
        side=fact.side,
        agent=fact.agent,
        tier=fact.tier or tier,
        fast=fact.fast or fast,
        complete=fact.complete,
        own_estimate=fact.own_estimate,
        reported_usd=fact.reported_usd,
    )


def _counted(tokens: Tokens) -> Tokens:
    """Without counts below nothing, which no adapter should give."""
    return Tokens(
        max(0, tokens.input),
        max(0, tokens.cache_read),
        max(0, tokens.cache_write_5m),
        max(0, tokens.cache_write_1h),
        max(0, tokens.output),
    )


def _turn(at: datetime, starts: Sequence[tuple[datetime, int]]) -> int | None:
    """The turn that was the newest at `at`: what is read late is of the turn before."""
    begun = [turn for start, turn in starts if start <= at]
    if begun:
        return begun[-1]
    return starts[0][1] - 1 or None if starts else None


def _is_empty(row: e.UsageReported) -> bool:
    """A placeholder: agents write one before they know anything."""
    return row.tokens.is_empty and row.complete and not row.reported_usd


def _is_copy(row: e.UsageReported, known: Sequence[e.UsageReported]) -> bool:
    """Whether another session told of it: a branched-off one brings its source's history."""
    return any(abs(row.at - other.at) <= COPIED for other in known)


def merged(old: e.UsageReported, new: e.UsageReported) -> e.UsageReported:
    """What holds of a response of which `old` is known and `new` is said.

    Of one source the newest counts, of several the one that knows more. What neither of the two
    figures tells against the other is put together: telemetry knows the full counts, the
    transcript for how long the cache was written.
    """
    is_better = _quality(new) >= _quality(old) if new.source != old.source else (
        new.complete >= old.complete
    )  # fmt: skip
    if _is_empty(new):
        is_better = False
    best, other = (new, old) if is_better else (old, new)
    return replace(
        best,
        at=old.at,
        turn=old.turn if old.turn is not None else new.turn,
        tokens=_with_split(best.tokens, other.tokens),
        model=best.model or other.model,
        provider=best.provider or other.provider,
        side=best.side or other.side,
        agent=best.agent or other.agent,
        tier=best.tier or other.tier,
        fast=best.fast or other.fast,
        reported_usd=other.reported_usd if best.reported_usd is None else best.reported_usd,
        cost_usd=None,
        price_date=None,
        replaces=None,
    )


def _quality(row: e.UsageReported) -> tuple[bool, bool, bool, int]:
    tokens = row.tokens
    knows_cache = bool(tokens.cache_read or tokens.cache_write_5m or tokens.cache_write_1h)
    return row.complete, not row.own_estimate, knows_cache, FULLER.get(row.source, 0)


def _with_split(best: Tokens, other: Tokens) -> Tokens:
    """For how long the cache was written, from whoever knows it of the same number of tokens."""
    written = best.cache_write_5m + best.cache_write_1h
    is_same = written == other.cache_write_5m + other.cache_write_1h
    if best.cache_write_1h or not is_same:
        return best
    five, hour = other.cache_write_5m, other.cache_write_1h
    return replace(best, cache_write_5m=five, cache_write_1h=hour)


def _facts_of(row: e.UsageReported) -> e.UsageReported:
    """A row without what follows from its price, its source and its place in the record."""
    return replace(row, source="", cost_usd=None, price_date=None, replaces=None)
