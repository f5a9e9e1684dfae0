"""What a session did when, as stretches of one state: the strip in a picture of the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agentmux.core import events as e
from agentmux.core.meters import DOING

KINDS: tuple[type[e.Event], ...] = (
    e.Enqueued,
    e.Dequeued,
    e.LaunchIntended,
    e.AgentStarted,
    e.StateChanged,
    e.Exited,
    e.SessionRemoved,
)
"""Rows that a strip is made of."""


@dataclass(frozen=True)
class Stretch:
    """A time in which a session did one thing."""

    doing: str
    """As wall time is counted: `working`, `asking`, `idle`, `unread`, `limited`, `queued`, …;
    `failed` too."""
    since: datetime
    until: datetime


def strip(
    rows: Iterable[e.Event], since: datetime, until: datetime, finest: timedelta = timedelta()
) -> list[Stretch]:
    """The stretches between two moments, oldest first; what is shorter than `finest` goes to the
    stretch before it."""
    found: list[Stretch] = []
    doing: str | None = None
    begun = since
    for row in rows:
        told, is_news = _doing(row)
        if not is_news or told == doing:
            continue
        _put(found, doing, max(begun, since), min(row.at, until), finest)
        doing, begun = told, max(begun, row.at)
    _put(found, doing, max(begun, since), until, finest)
    return found


def _put(
    found: list[Stretch], doing: str | None, since: datetime, until: datetime, finest: timedelta
) -> None:
    if doing is None or since >= until:
        return
    last = found[-1] if found else None
    if last is not None and last.until == since and (
        last.doing == doing or until - since < finest
    ):  # fmt: skip
        found[-1] = Stretch(last.doing, last.since, until)
    else:
        found.append(Stretch(doing, since, until))


def _doing(row: e.Event) -> tuple[str | None, bool]:
    """What the session does from this row on; False when the row says nothing of that."""
    match row:
        case e.Enqueued():
            return "queued", True
        case e.LaunchIntended():
            return "starting", True
        case e.AgentStarted():
            return "working", not row.reports
        case e.StateChanged():
            return ("failed" if row.to == "failed" else DOING[row.to]), True
        case e.Dequeued():
            return None, row.how != "launched"
        case e.Exited() | e.SessionRemoved():
            return None, True
        case _:
            return None, False
