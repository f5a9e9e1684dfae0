"""The file Claude Code keeps of each live session: idle, busy, waiting, and for what.

Undocumented and written by itself: it tells of an answered approval and of Esc, which no hook
does, but not how a turn ended. A killed process leaves its file. Without `status` it is of an
older version and tells nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import text_at, time_of, value_at

_KINDS: Mapping[str, f.AskKind] = {
    "permission prompt": "permission",
    "sandbox request": "permission",
    "worker request": "permission",
    "goal proposal": "plan",
    # Not always Claude's own question (the person may have opened its list of models), so it
    # begins no turn; but a check that auto mode cannot make is told of nowhere else.
    "dialog open": "setup",
}


def parse_registry(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of the whole file; its own clock says since when they hold."""
    status = text_at(record, "status")
    if not status:
        return []
    at = time_of(value_at(record, "statusUpdatedAt"), at)
    named: list[f.AnyFact] = []
    if conversation := text_at(record, "sessionId"):
        named = [f.ConversationNamed(at=at, id=conversation)]
    return named + _state(status, text_at(record, "waitingFor"), at)


def _state(status: str, waits_for: str, at: datetime) -> list[f.AnyFact]:
    match status:
        case "idle" | "shell":  # `shell`: the turn is over and a command goes on behind it
            return [f.TurnEnded(at=at, how="unknown")]
        case "busy":
            return [f.Working(at=at)]
        case "waiting":
            kind = _KINDS.get(waits_for, "question")
            # What it is about is told by others; only of a dialog nobody else says anything.
            return [f.Asked(at=at, kind=kind, text=waits_for if kind == "setup" else "")]
        case _:
            return [f.Strange(at=at, what=f"session status {status!r:.40}")]
