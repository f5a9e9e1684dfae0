"""The recorded runs of Qwen Code as moments.

Its events have no times: each gets that of the chat line or the title that tells of the same.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from agentmux.core.facts import Source
from tests.support.replay import Moment, otlp_moments, rows, terminal_moments

HERE = Path(__file__).parents[1] / "samples" / "qwen"
WRITTEN_S = 0.02
"""Seconds after the time in a chat line until it can be read."""
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
    for line in lines(name):
        yield Moment(_stamp(line) + WRITTEN_S, Source.TRANSCRIPT, line)


def title_moments() -> list[Moment]:
    """The titles and keys of the standard run."""
    return list(terminal_moments(HERE / "terminal-events.jsonl"))


def event_moments() -> Iterator[Moment]:
    """The events of the standard run."""
    chat = lines("chat.jsonl")
    titles = [m for m in title_moments() if m.source is Source.TITLE]
    glyphs = [(m.t, m.record["text"][:1]) for m in titles]
    changes = [(t, before, after) for (_, before), (t, after) in pairwise(glyphs)]
    times = {
        "prompt": [_stamp(line) for line in chat if line["type"] == "user"],
        "assistant": [_stamp(line) for line in chat if line["type"] == "assistant"],
        "result": [_stamp(line) for line in chat if _is_result(line)],
        "control_request": [t for t, before, after in changes if (before, after) == ("◐", "✳")],
        "control_response": [t for t, before, after in changes if (before, after) == ("✳", "◐")],
    }
    last = titles[0].t
    for line in lines("events.jsonl"):
        kind = line["type"]
        if kind == "user":
            blocks = line["message"]["content"]
            kind = "prompt" if blocks[0]["type"] == "text" else "result"
        if times.get(kind):
            last = times[kind].pop(0)
        elif line.get("subtype") == "session_end":
            last = titles[-1].t
        yield Moment(last, Source.EVENTS, line)


def everything(*without: Source) -> list[Moment]:
    """All that was recorded of the standard run, but for some sources."""
    moments = [*title_moments(), *event_moments(), *chat_moments("chat.jsonl")]
    return [moment for moment in moments if moment.source not in without]


def second() -> list[Moment]:
    """The figures of a run with telemetry and a cleared conversation."""
    return [*chat_moments("second/chat.jsonl"), *otlp_moments(HERE / "second/otlp.jsonl")]


def _stamp(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def _is_result(line: dict[str, Any]) -> bool:
    return bool(line["type"] == "tool_result" and line["toolCallResult"]["status"] != "cancelled")
