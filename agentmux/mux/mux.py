"""The Mux: one process's live picture of the fleet, kept by following the ledger.

Every process that shows or acts has one. A screen's Mux only follows; the leader's is also told
what to `record`. Nothing changes the fleet but rows of the ledger, read back in order, so that a
fact recorded here and one recorded elsewhere arrive by the same road.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from typing import Self

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.fleet import Fleet, apply_all, with_gauges
from agentmux.core.session import Gauge
from agentmux.errors import error_for
from agentmux.ledger.store import Ledger
from agentmux.ledger.writer import Writer
from agentmux.mux import clock
from agentmux.mux.notices import TOUCHED, Notices, set_within
from agentmux.paths import Places

FOLLOW_S = 0.05
"""Seconds between two looks at the ledger's version where the kernel does not tell of rows."""
UNTOLD_S = 1.0
"""Seconds between two looks where it does."""

Outcome = e.Completed | e.Refused


class Mux:
    """Follows the ledger at `places.ledger`; used as `async with Mux(places, config) as mux`."""

    def __init__(self, places: Places, config: Config) -> None:
        self.places = places
        self.config = config
        self.ledger = Ledger.open(places.ledger)
        self.fleet: Fleet = self.ledger.load_fleet()
        self._writer = Writer(places.ledger)
        self._subscribers: list[Callable[[Fleet], None]] = []
        self._outcomes: dict[str, asyncio.Future[Outcome]] = {}
        self._working = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def now(self) -> datetime:
        """Aware UTC; the only clock of this process's facts."""
        return clock.now()

    def subscribe(self, callback: Callable[[Fleet], None]) -> Callable[[], None]:
        """Call `callback` after each change of the fleet; returns what ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    async def record(self, *events: e.Event) -> None:
        """Append facts; when this returns they are on disk and in `fleet`."""
        await self._writer.append(*events)
        self.catch_up()

    async def set_gauges(self, gauges: Mapping[str, Gauge]) -> None:
        """Overwrite the volatile readings of some sessions."""
        await self._writer.set_gauges(gauges)
        self.catch_up()

    async def save_checkpoint(self) -> None:
        """Keep the fleet as it is for the next start."""
        await self._writer.save_checkpoint(self.fleet)

    def catch_up(self) -> None:
        """Read what is new in the ledger into `fleet` and tell the subscribers."""
        before = self.fleet
        rows = self.ledger.since(before.seq)
        self.fleet = with_gauges(apply_all(before, rows), self.ledger.gauges())
        for _, event in rows:
            if isinstance(event, e.Completed | e.Refused):
                self._resolve(event)
        if self.fleet != before:
            for callback in tuple(self._subscribers):
                callback(self.fleet)

    async def follow(self) -> None:
        """Keep `fleet` current for as long as this runs."""
        stir = asyncio.Event()
        with closing(Notices(stir.set, TOUCHED)) as notices:
            while True:
                told = notices.watch([self.places.ledger.parent])
                stir.clear()
                if self.ledger.changed():
                    self.catch_up()
                await set_within(stir, UNTOLD_S if told else FOLLOW_S)

    async def ask(
        self, verb: str, session: str | None, args: Mapping[str, e.Json], *, request: str, by: str
    ) -> e.Completed:
        """Append a request and wait for its outcome; a refusal is raised as its error.

        The caller sees to it that a leader runs (`start.ensure_leader`).
        """
        waiting: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._outcomes[request] = waiting
        try:
            await self.record(
                e.Requested(
                    at=self.now(), session=session, request=request, verb=verb, args=args, by=by
                )
            )
            outcome = await waiting
        finally:
            self._outcomes.pop(request, None)
        if isinstance(outcome, e.Refused):
            raise error_for(outcome.exit_code, outcome.message, outcome.hint)
        return outcome

    def _resolve(self, outcome: Outcome) -> None:
        waiting = self._outcomes.get(outcome.request)
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)

    def begin(self) -> None:
        """One more piece of work is under way; counted before its task is spawned."""
        self._working += 1
        self._idle.clear()

    def end(self) -> None:
        """A piece of work has ended."""
        self._working -= 1
        if not self._working:
            self._idle.set()

    async def settled(self) -> None:
        """Wait until no work is under way and everything recorded is in `fleet`."""
        await self._idle.wait()
        self.catch_up()

    async def __aenter__(self) -> Self:
        await self._writer.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what is queued and let the ledger go."""
        await self._writer.close()
        self.ledger.close()
