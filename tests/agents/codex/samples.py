"""The recordings of Codex as moments, and what of their figures counts."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agentmux.agents import codex
from agentmux.core.facts import AnyFact, Source, Usage
from agentmux.core.usage import Tokens, sum_tokens
from agentmux.shim.pacing import Newest
from agentmux.shim.recorder import TITLE_S
from tests.support.replay import Moment, moments_of, otlp_moments, rows, terminal_moments

SAMPLES = Path(__file__).parents[1] / "samples" / "codex"
AT = datetime(2026, 12, 1, tzinfo=UTC)
FLUSHED_S = 0.2
"""Seconds until a line stands in a rollout, at most."""


def lines(name: str) -> list[dict[str, Any]]:
    """The objects of one file of lines."""
    return list(rows(SAMPLES / name))


def screen(name: str) -> dict[str, Any]:
    """A record of the screen."""
    return {"lines": (SAMPLES / "screens" / f"{name}.txt").read_text().splitlines()}


def facts(source: Source, records: Iterable[dict[str, Any]]) -> list[AnyFact]:
    """What the adapter makes of records."""
    return [fact for record in records for fact in codex.parse(source, record, AT)]


def rollout(name: str) -> Iterator[Moment]:
    """The lines of a rollout, as late as they may come."""
    for record in lines(name):
        t = datetime.fromisoformat(record["timestamp"]).timestamp()
        yield Moment(t + FLUSHED_S, Source.TRANSCRIPT, record)


def terminal(run: str) -> Iterator[Moment]:
    """Program status, keys, and titles as the shim paces them."""
    paced = Newest(TITLE_S)
    for moment in terminal_moments(SAMPLES / run / "terminal-events.jsonl"):
        if paced.due is not None and paced.due <= moment.t and (row := paced.tick(paced.due)):
            yield Moment(float(str(row["t"])), Source.TITLE, row)
        if moment.source is not Source.TITLE:
            yield moment
        elif row := paced.offer({**moment.record, "t": moment.t}, moment.t):
            yield Moment(moment.t, Source.TITLE, row)


def everything(run: str = "standard") -> list[Moment]:
    """All that one run told, by all its sources."""
    hooks = moments_of(SAMPLES / run / "hooks.jsonl", Source.HOOK, lambda row: row["p"])
    return [
        *terminal(run),
        *hooks,
        *rollout(f"{run}/rollout.jsonl"),
        *otlp_moments(SAMPLES / run / "otlp.jsonl"),
    ]


def counted(told: Iterable[tuple[Source, Usage]]) -> dict[str, Usage]:
    """Response → what counts of it: of a conversation, what the highest-ranked source tells."""
    told = list(told)
    best: dict[str, int] = {}
    for source, usage in told:
        rank = codex.RANKS[source]
        best[usage.conversation] = max(rank, best.get(usage.conversation, rank))
    return {
        usage.response: usage
        for source, usage in told
        if codex.RANKS[source] == best[usage.conversation]
    }


def tokens_of(told: Iterable[Usage]) -> Tokens:
    """All of them together."""
    return sum_tokens(usage.tokens for usage in told)


def delivered(name: str, *kinds: str) -> Tokens:
    """What the model API says it delivered in whole."""
    found = Tokens()
    for row in lines(name):
        if row["kind"] in kinds and (used := row.get("usage")):
            found += Tokens(
                used.get("input", 0),
                used.get("cache_read", 0),
                used.get("cache_write_5m", 0),
                0,
                used.get("output", 0),
            )
    return found


def copy(record: dict[str, Any]) -> dict[str, Any]:
    """A record that may be changed."""
    made: dict[str, Any] = json.loads(json.dumps(record))
    return made
