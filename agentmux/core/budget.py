"""What the budget allows next: what is spent and set aside in each window, against its limit.

A task is let in only when what is spent, what is set aside for others and what it is thought to
cost fit under every limit, and its share is set aside in the same moment. So tasks that start
together cannot pass a limit between them: only turns already running can, each by what it costs
more than was thought. Nothing here ends a turn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from agentmux.core import events as e
from agentmux.core.bill import NOTHING
from agentmux.core.fleet import Fleet
from agentmux.core.purse import quarter_of, window_key
from agentmux.core.session import Session
from agentmux.core.usage import usd_text

WARNING = Decimal("0.8")
"""Share of a limit from which on there is a warning."""
FEWEST = 5
"""Past tasks below which their median says nothing."""
RESERVE_USD = Decimal(1)
"""Set aside for a task of which nothing is known and nothing configured."""
Level = Literal["ok", "warning", "over"]


class Limits(Protocol):
    """What a person allows: `config.Budget`, general or of a profile."""

    @property
    def day_usd(self) -> Decimal | None: ...
    @property
    def session_usd(self) -> Decimal | None: ...
    @property
    def reserve_usd(self) -> Decimal | None: ...


@dataclass(frozen=True)
class Day:
    """A day by the person's clock."""

    name: str
    """`2026-11-23`."""
    since: datetime
    """Its midnight, aware."""


@dataclass(frozen=True)
class Window:
    """How one limit stands."""

    name: str
    """`day` or `session`."""
    period: str
    """The day's name, the session's id."""
    spent_usd: Decimal
    reserved_usd: Decimal
    limit_usd: Decimal | None
    profile: str | None = None
    """Whose limit it is; None: everyone's."""
    session: str | None = None
    certain: bool = True
    """Whether `spent_usd` is all of it and exact."""

    @property
    def level(self) -> Level:
        """How near the limit is; what is set aside is not spent."""
        if self.limit_usd is None:
            return "ok"
        if self.spent_usd >= self.limit_usd:
            return "over"
        return "warning" if self.spent_usd >= WARNING * self.limit_usd else "ok"

    @property
    def key(self) -> str:
        """Names it among the crossings of a fleet, whatever the period."""
        return window_key(self.name, self.profile, self.session)

    @property
    def words(self) -> str:
        """`$4.10 spent and $0.90 set aside of $5.00 today`."""
        spent = f"{'' if self.certain else 'at least '}${usd_text(self.spent_usd)} spent"
        aside = f" and ${usd_text(self.reserved_usd)} set aside" if self.reserved_usd else ""
        limit = f" of ${usd_text(self.limit_usd)}" if self.limit_usd is not None else ""
        whose = f" by profile {self.profile}" if self.profile else ""
        return f"{spent}{aside}{limit}{' today' if self.name == 'day' else ''}{whose}"


@dataclass(frozen=True)
class Plan:
    """Whether a task may start now, and what is then set aside for it."""

    allowed: bool
    reserve_usd: Decimal
    why: str = ""
    """What it waits for, in words."""
    window: Window | None = None
    """The limit it waits for."""


def windows(
    fleet: Fleet, limits: Limits, profiles: Mapping[str, Limits], day: Day
) -> tuple[Window, ...]:
    """Everyone's day, the day of each profile with a limit, the sessions under a limit."""
    days = [None, *(name for name, own in profiles.items() if own.day_usd is not None)]
    found = [_day(fleet, limits, profiles, day, profile) for profile in days]
    for session in fleet.live:
        limit = _session_limit(limits, profiles, session.profile)
        if limit is not None:
            found.append(_of_session(fleet, session, limit))
    return tuple(found)


def _day(
    fleet: Fleet,
    limits: Limits,
    profiles: Mapping[str, Limits],
    day: Day,
    profile: str | None,
) -> Window:
    since = quarter_of(day.since)
    spent = [
        spend
        for quarter, by_profile in fleet.purse.spends.items()
        for name, spend in by_profile.items()
        if quarter >= since and profile in (None, name)
    ]
    aside = [
        remaining(fleet, session)
        for session, reservation in fleet.purse.reserved.items()
        if profile in (None, reservation.profile)
    ]
    return Window(
        name="day",
        period=day.name,
        spent_usd=sum((each.usd for each in spent), NOTHING),
        reserved_usd=sum(aside, NOTHING),
        limit_usd=limits.day_usd if profile is None else profiles[profile].day_usd,
        profile=profile,
        certain=not any(each.uncertain for each in spent),
    )


