"""The recorded runs of Claude Code 2.1.330 as moments of its sources, for the tests beside this."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.facts import AnyFact, Source
from agentmux.core.usage import Tokens, sum_tokens, tokens_beside
from tests.support.replay import (
    Moment,
    Played,
    moments_of,
    otlp_moments,
    replay,
    rows,
    terminal_moments,
)

SAMPLES = Path(__file__).parent.parent / "samples" / "claude"
CLAUDE = AGENTS["claude"]
LAG = 0.2
"""Seconds after which a line of a transcript is there to be read."""
AT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def parse(source: Source, record: dict[str, Any], at: datetime = AT) -> list[AnyFact]:
    """The adapter's facts of one record."""
    return CLAUDE.parse(source, record, at)


@cache
def recorded(run: str) -> tuple[Moment, ...]:
    """`moments`, read once."""
    return tuple(moments(run))


def moments(run: str = "") -> Iterator[Moment]:
    """All that was recorded of a run, by every source; the standard run has no name."""
    end = f"-{run}" if run else ""
    yield from _if_there(f"terminal-events{end}.jsonl", terminal_moments)
    yield from _if_there(f"hooks{end}.jsonl", lambda p: moments_of(p, Source.HOOK, _payload))
    yield from _if_there(
        f"session-registry{end}.jsonl", lambda p: moments_of(p, Source.REGISTRY, _whole)
    )
    yield from _if_there(f"otlp{end}.jsonl", otlp_moments)
    yield from _if_there(
        f"statusline{end}.jsonl", lambda p: moments_of(p, Source.STATUSLINE, _payload)
    )
    for path in sorted((SAMPLES / "transcripts").glob(f"{run or 'standard'}*.jsonl")):
        yield from lines(path)


def lines(path: Path) -> Iterator[Moment]:
    """The lines of a transcript when they could be read; one without a time with the one before."""
    t = 0.0
    kept = []
    for row in rows(path):
        if "timestamp" in row:
            t = max(t, datetime.fromisoformat(row["timestamp"]).timestamp() + LAG)
        kept.append((t, row))
    first = next((t for t, _ in kept if t), 0.0)
    for t, row in kept:
        yield Moment(t or first, Source.TRANSCRIPT, row)


def played(run: str = "", only: Iterable[Source] = Source, end: float | None = None) -> Played:
    """A run as its sources `only` tell it, up to `end`; keys to the agent are always seen."""
    return _played(run, frozenset(only) | {Source.KEYS}, end)


@cache
def _played(run: str, only: frozenset[Source], end: float | None) -> Played:
    heard = [m for m in recorded(run) if m.source in only and (end is None or m.t <= end)]
    return replay(CLAUDE, heard, end=end)


def states(run: Played) -> list[str]:
    """The states in their order; an uncertain one ends with `?`."""
    told = []
    for event in run.of(e.StateChanged):
        words = filter(None, (event.to, event.kind, event.sub))
        told.append(":".join(words) + ("" if event.certain else "?"))
    return told


def delivered(run: str = "") -> list[dict[str, Any]]:
    """The completed responses of a run, as the API's own ledger has them."""
    name = f"api-ledger-{run}.jsonl" if run else "api-ledger.jsonl"
    return [row for row in rows(SAMPLES / name) if row.get("usage") and not row.get("gone")]


def tokens(ledger: Iterable[dict[str, Any]]) -> Tokens:
    """What they took together."""
    return sum_tokens(
        tokens_beside(
            row["usage"].get("input", 0),
            row["usage"].get("output", 0),
            row["usage"].get("cache_read", 0),
            row["usage"].get("cache_write_5m", 0),
            row["usage"].get("cache_write_1h", 0),
        )
        for row in ledger
    )


def counted(run: Played) -> Tokens:
    """What the completed responses took by the adapter's word."""
    return sum_tokens(each.tokens for each in run.usage.values() if each.complete)


def screen(name: str) -> list[str]:
    """The lines of a captured screen."""
    return (SAMPLES / "screens" / f"{name}.txt").read_text().splitlines()


def line_of(name: str, **wanted: Any) -> dict[str, Any]:
    """The first line of a transcript that has these values."""
    for row in rows(SAMPLES / "transcripts" / f"{name}.jsonl"):
        if all(row.get(key) == value for key, value in wanted.items()):
            return row
    raise AssertionError(json.dumps(wanted))


def _if_there(name: str, read: Any) -> Iterator[Moment]:
    path = SAMPLES / name
    if path.exists():
        yield from read(path)


def _payload(row: dict[str, Any]) -> dict[str, Any]:
    return row["p"]  # type: ignore[no-any-return]


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    return row["v"]  # type: ignore[no-any-return]
