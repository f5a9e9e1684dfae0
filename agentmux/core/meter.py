"""The meter: what was counted so far, and what has begun and not ended.

The only value of the core that is changed in place: a record of years is folded through one. Its
tallies stand by day, session and model, the finest that any report asks for; what is open is
small, so that folding can stop at any row and go on later (`Meter.drain`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from agentmux.core.spans import Spans
from agentmux.core.spending import Spent
from agentmux.core.tally import Tally, microseconds

LONGEST = timedelta(days=400)
"""A stretch beyond this is a clock that was wrong."""
FOUND_DEAD = timedelta(minutes=1)
"""What a new leader finds ended so soon after its start had ended before."""


class Key(NamedTuple):
    """Where a tally belongs."""

    day: str
    """UTC, `2026-11-30`."""
    session: str | None
    model: str | None


class Who(NamedTuple):
    """What a report calls a session by."""

    name: str
    agent: str | None
    branch: str | None


@dataclass(frozen=True)
class Gap:
    """A time in which no leader recorded what the living sessions did."""

    since: datetime
    until: datetime
    certain: bool
    """False when the leader was killed: then it ended some time after `since`."""


@dataclass
class Open:
    """What of one session has begun and not ended."""

    name: str = ""
    agent: str | None = None
    branch: str | None = None
    model: str | None = None
    """That of its newest response, side requests and subagents left out."""
    run: int = 0
    is_opened: bool = False
    """Whether it is more than a task in the queue."""
    doing: str | None = None
    """What its wall time is counted as now; None while nothing of it lives."""
    since: datetime | None = None
    heard: datetime | None = None
    """When its agent was last known to live."""
    turn: int = 0
    """The newest turn that is counted as ended."""
    asks: int = 0
    """The newest ask that is counted."""
    ask: int | None = None
    ask_kind: str = ""
    ask_since: datetime | None = None
    queued_since: datetime | None = None
    reason: str = ""
    reason_since: datetime | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Microseconds that it has waited for each reason."""
    begun_at: datetime | None = None
    """When its newest run was intended."""
    is_lost: bool = False
    """Whether it works though no row says that it left the queue."""
    launched_at: datetime | None = None
    """When its pane began to run, until the agent is ready to work."""
    paged_us: int = 0
    """How long start-up pages have waited for the person since then."""

    @property
    def earliest(self) -> datetime | None:
        """The beginning of the oldest thing that is open."""
        begun = (self.since, self.ask_since, self.queued_since, self.launched_at)
        return min((at for at in begun if at is not None), default=None)


@dataclass
class Queue:
    """The queue's length as the intervals give it, beside how it was sampled."""

    length: int = 0
    area: int = 0
    """Tasks times microseconds since the first."""
    at: datetime | None = None
    """Until when `area` is counted."""
    sampled_at: datetime | None = None
    sampled: int = 0
    area_then: int = 0
    off: bool = False
    """Whether the newest sample gave another length than the intervals."""

    def move(self, at: datetime, change: int = 0) -> None:
        """`change` more tasks wait from now on."""
        if self.at is not None:
            self.area += self.length * microseconds(self.at, at)
        self.at = max(at, self.at or at)
        self.length = max(0, self.length + change)


@dataclass
class Meter:
    """Everything counted since the last `drain`, and everything open."""

    opened: dict[str, Open] = field(default_factory=dict)
    asleep: Spans = field(default_factory=Spans)
    away: Spans = field(default_factory=Spans)
    queue: Queue = field(default_factory=Queue)
    last_at: datetime | None = None
    """Of the newest row."""
    led: bool | None = None
    """Whether a leader runs, as far as the rows say; None before the first."""
    blind: Gap | None = None
    """The newest time without a leader."""

    tallies: dict[Key, Tally] = field(default_factory=dict)
    who: dict[str, Who] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    spent: dict[str, tuple[Spent, ...]] = field(default_factory=dict)
    """Response → what is counted of it. Whoever drops an entry looks it up again (`recall`)
    before a row of the same response is folded."""
    since: datetime | None = None
    """Nothing before this moment is counted, though all of it is followed."""
    until: datetime | None = None
    asof: datetime | None = None
    """The moment of which it is asked what waited then."""

    def tally(self, at: datetime, session: str | None, model: str | None = None) -> Tally:
        """Where to count what ended at `at`; outside of the window, a tally that nobody reads."""
        if not self.is_inside(at):
            return Tally()
        key = Key(day_of(at), session, model)
        found = self.tallies.get(key)
        if found is None:
            found = self.tallies[key] = Tally()
        return found

    def is_inside(self, at: datetime) -> bool:
        """Whether the moment lies in the window that is counted."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def awake(self, since: datetime, until: datetime) -> int:
        """Microseconds between two moments in which the machine did not sleep."""
        return microseconds(since, until) - self.asleep.overlap(since, until)

    def unseen(self, since: datetime, until: datetime) -> int:
        """Of those, the microseconds in which the person was away."""
        return sum(self.awake(*piece) for piece in self.away.within(since, until))

    def end_of(self, opened: Open, at: datetime) -> datetime:
        """When something ended that was seen to have ended at `at`."""
        blind = self.blind
        if blind is None or at < blind.until or at - blind.until > FOUND_DEAD:
            return at
        heard = opened.heard or blind.since
        return at if heard > blind.until else max(heard, blind.since)

    def drain(self) -> tuple[dict[Key, Tally], dict[str, Who], list[Gap]]:
        """What was counted since the last time; counting goes on from nothing."""
        for session in {key.session for key in self.tallies if key.session in self.opened}:
            self._name(session)
        counted = self.tallies, self.who, self.gaps
        self.tallies, self.who, self.gaps = {}, {}, []
        return counted

    def close(self, session: str) -> None:
        """Nothing of the session is open any more."""
        self._name(session)
        del self.opened[session]

    def _name(self, session: str | None) -> None:
        opened = self.opened[session or ""]
        self.who[session or ""] = Who(opened.name, opened.agent, opened.branch)

    def forget(self) -> None:
        """Drop the stretches of sleep and absence that nothing open reaches back to."""
        begun = (o.earliest for o in self.opened.values())
        oldest = min((at for at in begun if at is not None), default=self.last_at)
        if oldest is not None:
            self.asleep.forget(oldest)
            self.away.forget(oldest)


def day_of(at: datetime) -> str:
    """The UTC day of a moment."""
    return at.astimezone(UTC).date().isoformat()


def start_of(day: str) -> datetime:
    """When a UTC day begins."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def by_day(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A stretch in pieces that end at midnight."""
    since = since if until - since <= LONGEST else until - LONGEST
    while since.date() < until.date():
        midnight = start_of(day_of(since)) + timedelta(days=1)
        yield since, midnight
        since = midnight
    if since < until:
        yield since, until
