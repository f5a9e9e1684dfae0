"""Charges what agents report: each response once, priced by the list and the person's prices.

Rows of usage are recorded together with the report they come from, so that none is lost and none
doubled however often the leader dies. What was told of a response before stands in the ledger and
is looked up there by its id; no map of all responses is kept (`docs/design/money.md`).
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from agentmux.config import Config
from agentmux.config.load import REPOSITORY_FILES
from agentmux.core import events as e
from agentmux.core.budget import Day, Limits, crossings, windows
from agentmux.core.charge import charge
from agentmux.core.facts import Usage
from agentmux.core.fleet import Fleet, apply
from agentmux.core.session import Session
from agentmux.errors import ConfigError
from agentmux.mux.mux import Mux
from agentmux.mux.prices import Prices, load_prices
from agentmux.mux.surroundings import load_for

Stamp: TypeAlias = tuple[object, ...]


class Bills:
    """What it takes to charge: the ledger, the price list, the settings of each repository."""

    def __init__(self, mux: Mux) -> None:
        self._mux = mux
        self._warm: asyncio.Future[Prices] | None = None
        self._settings: dict[str, tuple[Stamp, Config, Prices]] = {}

    def warm(self) -> None:
        """Begin to load the price list in a thread, before anything waits for it."""
        if self._warm is None:
            loop = asyncio.get_running_loop()
            self._warm = loop.run_in_executor(None, load_prices, {})

    async def of(
        self, session: Session, told: Sequence[e.Event], now: datetime
    ) -> list[e.UsageReported | e.BudgetCrossed]:
        """The rows of money that must be recorded together with `told`, which is of `session`."""
        responses = {
            fact.response
            for row in told
            if isinstance(row, e.Reported)
            for fact in row.facts
            if isinstance(fact, Usage)
        }
        used = charge(session, told, self._mux.ledger.usage_of(responses), now)
        if not used:
            return []
        config, prices = await asyncio.to_thread(self._load, self._mux.fleet, session.repo)
        priced = await asyncio.to_thread(_price, prices, used)
        return [*priced, *_crossed(self._mux.fleet, config, priced, now)]

    def _load(self, fleet: Fleet, repo: str) -> tuple[Config, Prices]:
        """The settings for `repo` as they are now; as they were while a file is in error."""
        stamp = _stamp(self._mux.places.config_file, fleet, repo)
        known = self._settings.get(repo)
        if known is None or known[0] != stamp:
            try:
                config = load_for(self._mux.places, fleet, repo, repo, os.environ).config
            except ConfigError:  # told by whatever verb the person uses next
                config = known[1] if known else Config()
            self._settings[repo] = known = (stamp, config, load_prices(config.prices))
        return known[1], known[2]


def _stamp(own: Path, fleet: Fleet, repo: str) -> Stamp:
    """Changes when a file of settings does, or the trust in it."""
    paths = (own, *(Path(repo, name) for name in REPOSITORY_FILES))
    return tuple((_changed(path), fleet.trusted.get(str(path))) for path in paths)


def _changed(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


def _price(prices: Prices, used: Sequence[e.UsageReported]) -> list[e.UsageReported]:
    priced = []
    for row in used:
        cost_usd, price_date = prices.price(row)
        priced.append(replace(row, cost_usd=cost_usd, price_date=price_date))
    return priced


def _crossed(
    fleet: Fleet, config: Config, rows: Sequence[e.UsageReported], now: datetime
) -> list[e.BudgetCrossed]:
    """The limits that are reached with these rows."""
    for row in rows:
        fleet = apply(fleet, row)
    found = windows(fleet, config.budget, budgets_of(config), day_of(now))
    return crossings(fleet, found, now)


def budgets_of(config: Config) -> Mapping[str, Limits]:
    """Profile → its own limits."""
    return {name: profile.budget for name, profile in config.profiles.items()}


def day_of(now: datetime) -> Day:
    """The day by this machine's clock that `now` is in."""
    local = now.astimezone()
    midnight = datetime(local.year, local.month, local.day).astimezone()  # has its own offset
    return Day(midnight.date().isoformat(), midnight)
