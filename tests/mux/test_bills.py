"""Money in the record: charged with the report it comes from, once, at the prices of its place."""

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.facts import AnyFact, ModelChosen, Usage
from agentmux.core.usage import Tokens
from agentmux.ledger import counting
from agentmux.ledger.store import Ledger
from agentmux.mux.bills import Bills, day_of
from agentmux.mux.mux import Mux
from agentmux.paths import places
from tests.support.books import report
from tests.support.events import opened

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@asynccontextmanager
async def leading() -> AsyncIterator[tuple[Mux, Bills]]:
    """A leader's picture with the session s1; entered again, that of the next leader."""
    places().make()
    async with Mux(places(), Config()) as mux:
        if "s1" not in mux.fleet.sessions:
            repo = places().state / "repo"
            repo.mkdir()
            await mux.record(opened(repo=str(repo)), opened("s2", slot=2, repo=str(repo)))
        yield mux, Bills(mux)


def used(
    response: str, tokens: Tokens, model: str | None = "claude-opus-5-5", **more: Any
) -> Usage:
    return Usage(**{"at": NOW, "response": response, "tokens": tokens, "model": model, **more})


async def record(
    mux: Mux, bills: Bills, *facts: AnyFact, source: str = "otlp", session: str = "s1"
) -> list[e.UsageReported | e.BudgetCrossed]:
    told = [report(source, facts, session)]
    money = await bills.of(mux.fleet.sessions[session], told, NOW)
    await mux.record(*told, *money)
    return money


def settings(text: str, path: Path | None = None) -> None:
    path = path or places().config_file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


async def test_a_response_is_priced_and_recorded_once() -> None:
    async with leading() as (mux, bills):
        bills.warm()
        told = used("req_1", Tokens(100, 0, 1000, 0, 50))
        (row,) = await record(mux, bills, told)
        assert isinstance(row, e.UsageReported)
        assert (row.cost_usd, row.price_date) == (Decimal("0.0064"), "2026-11-10")
        assert await record(mux, bills, told) == []
        assert mux.fleet.sessions["s1"].bill.cost_usd == Decimal("0.0064")


async def test_the_next_leader_knows_what_was_charged() -> None:
    first, second = Tokens(100, output=1), Tokens(100, output=50)
    async with leading() as (mux, bills):
        await record(mux, bills, used("req_1", first, complete=False), source="transcript")
    async with leading() as (mux, bills):
        (row,) = await record(mux, bills, used("req_1", second), source="transcript")
        assert isinstance(row, e.UsageReported)
        assert row.replaces is not None
        assert row.replaces.tokens == first
        bill = mux.fleet.sessions["s1"].bill
        assert (bill.tokens, bill.responses, bill.cost_usd) == (second, 1, Decimal("0.0014"))
        assert mux.ledger.load_fleet() == mux.fleet
        assert await record(mux, bills, used("req_1", second), session="s2") == []


async def test_a_model_without_a_price_is_unpriced() -> None:
    async with leading() as (mux, bills):
        await record(mux, bills, used("r1", Tokens(100), "my-local-model"))
        await record(mux, bills, used("r2", Tokens(100), None))
        bill = mux.fleet.sessions["s1"].bill
        assert (bill.cost_usd, bill.unpriced, bill.certain) == (None, 2, False)


async def test_tier_and_model_told_before_decide_the_price() -> None:
    async with leading() as (mux, bills):
        await record(mux, bills, ModelChosen(at=NOW, model="gpt-6-sol", tier="priority"))
        await record(mux, bills, used("r1", Tokens(100_000, output=10_000), None))
        assert mux.fleet.sessions["s1"].bill.cost_usd == Decimal("0.6")


async def test_nothing_of_money_loads_nothing() -> None:
    async with leading() as (mux, bills):
        assert await record(mux, bills, ModelChosen(at=NOW, model="m")) == []
        assert bills._settings == {}


async def test_the_persons_prices_count_from_when_they_are_written() -> None:
    async with leading() as (mux, bills):
        settings("[prices.mine]\ninput_usd = 1\noutput_usd = 2")
        tokens = Tokens(1_000_000)
        await record(mux, bills, used("r1", tokens, "mine"))
        settings("[prices.mine]\ninput_usd = 0.10\noutput_usd = 2")
        (row,) = await record(mux, bills, used("r2", tokens, "mine"))
        assert isinstance(row, e.UsageReported)
        assert (row.price_date, mux.fleet.sessions["s1"].bill.cost_usd) == ("own", Decimal("1.1"))


async def test_a_broken_file_keeps_the_prices_there_were() -> None:
    async with leading() as (mux, bills):
        settings("[prices.mine]\ninput_usd = 1\noutput_usd = 2")
        await record(mux, bills, used("r1", Tokens(1_000_000), "mine"))
        settings("[prices.mine\n")
        await record(mux, bills, used("r2", Tokens(1_000_000), "mine"))
        assert mux.fleet.sessions["s1"].bill.cost_usd == 2
    async with leading() as (mux, bills):
        await record(mux, bills, used("r3", Tokens(1_000_000), "mine"))
        assert mux.fleet.sessions["s1"].bill.unpriced == 1


async def test_a_repository_does_not_call_the_work_cheap_untrusted() -> None:
    async with leading() as (mux, bills):
        repo = Path(mux.fleet.sessions["s1"].repo)
        settings("[prices.claude-opus-5-5]\ninput_usd = 0\noutput_usd = 0", repo / ".agentmux.toml")
        await record(mux, bills, used("r1", Tokens(100)))
        assert mux.fleet.sessions["s1"].bill.cost_usd == Decimal("0.0004")


async def test_limits_that_are_reached_are_recorded_once() -> None:
    now = datetime.now(UTC)
    settings("[budget]\nday_usd = 0.001\n[profiles.p.budget]\nday_usd = 1")
    async with leading() as (mux, bills):
        for response, levels in (("r1", []), ("r2", ["warning"]), ("r3", ["over"]), ("r4", [])):
            told = [report("otlp", [used(response, Tokens(100), at=now)])]
            money = await bills.of(mux.fleet.sessions["s1"], told, now)
            await mux.record(*money)
            crossed = [row for row in money if isinstance(row, e.BudgetCrossed)]
            assert [row.level for row in crossed] == levels
        assert mux.fleet.purse.crossed["day::"].level == "over"


def test_the_search_for_a_response_uses_its_index() -> None:
    places().make()
    Ledger.open(places().ledger).close()
    with closing(sqlite3.connect(places().ledger)) as plain:
        plan = plain.execute(f"EXPLAIN QUERY PLAN {counting._TOLD}", ("r", 1)).fetchall()
    assert any("events_by_response" in step[-1] for step in plan)


@pytest.mark.parametrize(
    ("zone", "name", "since"),
    [
        ("UTC0", "2026-03-29", "2026-03-29T00:00+00:00"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29", "2026-03-28T23:00+00:00"),
        ("XXX-5:45", "2026-03-29", "2026-03-28T18:15+00:00"),
        ("XXX11", "2026-03-29", "2026-03-29T11:00+00:00"),
    ],
)
def test_a_day_is_one_by_the_clock_on_the_wall(
    monkeypatch: pytest.MonkeyPatch, zone: str, name: str, since: str
) -> None:
    """On a day of 23 hours, too: in Berlin the clock is put forward at two."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        day = day_of(datetime(2026, 3, 29, 12, 30, tzinfo=UTC))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert day.name == name
    assert day.since == datetime.fromisoformat(since)