def _of_session(fleet: Fleet, session: Session, limit: Decimal) -> Window:
    bill = session.bill
    return Window(
        name="session",
        period=session.id,
        spent_usd=bill.priced_usd,
        reserved_usd=remaining(fleet, session.id),
        limit_usd=limit,
        session=session.id,
        certain=bill.certain,
    )


def _session_limit(
    limits: Limits, profiles: Mapping[str, Limits], profile: str | None
) -> Decimal | None:
    own = profiles.get(profile or "")
    return own.session_usd if own and own.session_usd is not None else limits.session_usd


def remaining(fleet: Fleet, session: str) -> Decimal:
    """What is still set aside for a session's task: what it has spent is spent."""
    reservation = fleet.purse.reserved.get(session)
    if reservation is None:
        return NOTHING
    known = fleet.sessions.get(session)
    spent = known.bill.priced_usd - reservation.from_usd if known else NOTHING
    return max(NOTHING, reservation.usd - max(NOTHING, spent))


def estimate(
    fleet: Fleet,
    limits: Limits,
    profiles: Mapping[str, Limits],
    agent: str,
    profile: str | None,
) -> tuple[Decimal, str]:
    """What one more task is thought to cost, and what that is taken from, in words."""
    past = sorted(
        session.bill.cost_usd
        for session in fleet.sessions.values()
        if (session.agent, session.profile) == (agent, profile)
        and session.turn
        and not session.is_live
        and session.bill.cost_usd is not None
    )
    if len(past) >= FEWEST:
        middle = (past[(len(past) - 1) // 2] + past[len(past) // 2]) / 2
        return middle, f"median of {len(past)} past tasks"
    own = profiles.get(profile or "")
    for chosen in (own, limits):
        if chosen is not None and chosen.reserve_usd is not None:
            return chosen.reserve_usd, "as configured"
    return RESERVE_USD, "nothing is known of such tasks yet"


def plan_launch(
    fleet: Fleet,
    limits: Limits,
    profiles: Mapping[str, Limits],
    day: Day,
    agent: str,
    profile: str | None,
) -> Plan:
    """Whether one more task may start; whoever starts it records what is set aside first.

    A task that is thought to cost more than a whole limit starts once nothing of it is used.
    """
    thought, _ = estimate(fleet, limits, profiles, agent, profile)
    found = [w for w in windows(fleet, limits, profiles, day) if _is_day_of(w, profile)]
    caps = [w.limit_usd for w in found] + [_session_limit(limits, profiles, profile)]
    reserve = min([thought, *(cap for cap in caps if cap is not None)])
    for window in found:
        if window.limit_usd is None:
            continue
        taken = window.spent_usd + window.reserved_usd
        if window.level == "over" or taken + reserve > window.limit_usd:
            return Plan(False, reserve, window.words, window)
    return Plan(True, reserve)


def _is_day_of(window: Window, profile: str | None) -> bool:
    return window.name == "day" and window.profile in (None, profile)


def limit_reached(found: tuple[Window, ...], session: Session) -> Window | None:
    """The limit for which the session may begin no turn and take no queued message, if any."""
    for window in found:
        concerns = _is_day_of(window, session.profile) or window.session == session.id
        if concerns and window.level == "over":
            return window
    return None


def crossings(fleet: Fleet, found: tuple[Window, ...], now: datetime) -> list[e.BudgetCrossed]:
    """The levels that are not on record yet; a new day begins at `ok` without a row."""
    return list(_crossings(fleet, found, now))


def _crossings(fleet: Fleet, found: tuple[Window, ...], now: datetime) -> Iterator[e.BudgetCrossed]:
    for window in found:
        known = fleet.purse.crossed.get(window.key)
        level = known.level if known is not None and known.period == window.period else "ok"
        if level != window.level:
            yield e.BudgetCrossed(
                at=now,
                session=window.session,
                window=window.name,
                period=window.period,
                level=window.level,
                spent_usd=window.spent_usd,
                limit_usd=window.limit_usd,
                profile=window.profile,
                certain=window.certain,
            )
