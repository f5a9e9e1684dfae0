"""Where each wait begins and ends: in the queue, at the start, for the person, and wall time."""

from datetime import datetime, timedelta

from agentmux.core import events as e
from agentmux.core.meter import Meter, Open, by_day
from agentmux.core.tally import MICROSECOND, microseconds
from agentmux.core.turns import UNPROMPTED

UNLOST = timedelta(seconds=10)
"""How long the row that says so may come behind the start."""


def turn_to(meter: Meter, session: str, opened: Open, doing: str | None, at: datetime) -> None:
    """Count the wall time of what the session did until `at`; from then on it does `doing`."""
    if opened.doing is not None and opened.since is not None:
        for since, until in by_day(opened.since, at):
            _add_wall(meter, session, opened, since, until)
    # A row that comes late begins no earlier than what is counted already.
    opened.since = at if opened.doing is None else max(at, opened.since or at)
    opened.doing = doing


def _add_wall(meter: Meter, session: str, opened: Open, since: datetime, until: datetime) -> None:
    since = max(since, meter.since or since)
    until = min(until, meter.until or until)
    if since < until:
        tally = meter.tally(since, session, opened.model)
        tally.add(f"wall.{opened.doing}", meter.awake(since, until))


def enqueued(meter: Meter, session: str, event: e.Enqueued) -> None:
    """The queue wait begins."""
    opened = meter.opened.setdefault(session, Open())
    if opened.queued_since is not None:
        return
    if not opened.is_opened:
        opened.name, opened.agent, opened.branch = event.name, event.agent, event.branch
    opened.queued_since = opened.reason_since = event.at
    opened.reason, opened.reasons, opened.is_lost = event.reason, {}, False
    if opened.doing is None:
        turn_to(meter, session, opened, "queued", event.at)
    meter.queue.move(event.at, 1)
    meter.tally(event.at, None).add("queue.arrived")


def split(meter: Meter, opened: Open, at: datetime, reason: str) -> None:
    """The time since the last split was for the last reason; from now on it is for another."""
    if opened.reason_since is None:
        return
    waited = meter.awake(opened.reason_since, at)
    before = opened.reasons.get(opened.reason, 0)
    opened.reasons = {**opened.reasons, opened.reason: before + waited}
    opened.reason, opened.reason_since = reason, max(at, opened.reason_since)


def dequeued(meter: Meter, session: str, opened: Open, event: e.Dequeued) -> None:
    """The queue wait ends, and is counted when it was served."""
    if opened.queued_since is None:
        return
    still(meter, session, opened, "queue", opened.queued_since, event.at)
    split(meter, opened, event.at, "")
    turn_to(meter, session, opened, None if opened.doing == "queued" else opened.doing, event.at)
    meter.queue.move(event.at, -1)
    meter.tally(event.at, None).add("queue.left")
    tally = meter.tally(event.at, session)
    if event.how == "launched":
        tally.sample("queue", meter.awake(opened.queued_since, event.at))
        tally.add_all({f"queue.{reason}": us for reason, us in opened.reasons.items()})
    else:
        tally.add("queue.unserved")
    opened.queued_since = opened.reason_since = None
    opened.reasons = {}
    if event.how != "launched" and not opened.is_opened:
        meter.close(session)


def notice_loss(meter: Meter, opened: Open, at: datetime) -> None:
    """One that has worked for a while and never left the queue: a row was lost."""
    begun = opened.begun_at
    if opened.queued_since is None or opened.is_lost or begun is None:
        return
    if begun >= opened.queued_since and at - begun >= UNLOST:
        opened.is_lost = True
        meter.tally(at, None).add("queue.lost")


def opened(meter: Meter, session: str, event: e.SessionOpened) -> None:
    """One that did not queue has waited in the queue for no time at all."""
    opened = meter.opened.setdefault(session, Open())
    if opened.is_opened:
        return
    opened.is_opened = True
    opened.name, opened.agent, opened.branch = event.name, event.agent, event.branch
    if opened.queued_since is None and opened.since is None:
        meter.tally(event.at, session).sample("queue", 0)


def ready(meter: Meter, session: str, opened: Open, at: datetime) -> None:
    """The start ends; what start-up pages waited for the person is attention wait and no start."""
    if opened.launched_at is None:
        return
    taken = meter.awake(opened.launched_at, at) - opened.paged_us
    meter.tally(at, session, opened.model).sample("start", max(0, taken))
    opened.launched_at = None


def asked(meter: Meter, session: str, opened: Open, event: e.AskOpened) -> None:
    """An attention wait begins, or more became known of the one that is open."""
    opened.heard = event.at
    if opened.ask == event.ask:
        opened.ask_kind = event.kind
        return
    if opened.ask is not None:
        answered(meter, session, opened, event.at)
    opened.ask, opened.ask_kind, opened.ask_since = event.ask, event.kind, event.at
    if event.ask > opened.asks:
        opened.asks = event.ask
        meter.tally(event.at, session, opened.model).add("asks.opened")


def answered(meter: Meter, session: str, opened: Open, at: datetime) -> None:
    """The attention wait ends."""
    since = opened.ask_since
    if since is None:
        return
    still(meter, session, opened, "ask", since, at)
    waited, away = meter.awake(since, at), meter.unseen(since, at)
    tally = meter.tally(at, session, opened.model)
    tally.sample("ask", waited)
    tally.add(f"ask.{opened.ask_kind}", waited)
    tally.add("ask.away", away)
    tally.add("ask.here", waited - away)
    if opened.ask_kind in UNPROMPTED and opened.launched_at is not None:
        opened.paged_us += meter.awake(max(since, opened.launched_at), at)
    opened.ask = opened.ask_since = None


def still(
    meter: Meter,
    session: str,
    opened: Open,
    what: str,
    since: datetime,
    until: datetime | None = None,
) -> None:
    """Count a wait as one that was open at the moment that is asked of, if it was."""
    asof = meter.asof
    if asof is not None and since < asof and (until is None or asof <= until):
        model = opened.model if what == "ask" else None
        tally = meter.tally(asof - datetime.resolution, session, model)
        tally.add(f"{what}.open")
        tally.add(f"{what}.open_us", meter.awake(since, asof))


def removed(meter: Meter, session: str, opened: Open, at: datetime) -> None:
    """Nothing of the session goes on."""
    turn_to(meter, session, opened, None, at)
    if opened.ask is not None:
        answered(meter, session, opened, at)
    if opened.queued_since is None:  # else a row is missing, and `report --check` is to see it
        meter.close(session)


def sampled(meter: Meter, event: e.QueueSampled) -> None:
    """Compare the queue's length by the intervals with how it was counted."""
    queue = meter.queue
    queue.move(event.at)
    off = queue.length != event.length
    every = timedelta(seconds=min(max(event.every_s, 0.001), 3600.0))
    tally = meter.tally(event.at, None)
    if queue.sampled_at is not None and event.at - queue.sampled_at <= 3 * every:
        tally.add("little.samples")
        tally.add("little.covered", microseconds(queue.sampled_at, event.at))
        tally.add("little.sampled", queue.sampled * microseconds(queue.sampled_at, event.at))
        tally.add("little.waited", queue.area - queue.area_then)
        tally.add("little.every", every // MICROSECOND)
        tally.add("little.off", int(off and queue.off))
    queue.sampled_at, queue.sampled, queue.area_then = event.at, event.length, queue.area
    queue.off = off
