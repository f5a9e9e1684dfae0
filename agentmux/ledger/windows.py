"""What was counted between two moments: whole days from their roll-ups, the rest from its rows."""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agentmux.core.meter import Gap, Key, Who, day_of, start_of
from agentmux.core.meters import settle
from agentmux.core.tally import Tally
from agentmux.ledger import counting
from agentmux.ledger.rollups import Day, Rollups

DAY = timedelta(days=1)


@dataclass
class Counted:
    """Everything counted in one window."""

    since: datetime | None
    """None: from the first row on, and there is none yet."""
    until: datetime
    tallies: dict[Key, Tally] = field(default_factory=dict)
    who: dict[str, Who] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def take(self, name: str, day: Day) -> None:
        """Add one day, which nobody else counts on with."""
        for (session, model), tally in day.tallies.items():
            self.tallies[Key(name, session, model)] = tally
        self.who |= day.who
        self.gaps += day.gaps


def count_window(
    connection: sqlite3.Connection,
    rollups: Rollups,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
) -> Counted:
    """Count everything in the window; what is under way counts up to its end, `now` at most.

    `rollups` is used up: what is open is counted into it.
    """
    while rollups.advance():
        pass
    is_past = until is not None and until < now
    end = until if until is not None and until < now else now
    begin = since if since is not None else datetime.min.replace(tzinfo=end.tzinfo)
    if begin >= end:
        return Counted(since, end)
    counted = Counted(since or _first_at(connection), end)
    days = rollups.days(now, last=day_of(end - datetime.resolution))
    for name, day in days.items():
        if _is_whole(name, begin, end, is_past=is_past):
            counted.take(name, day)
    for name in sorted({day_of(begin), day_of(end - datetime.resolution)}):
        if not _is_whole(name, begin, end, is_past=is_past):
            part = _part(connection, days, name, begin, end)
            counted.take(name, part)
    counted.gaps.sort(key=lambda gap: gap.since)
    return counted


def _is_whole(name: str, since: datetime, until: datetime, *, is_past: bool) -> bool:
    """Whether all of the day is in the window; the last of a past one is not: what was open at its
    end is asked as well."""
    last = day_of(until - datetime.resolution)
    if name > last or (is_past and name == last):
        return False
    return since <= start_of(name)


def _part(
    connection: sqlite3.Connection,
    days: dict[str, Day],
    name: str,
    since: datetime,
    until: datetime,
) -> Day:
    """What of the window lies in one day, from the rows."""
    begun = [n for n, day in days.items() if n <= name and day.first]
    if not begun:
        return Day()
    midnight = start_of(name)
    first, last = max(since, midnight), min(until, midnight + DAY)
    source = days[begun[-1]]
    is_end = last == until
    meter = counting.meter_of(source.carry, since=first, until=last, asof=until if is_end else None)
    counting.count_range(connection, meter, source.first, source.last)
    settle(meter, last, with_open=is_end)
    tallies, who, gaps = meter.drain()
    return Day({(key.session, key.model): t for key, t in tallies.items()}, who, gaps)


def _first_at(connection: sqlite3.Connection) -> datetime | None:
    row = connection.execute("SELECT at FROM events ORDER BY id LIMIT 1").fetchone()
    return datetime.fromisoformat(row[0]) if row else None
