"""The recording of Kimi Code as moments."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agentmux.agents import kimi
from agentmux.core.facts import AnyFact, Source
from agentmux.core.usage import Tokens
from tests.support.replay import Moment, rows, terminal_moments

SAMPLES = Path(__file__).parents[1] / "samples" / "kimi"
AT = datetime(2026, 12, 1, tzinfo=UTC)


def lines(name: str) -> list[dict[str, Any]]:
    """The objects of one file of lines."""
    return list(rows(SAMPLES / name))


def wire() -> list[Moment]:
    """The lines of the conversation's record, at the times they carry."""
    return [
        Moment(row.get("time", row.get("created_at", 0)) / 1000, Source.EVENTS, row)
        for row in lines("wire.jsonl")
    ]


def terminal() -> list[Moment]:
    """Titles and keys of the same run."""
    return list(terminal_moments(SAMPLES / "terminal-events.jsonl"))


def facts(record: dict[str, Any]) -> list[AnyFact]:
    """What the adapter makes of one line."""
    return kimi.parse(Source.EVENTS, record, AT)


def delivered() -> Tokens:
    """What the model API says it delivered in whole; its input leaves the cache out."""
    found = Tokens()
    for row in lines("api-ledger.jsonl"):
        if used := row.get("usage"):
            found += Tokens(used["input"], used.get("cache_read", 0), 0, 0, used["output"])
    return found
