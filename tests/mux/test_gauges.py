"""Readings reach the ledger, also those that come while others are being written."""

import asyncio

from agentmux.config import Config
from agentmux.core.session import Gauge
from agentmux.mux.gauges import Gauges
from agentmux.mux.mux import Mux
from agentmux.paths import places
from tests.support.events import opened


async def test_a_reading_that_comes_during_a_write_is_written_next() -> None:
    places().make()
    async with Mux(places(), Config()) as mux:
        await mux.record(opened())
        gauges = Gauges(mux)
        gauges.put("s1", Gauge(dirty=1))
        writing = asyncio.ensure_future(gauges.flush())
        await asyncio.sleep(0)
        gauges.put("s1", Gauge(dirty=2))
        await writing
        assert mux.fleet.sessions["s1"].gauge == Gauge(dirty=1)
        await gauges.flush()
        assert mux.fleet.sessions["s1"].gauge == Gauge(dirty=2)


async def test_load_and_git_readings_keep_each_other() -> None:
    places().make()
    async with Mux(places(), Config()) as mux:
        gauges = Gauges(mux)
        gauges.put("s1", Gauge(dirty=3, branch="one"))
        gauges.put_load("s1", 12.34, 56.78, 2)
        assert gauges.get("s1") == Gauge(
            dirty=3, branch="one", cpu_pct=12.3, rss_mb=56.8, processes=2
        )
