"""The recordings of opencode as moments."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agentmux.agents import opencode
from agentmux.core.facts import AnyFact, Source
from tests.support.replay import Moment, rows, terminal_moments

SAMPLES = Path(__file__).parents[1] / "samples" / "opencode"
AT = datetime(2026, 12, 1, tzinfo=UTC)


def lines(name: str) -> list[dict[str, Any]]:
    """The objects of one file of lines."""
    return list(rows(SAMPLES / name))


def events(name: str) -> list[Moment]:
    """What its server streamed."""
    return [Moment(row["t"], Source.EVENTS, row["v"]) for row in lines(name) if "v" in row]


def terminal() -> list[Moment]:
    """Titles and keys of the run of `events.jsonl`."""
    return list(terminal_moments(SAMPLES / "terminal-events.jsonl"))


def facts(record: dict[str, Any]) -> list[AnyFact]:
    """What the adapter makes of one event."""
    return opencode.parse(Source.EVENTS, record, AT)


def event(kind: str, **about: Any) -> dict[str, Any]:
    """An event of the stream."""
    return {"id": "evt_1", "type": kind, "properties": {"sessionID": "ses_1", **about}}
