"""The volatile readings of the sessions, gathered from several feeds and written together.

Readings change every few seconds and nobody asks for yesterday's, so they are no events: the
ledger overwrites them in place (`docs/design/ledger.md` 5).
"""

import asyncio
from contextlib import suppress
from dataclasses import replace

from agentmux.core.session import Gauge
from agentmux.errors import LedgerError
from agentmux.mux.mux import Mux

FLUSH_S = 0.5
"""Seconds between two writes, when anything changed."""


class Gauges:
    """What the feeds read last, and which of it the ledger does not have yet."""

    def __init__(self, mux: Mux) -> None:
        self._mux = mux
        self._newest = {s.id: s.gauge for s in mux.fleet.present}
        self._unwritten: set[str] = set()

    def put(self, session: str, gauge: Gauge) -> None:
        """`gauge` is what is known of `session` now."""
        if gauge != self.get(session):
            self._newest[session] = gauge
            self._unwritten.add(session)

    def get(self, session: str) -> Gauge:
        return self._newest.get(session, Gauge())

    def put_load(self, session: str, cpu_pct: float | None, rss_mb: float, processes: int) -> None:
        """New readings of the process table; cpu is None until two looks were taken."""
        cpu = None if cpu_pct is None else round(cpu_pct, 1)
        gauge = replace(
            self.get(session), cpu_pct=cpu, rss_mb=round(rss_mb, 1), processes=processes
        )
        self.put(session, gauge)

    async def flush(self) -> None:
        """Write what is new."""
        if self._unwritten:
            newest = {i: self._newest[i] for i in self._unwritten}
            await self._mux.set_gauges(newest)
            self._unwritten -= {i for i, gauge in newest.items() if gauge == self._newest[i]}

    async def keep_flushing(self) -> None:
        """Write what is new every `FLUSH_S` for as long as this runs."""
        while True:
            await asyncio.sleep(FLUSH_S)
            with suppress(LedgerError):  # on a full disk; the next round tries again
                await self.flush()
