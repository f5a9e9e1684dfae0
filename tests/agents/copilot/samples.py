"""The recordings of Copilot as moments."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agentmux.agents import copilot
from agentmux.core.facts import AnyFact, Source
from agentmux.core.usage import Tokens
from tests.support.replay import Moment, rows, terminal_moments

SAMPLES = Path(__file__).parents[1] / "samples" / "copilot"
AT = datetime(2026, 12, 1, tzinfo=UTC)
FLUSHED_S = 0.3
"""Seconds until a line stands in the file, at most."""


def lines(name: str) -> list[dict[str, Any]]:
    """The objects of one file of lines."""
    return list(rows(SAMPLES / name))


def events(name: str) -> list[Moment]:
    """The lines of a conversation's record, as late as they may come."""
    return [
        Moment(datetime.fromisoformat(row["timestamp"]).timestamp() + FLUSHED_S, Source.EVENTS, row)
        for row in lines(name)
    ]


def terminal() -> list[Moment]:
    """Titles and keys of the run of `events.jsonl`."""
    return list(terminal_moments(SAMPLES / "terminal-events.jsonl"))


def facts(record: dict[str, Any]) -> list[AnyFact]:
    """What the adapter makes of one line."""
    return copilot.parse(Source.EVENTS, record, AT)


def line(kind: str, agent: str | None = None, **data: Any) -> dict[str, Any]:
    """A line of the record."""
    made = {"type": kind, "data": data, "id": "e1", "timestamp": AT.isoformat()}
    return made | ({"agentId": agent} if agent else {})


def delivered(name: str) -> Tokens:
    """What the model API says it delivered in whole."""
    found = Tokens()
    for row in lines(name):
        if used := row.get("usage"):
            found += Tokens(
                used["input"], used.get("cache_read", 0), used["cache_write_5m"], 0, used["output"]
            )
    return found
