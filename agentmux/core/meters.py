"""Waits, turns, asks and money, counted from the rows of the ledger: one definition for all.

`fold` counts one row, live and in history alike; `settle` adds what is under way. What each figure
means stands beside it in `report/figures.py`. Rows come in the order of the ledger, and their
times may go back a little, as spools are read late: a wait is never negative.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from agentmux.core import events as e
from agentmux.core import waits
from agentmux.core.meter import Gap, Meter, Open
from agentmux.core.spending import meet
from agentmux.core.state import SessionState
from agentmux.core.turns import UNPROMPTED

S = SessionState
METERED: tuple[type[e.Event], ...] = (
    e.SessionOpened,
    e.LaunchIntended,
    e.Launched,
    e.AgentStarted,
    e.StateChanged,
    e.TurnEnded,
    e.AskOpened,
    e.AskClosed,
    e.UsageReported,
    e.Enqueued,
    e.WaitReason,
    e.Dequeued,
    e.QueueSampled,
    e.PresenceChanged,
    e.Slept,
    e.Exited,
    e.Renamed,
    e.SessionRemoved,
    e.LeaderStarted,
    e.LeaderEnded,
)
"""Kinds of rows that count; the others, most of a ledger, need not be read."""

DOING: dict[SessionState, str | None] = {
    S.QUEUED: "queued",
    S.STARTING: "starting",
    S.RUNNING: "working",
    S.QUIET: "idle",
    S.WORKING: "working",
    S.ASKING: "asking",
    S.IDLE: "idle",
    S.DONE: "unread",
    S.LIMITED: "limited",
    S.FAILED: "idle",
    S.PAUSED: "idle",
    S.UNKNOWN: "unknown",
    S.EXITED: None,
    S.PARKED: None,
}
"""State → what its time is counted as."""
OUTCOMES = ("done", "interrupted", "failed")
CAUSES = ("you", "api_error", "limit", "crash", "cap")
SHORTEST_GAP = timedelta(seconds=10)
_LONGEST_SLEEP_S = 400 * 86400.0


def fold(meter: Meter, event: e.Event) -> None:
    """Count one more row."""
    match event:
        case e.Slept():
            meter.asleep.put(event.at - _pause(event), event.at)
            meter.forget()
        case e.PresenceChanged():
            (meter.away.end if event.here else meter.away.begin)(event.at)
            meter.forget()
        case e.QueueSampled():
            waits.sampled(meter, event)
        case e.LeaderStarted():
            _led(meter, event.at)
        case e.LeaderEnded():
            meter.led = False
        case e.UsageReported():
            _used(meter, event)
        case e.Enqueued() if event.session is not None:
            waits.enqueued(meter, event.session, event)
        case e.SessionOpened() if event.session is not None:
            waits.opened(meter, event.session, event)
        case _ if isinstance(event, METERED):
            opened = meter.opened.get(event.session or "")
            if opened is not None:
                _of_session(meter, event.session or "", opened, event)
        case _:
            return
    meter.last_at = max(event.at, meter.last_at or event.at)


def _of_session(meter: Meter, session: str, opened: Open, event: e.Event) -> None:
    """Count a row about a session that is open."""
    match event:
        case e.WaitReason():
            waits.split(meter, opened, event.at, event.reason)
        case e.Dequeued():
            waits.dequeued(meter, session, opened, event)
        case e.LaunchIntended():
            opened.run, opened.launched_at = event.run, None
            opened.begun_at = opened.heard = event.at
            waits.turn_to(meter, session, opened, "starting", event.at)
        case e.Launched():
            opened.launched_at, opened.paged_us, opened.heard = event.at, 0, event.at
        case e.AgentStarted():
            opened.heard = event.at
            if not event.reports and event.run == opened.run:
                waits.turn_to(meter, session, opened, "working", event.at)
                waits.ready(meter, session, opened, event.at)
        case e.StateChanged():
            _in_state(meter, session, opened, event)
        case e.TurnEnded():
            _turn_ended(meter, session, opened, event)
        case e.AskOpened():
            waits.asked(meter, session, opened, event)
        case e.AskClosed():
            if event.ask == opened.ask:
                is_end = event.how == "gone"
                end = meter.end_of(opened, event.at) if is_end else event.at
                waits.answered(meter, session, opened, end)
        case e.Exited():
            if event.run == opened.run:
                end = event.at if event.certain else meter.end_of(opened, event.at)
                waits.turn_to(meter, session, opened, None, end)
                opened.launched_at = None
        case e.Renamed():
            opened.name = event.name
        case e.SessionRemoved():
            waits.removed(meter, session, opened, event.at)


def _in_state(meter: Meter, session: str, opened: Open, event: e.StateChanged) -> None:
    opened.heard = event.at
    waits.notice_loss(meter, opened, event.at)
    waits.turn_to(meter, session, opened, DOING[event.to], event.at)
    is_page = event.to is S.ASKING and event.kind in UNPROMPTED
    if not is_page and event.to not in (S.STARTING, S.UNKNOWN, S.QUEUED):
        waits.ready(meter, session, opened, event.at)


def _turn_ended(meter: Meter, session: str, opened: Open, event: e.TurnEnded) -> None:
    if event.turn <= opened.turn or event.outcome not in OUTCOMES:
        return
    opened.turn = event.turn
    tally = meter.tally(event.at, session, opened.model)
    tally.add(f"turns.{event.outcome}")
    if event.outcome != "done" and event.cause in CAUSES:
        tally.add(f"cause.{event.cause}")
    if not event.certain:
        tally.add("turns.uncertain")


def _used(meter: Meter, event: e.UsageReported) -> None:
    known, old, new = meet(meter.spent.get(event.response, ()), event)
    meter.spent[event.response] = known
    for spent, sign in ((old, -1), (new, 1)):
        if spent is not None:
            meter.tally(spent.at, spent.session, spent.model).add_all(spent.bill, sign)
    opened = meter.opened.get(event.session or "")
    if opened is None:
        return
    is_main = event.side is None and event.agent is None
    if old is None and new is not None and is_main and event.model is not None:
        opened.model = event.model


def recall(meter: Meter, rows: Iterable[e.UsageReported]) -> None:
    """Know again what rows of a response have told before, without counting it."""
    for row in rows:
        meter.spent[row.response] = meet(meter.spent.get(row.response, ()), row)[0]


def _led(meter: Meter, at: datetime) -> None:
    """A leader started; the time since the last one is a gap when sessions lived through it."""
    since = meter.last_at
    if meter.led is not None and since is not None and at > since:
        meter.blind = Gap(since, at, certain=not meter.led)
        lived = any(o.doing not in (None, "queued") for o in meter.opened.values())
        if lived and at - since >= SHORTEST_GAP and meter.is_inside(at):
            meter.gaps.append(meter.blind)
    meter.led = True


def _pause(event: e.Slept) -> timedelta:
    """How long it was; before the first year there is no time."""
    longest = min(_LONGEST_SLEEP_S, (event.at.replace(tzinfo=None) - datetime.min).total_seconds())
    return timedelta(seconds=min(max(0.0, event.seconds), longest))


def settle(meter: Meter, now: datetime, *, with_open: bool = True) -> None:
    """Count what is under way up to `now`: wall time, and with `with_open` what waits still."""
    end = now if meter.until is None else min(now, meter.until)
    meter.asof = (meter.asof or end) if with_open else None
    for session, opened in meter.opened.items():
        waits.turn_to(meter, session, opened, opened.doing, end)
        if opened.ask_since is not None:
            waits.still(meter, session, opened, "ask", opened.ask_since)
        if opened.queued_since is not None:
            waits.still(meter, session, opened, "queue", opened.queued_since)
