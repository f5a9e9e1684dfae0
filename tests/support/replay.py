"""Replays what a real agent wrote through its adapter and the reducer, in the order of time."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agentmux.core import events as e
from agentmux.core.agent import Agent
from agentmux.core.facts import RANKS, AnyFact, KeyPressed, Source, Usage
from agentmux.core.fleet import Fleet, apply
from agentmux.core.otlp import log_records
from agentmux.core.session import Session
from agentmux.core.turns import close, due, follow
from agentmux.core.usage import Tokens, sum_tokens

EPOCH = datetime.fromtimestamp(0, UTC)
KEYS = {"Esc": "esc", "C-c": "ctrl-c"}


@dataclass(frozen=True)
class Moment:
    """A record of one source, and when it was written."""

    t: float
    source: Source
    record: dict[str, Any]


@dataclass
class Played:
    """What came of it."""

    session: Session
    ranks: Mapping[Source, int] = field(default_factory=lambda: RANKS)
    events: list[e.Event] = field(default_factory=list)
    facts: list[tuple[Source, AnyFact]] = field(default_factory=list)
    shown: list[tuple[float, e.StateChanged]] = field(default_factory=list)
    """Every new state, and when it was known, which is later than `at` when sources disagree."""
    now: datetime = EPOCH
    """How far it was played."""

    @property
    def states(self) -> list[tuple[float, str]]:
        """Seconds since 1970 and the state from then on; kind or cause behind a colon."""
        return [
            (event.at.timestamp(), ":".join(filter(None, (event.to, event.kind, event.sub))))
            for event in self.events
            if isinstance(event, e.StateChanged)
        ]

    def of(self, kind: type[e.Event]) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def state_at(self, t: float) -> str:
        """The state that held at `t`, `starting` before the first."""
        return next((state for at, state in reversed(self.states) if at <= t), "starting")

    def shown_at(self, t: float) -> tuple[str, bool]:
        """The state that was shown at `t`, and whether as certain."""
        for known, event in reversed(self.shown):
            if known <= t:
                return ":".join(filter(None, (event.to, event.kind, event.sub))), event.certain
        return "starting", True

    @property
    def usage(self) -> dict[str, Usage]:
        """Response → what was said of it last."""
        return {fact.response: fact for _, fact in self.facts if isinstance(fact, Usage)}

    @property
    def tokens(self) -> Tokens:
        """All responses together."""
        return sum_tokens(each.tokens for each in self.usage.values())


def replay(agent: Agent, moments: Iterable[Moment], *, end: float | None = None) -> Played:
    """Play `moments` in the order of their times, and judge between them as the leader does."""
    ordered = sorted(moments, key=lambda moment: moment.t)
    began = _time(ordered[0].t)
    opened = e.SessionOpened(
        at=began, session="s1", request="r", name="s1", slot=1, agent=agent.NAME, repo="/r",
        worktree="/w", argv=(),
    )  # fmt: skip
    started = e.AgentStarted(
        at=began, session="s1", run=0, pid=1, pgid=1, shim_pid=1, spool_offset=0
    )
    fleet = apply(apply(Fleet(), opened), started)
    played = Played(fleet.sessions["s1"], agent.RANKS)
    for moment in ordered:
        _wait(played, _time(moment.t))
        facts = agent.parse(moment.source, moment.record, _time(moment.t))
        played.facts += [(moment.source, fact) for fact in facts]
        _record(played, told(moment, facts))
        _follow(played, _time(moment.t))
    _wait(played, _time(end or ordered[-1].t + 30))
    return played


def told(moment: Moment, facts: list[AnyFact]) -> e.Reported:
    """The row that the leader would write."""
    at = _time(moment.t)
    if moment.source is Source.KEYS:
        facts = [KeyPressed(at=at, key=moment.record["key"])]
    return e.Reported(at=at, session="s1", run=0, source=moment.source, facts=tuple(facts))


def exit_of(played: Played, t: float, code: int | None, signal: int | None = None) -> None:
    """The agent's process ends."""
    gone = e.Exited(at=_time(t), session="s1", run=0, code=code, signal=signal)
    for event in (*close(played.session, gone), gone):
        _record(played, event)


def _wait(played: Played, until: datetime) -> None:
    """What falls due before `until` without anybody speaking."""
    while (at := due(played.session, played.now, played.ranks)) is not None and at < until:
        if at <= played.now:
            return
        _follow(played, at)


def _follow(played: Played, now: datetime) -> None:
    played.now = now
    for event in follow(played.session, now, played.ranks):
        _record(played, event)
        if isinstance(event, e.StateChanged):
            played.shown.append((now.timestamp(), event))
    assert not follow(played.session, now, played.ranks), "following twice must give nothing"


def _record(played: Played, event: e.Event) -> None:
    played.events.append(event)
    fleet = Fleet(sessions={"s1": played.session})
    played.session = apply(fleet, event).sessions["s1"]


def _time(t: float) -> datetime:
    return EPOCH + timedelta(seconds=t)


# --- the files of a recorded run --------------------------------------------------------------


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of lines."""
    for line in path.read_text().splitlines():
        yield json.loads(line)


def terminal_moments(path: Path) -> Iterator[Moment]:
    """Titles, program status and keys of a `terminal-events.jsonl`, as the shim tells of them."""
    for row in rows(path):
        match row["k"]:
            case "osc" if row["s"].startswith("7501;") and row["s"] != "7501;?":
                yield Moment(row["t"], Source.OSC7501, {"data": row["s"].removeprefix("7501;")})
            case "osc" if row["s"].startswith(("0;", "2;")):
                yield Moment(row["t"], Source.TITLE, {"text": row["s"][2:]})
            case "key":
                key = {"esc": "esc", "c-c": "ctrl-c"}.get(
                    row["key"].lower().replace("escape", "esc")
                )
                if key:
                    yield Moment(row["t"], Source.KEYS, {"key": key})


def moments_of(path: Path, source: Source, record: Callable[[Any], Any]) -> Iterator[Moment]:
    """Rows with a time `t`; `record` finds the record in a row."""
    for row in rows(path):
        yield Moment(row["t"], source, record(row))


def otlp_moments(path: Path) -> Iterator[Moment]:
    """The log records of an `otlp.jsonl`, each at the time its body was posted."""
    for row in rows(path):
        for _, record in log_records(row["payload"], _time(row["t"])):
            yield Moment(row["t"], Source.OTLP, record)
