"""Rows of several scripted days, told by two agents, with late rows and a sleep in between."""

from agentmux.core import events as e
from tests.support.day import (
    answered,
    asked,
    dequeued,
    ended,
    enqueued,
    here,
    launched,
    sample,
    used,
    waiting_for,
)
from tests.support.events import at, exited, in_state, opened

HOUR, DAY = 3600, 86400


def several_days(days: int = 4) -> list[e.Event]:
    """Whole days one after the other, each with the same work of `s1`, while `s2` idles on."""
    rows: list[e.Event] = [
        e.LeaderStarted(at=at(-60), pid=1, version="1"),
        opened("s1", branch="agentmux/one"),
        *launched("s1", 0),
        opened("s2", slot=2, agent="codex", branch="agentmux/two", seconds=1),
        *launched("s2", 2),
        in_state("s2", "idle", seconds=5),
    ]
    for day in range(days):
        rows += _one_day(day)
    return rows


def _one_day(day: int) -> list[e.Event]:
    morning, number = day * DAY, 10 * day
    response = f"r{number}"
    queued = f"q{day + 1}"
    return [
        enqueued(queued, morning + 5),
        in_state("s1", "working", seconds=morning + 10),
        sample(morning + 10, 1),
        sample(morning + 20, 1),
        used("s1", response, morning + 20, complete=False, cost_usd=None),
        waiting_for(queued, morning + 25, "limit"),
        used("s1", response, morning + 30),
        asked("s1", number + 1, morning + 100),
        in_state("s1", "asking", seconds=morning + 100, kind="permission"),
        dequeued(queued, morning + 110),
        sample(morning + 115, 0),
        here(morning + 400, False),
        here(morning + HOUR, True),
        answered("s1", number + 1, morning + HOUR + 5),
        in_state("s1", "working", seconds=morning + HOUR + 5),
        ended("s1", number + 1, morning + 2 * HOUR),
        in_state("s1", "done", seconds=morning + 2 * HOUR),
        in_state("s1", "working", seconds=morning + 11 * HOUR),
        e.Slept(at=at(morning + 15 * HOUR), seconds=2 * HOUR),
        # Of a response that was told of hours ago, and of a day that is over by now.
        used("s1", response, morning + 16 * HOUR, model="sonnet"),
        ended("s1", number + 2, morning + 16 * HOUR, "failed", cause="api_error"),
        in_state("s1", "failed", seconds=morning + 16 * HOUR, kind="api_error"),
        exited(queued, run=0, seconds=morning + 30),
        used("s2", f"late{day}", morning + 3 * HOUR, model=None, cost_usd=None),
    ]
