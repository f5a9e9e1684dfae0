"""Rows of a scripted day: builders for what is counted, each with its second of the day."""

from decimal import Decimal
from typing import Any

from agentmux.core import events as e
from agentmux.core.usage import Tokens
from tests.support.events import at, launch


def enqueued(session: str, seconds: float, reason: str = "slot") -> e.Enqueued:
    return e.Enqueued(
        at=at(seconds), session=session, request="r", name=f"n-{session}", agent="codex",
        reason=reason,
    )  # fmt: skip


def waiting_for(session: str, seconds: float, reason: str) -> e.WaitReason:
    return e.WaitReason(at=at(seconds), session=session, reason=reason)


def dequeued(session: str, seconds: float, how: str = "launched") -> e.Dequeued:
    return e.Dequeued(at=at(seconds), session=session, how=how)


def launched(session: str, seconds: float, run: int = 1) -> list[e.Event]:
    return [
        launch(session, run, seconds=seconds),
        e.Launched(at=at(seconds), session=session, run=run, pane="%1", window="@1", server="x"),
        e.AgentStarted(at=at(seconds), session=session, run=run, pid=1, pgid=1, shim_pid=2,
                       spool_offset=0, reports=True),
    ]  # fmt: skip


def asked(session: str, ask: int, seconds: float, kind: str = "permission") -> e.AskOpened:
    return e.AskOpened(at=at(seconds), session=session, ask=ask, kind=kind)


def answered(session: str, ask: int, seconds: float, how: str = "allowed") -> e.AskClosed:
    return e.AskClosed(at=at(seconds), session=session, ask=ask, how=how)


def ended(session: str, turn: int, seconds: float, outcome: str = "done", **more: Any) -> e.Event:
    return e.TurnEnded(at=at(seconds), session=session, turn=turn, outcome=outcome, **more)


def used(session: str, response: str, seconds: float = 0, **more: Any) -> e.UsageReported:
    given: dict[str, Any] = {
        "model": "opus", "tokens": Tokens(input=10, output=5), "source": "transcript",
        "cost_usd": Decimal("0.25"), "price_date": "2026-02-01", **more,
    }  # fmt: skip
    return e.UsageReported(at=at(seconds), session=session, response=response, **given)


def here(seconds: float, is_here: bool) -> e.PresenceChanged:
    return e.PresenceChanged(at=at(seconds), here=is_here)


def sample(seconds: float, length: int) -> e.QueueSampled:
    return e.QueueSampled(at=at(seconds), length=length, every_s=10)
