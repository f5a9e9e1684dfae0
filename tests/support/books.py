"""Keeps the books of sessions as the leader does, with a price that is counted in the head."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from agentmux.core import events as e
from agentmux.core.bill import Bill
from agentmux.core.charge import charge
from agentmux.core.facts import AnyFact, ModelChosen, Usage
from agentmux.core.fleet import Fleet, apply
from agentmux.core.session import Session
from agentmux.core.usage import Tokens
from tests.support.events import at, opened

DOLLAR = Decimal(1)


def usage(response: str, tokens: Tokens, seconds: float = 10, **more: Any) -> Usage:
    given: dict[str, Any] = {"model": "m", **more}
    return Usage(at=at(seconds), response=response, tokens=tokens, **given)


def chosen(model: str, seconds: float = 5, **more: Any) -> ModelChosen:
    return ModelChosen(at=at(seconds), model=model, **more)


def priced(row: e.UsageReported) -> e.UsageReported:
    """A dollar for each token; the model `free` has no price."""
    if row.model in (None, "free"):
        return row
    tokens = row.tokens
    cost = DOLLAR * (tokens.prompt + tokens.output)
    return replace(row, cost_usd=cost, price_date="2026-03-01")


@dataclass
class Books:
    """A fleet, and every row of usage that was recorded."""

    fleet: Fleet = field(default_factory=Fleet)
    rows: list[e.UsageReported] = field(default_factory=list)
    price: Callable[[e.UsageReported], e.UsageReported] = priced

    def open(self, session: str = "s1", **more: Any) -> None:
        """A session that was opened at second 0, unless told otherwise."""
        self.fleet = apply(self.fleet, opened(session, slot=int(session[1:]), **more))

    def apply(self, *events: e.Event) -> None:
        """Fold these rows."""
        for event in events:
            self.fleet = apply(self.fleet, event)

    def page(
        self, *told: e.Event, session: str = "s1", now: datetime | None = None
    ) -> list[e.UsageReported]:
        """Record what was told of a session in one look; the rows of usage that came of it."""
        known: dict[str, list[e.UsageReported]] = {}
        for row in self.rows:
            known.setdefault(row.response, []).append(row)
        new = charge(self.fleet.sessions[session], told, known, now or at(100_000))
        new = [self.price(row) for row in new]
        self.rows += new
        self.apply(*told, *new)
        return new

    def say(
        self, source: str, *facts: AnyFact, session: str = "s1", **more: Any
    ) -> list[e.UsageReported]:
        """Record what one source said."""
        return self.page(report(source, facts, session), session=session, **more)

    def session(self, session: str = "s1") -> Session:
        return self.fleet.sessions[session]

    def bill(self, session: str = "s1") -> Bill:
        return self.fleet.sessions[session].bill

    @property
    def newest(self) -> dict[tuple[str | None, str], e.UsageReported]:
        """Session and response → the row that counts."""
        return {(row.session, row.response): row for row in self.rows}


def report(source: str, facts: Sequence[AnyFact], session: str = "s1") -> e.Reported:
    """One source's word, at the time of its last fact."""
    last = max((fact.at for fact in facts), default=at())
    return e.Reported(at=last, session=session, run=0, source=source, facts=tuple(facts))
