"""The recorded runs of Gemini CLI as moments."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agentmux.core.facts import Source
from tests.support.replay import Moment, moments_of, otlp_moments, rows, terminal_moments

HERE = Path(__file__).parents[1] / "samples" / "gemini"
WRITTEN_S = 0.02
"""Seconds after the time in a chat line until it can be read."""
PAGE_AT = 1795441984.5
"""When the screen with the quota page was captured; it stood until Esc, four seconds later."""
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def lines(name: str) -> list[dict[str, Any]]:
    """The objects of one file."""
    return list(rows(HERE / name))


def screen(name: str) -> dict[str, Any]:
    """A captured screen as the record of it."""
    text = (HERE / "screens" / f"{name}.txt").read_text()
    return {"lines": text.strip("\n").split("\n")}


def chat_moments(name: str) -> Iterator[Moment]:
    """The lines of a chat file, each when it can be read."""
    last = 0.0
    for line in lines(name):
        stamps = [line.get("timestamp"), line.get("startTime")]
        stamps += [line.get("$set", {}).get("lastUpdated")]
        stamps += [call["timestamp"] for call in line.get("toolCalls", ())]
        told = [datetime.fromisoformat(stamp).timestamp() for stamp in stamps if stamp]
        last = max([last, *told])
        yield Moment(last + WRITTEN_S, Source.TRANSCRIPT, line)


def everything(*without: Source) -> list[Moment]:
    """All that was recorded of the standard run, but for some sources."""
    moments = [
        *terminal_moments(HERE / "terminal-events.jsonl"),
        *moments_of(HERE / "hooks.jsonl", Source.HOOK, lambda row: row["p"]),
        *chat_moments("chat.jsonl"),
        *otlp_moments(HERE / "otlp.jsonl"),
        Moment(PAGE_AT, Source.SCREEN, screen("quota")),
    ]
    return [moment for moment in moments if moment.source not in without]


def errors() -> list[Moment]:
    """A run in which requests fail for good and a day's quota is used up, then `/clear`."""
    return [
        *terminal_moments(HERE / "errors/titles.jsonl"),
        *moments_of(HERE / "errors/hooks.jsonl", Source.HOOK, lambda row: row["p"]),
        *chat_moments("errors/chat.jsonl"),
    ]
