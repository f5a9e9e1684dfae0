"""What the fleet has spent lately and what is set aside: all that a budget is held against.

Money is booked by quarters of an hour, because a day is one by the person's clock, and the record
knows no zone.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from agentmux.core import events as e
from agentmux.core.bill import NOTHING, amount, charge_of
from agentmux.core.records import Records, frozen, replace
from agentmux.core.session import Session
from agentmux.core.usage import Charge

KEPT = timedelta(hours=26)
"""How far back it is known when money was spent: a day of 25 hours, and the one quarter more."""


@frozen
class Spend(metaclass=Records):
    """What was spent in some stretch of time."""

    usd: Decimal = NOTHING
    uncertain: int = 0
    """Responses that are unpriced, cut off or only guessed."""


@frozen
class Reservation(metaclass=Records):
    """What is set aside for a session's task."""

    usd: Decimal
    profile: str | None = None
    from_usd: Decimal = NOTHING
    """What the session had cost by then: the task's spending begins there."""


@frozen
class Crossing(metaclass=Records):
    """The level of a window that was recorded last."""

    period: str
    level: str


Spends = Mapping[str, Mapping[str, Spend]]
"""Beginning of a quarter of an hour, UTC → profile ("" for none) → what was spent in it."""


@frozen
class Purse(metaclass=Records):
    """Everything about money that is the fleet's and no single session's."""

    spends: Spends = field(default_factory=dict)
    """What was spent in each quarter of an hour of the last day."""
    reserved: Mapping[str, Reservation] = field(default_factory=dict)
    """Session, a queued one too → what is set aside for its task."""
    crossed: Mapping[str, Crossing] = field(default_factory=dict)
    """Window → the level it was last recorded at."""


def paid(purse: Purse, event: e.Event, session: Session | None) -> Purse:
    """The purse after one more event, which is about `session` as it was before."""
    match event:
        case e.UsageReported() if session is not None:
            return replace(purse, spends=booked(purse.spends, event, session.profile))
        case e.BudgetReserved() if event.session and event.usd:
            begun = session.bill.priced_usd if session else NOTHING
            reservation = Reservation(amount(event.usd), event.profile, begun)
            return replace(purse, reserved={**purse.reserved, event.session: reservation})
        case e.BudgetReserved() | e.TurnEnded() | e.Exited() | e.SessionRemoved():
            if event.session not in purse.reserved:
                return purse
            left = {key: kept for key, kept in purse.reserved.items() if key != event.session}
            return replace(purse, reserved=left)
        case e.BudgetCrossed():
            key = window_key(event.window, event.profile, event.session)
            crossing = Crossing(event.period, event.level)
            return replace(purse, crossed={**purse.crossed, key: crossing})
        case _:
            return purse


def booked(spends: Spends, row: e.UsageReported, profile: str | None) -> Spends:
    """What was spent when, after one more row; what is older than a day is let go."""
    quarter = quarter_of(row.at)
    newest = max((*spends, quarter))
    kept = {q: by for q, by in spends.items() if q >= _before(newest)}
    if quarter < _before(newest):
        return kept
    by_profile = kept.get(quarter, {})
    old = by_profile.get(profile or "", Spend())
    usd = old.usd + amount(row.cost_usd)
    uncertain = old.uncertain + _is_uncertain(charge_of(row))
    if row.replaces is not None:
        usd -= amount(row.replaces.cost_usd)
        uncertain -= _is_uncertain(row.replaces)
    return {**kept, quarter: {**by_profile, profile or "": Spend(usd, uncertain)}}


def _is_uncertain(charge: Charge) -> bool:
    return charge.cost_usd is None or not charge.complete or charge.own_estimate


def quarter_of(at: datetime) -> str:
    """The quarter of an hour that `at` is in; every zone's midnight is the beginning of one."""
    at = at.astimezone(UTC)
    return at.strftime(f"{at.year:04d}-%m-%dT%H:") + f"{at.minute // 15 * 15:02d}"


def _before(quarter: str) -> str:
    try:
        return quarter_of(datetime.fromisoformat(quarter).replace(tzinfo=UTC) - KEPT)
    except OverflowError:  # in the first days of year 1
        return quarter


def window_key(name: str, profile: str | None, session: str | None) -> str:
    """Names a window whatever its period."""
    return f"{name}:{profile or ''}:{session or ''}"
