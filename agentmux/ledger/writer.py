"""One thread that writes for an event loop, so that no disk flush ever holds the loop.

Whatever is queued while one flush runs becomes the next transaction: order is kept, and a burst
costs a few flushes. The thread has a connection of its own, so a reader in the loop's thread
notices these rows like anybody's.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from agentmux.core.events import Event
from agentmux.core.fleet import Fleet
from agentmux.core.session import Gauge
from agentmux.errors import LedgerError
from agentmux.ledger import reserve
from agentmux.ledger.store import Ledger

_MOST = 500
"""Events that share one transaction at most."""


@dataclass
class _Append:
    events: tuple[Event, ...]
    done: "Future[list[int]]" = field(default_factory=Future)


@dataclass
class _Volatile:
    act: Callable[[Ledger], None]
    done: "Future[None]" = field(default_factory=Future)


class Writer:
    """Writes to the ledger at `path`; used as `async with Writer(path) as writer`.

    An awaiting caller gets its row ids, or the LedgerError that concerns its events. Cancelled
    while still queued, nothing is written; cancelled later, the rows stand.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._jobs: queue.SimpleQueue[_Append | _Volatile | None] = queue.SimpleQueue()
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="ledger writer", daemon=True)
        self._is_closed = False

    async def __aenter__(self) -> Self:
        self._thread.start()
        await asyncio.wrap_future(self._opened)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Write what is queued, then end; everything asked later is a LedgerError."""
        if not self._is_closed:
            self._is_closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def append(self, *events: Event) -> list[int]:
        """Record all of `events` or none, durably; the ids of their rows."""
        job = _Append(events)
        self._put(job)
        return await asyncio.wrap_future(job.done)

    async def set_gauges(self, gauges: Mapping[str, Gauge]) -> None:
        """Overwrite the readings of these sessions."""
        await self._volatile(lambda ledger: ledger.set_gauges(gauges))

    async def save_checkpoint(self, fleet: Fleet) -> None:
        """Keep `fleet` for the next start, and count some more rows into the roll-ups."""
        await self._volatile(lambda ledger: ledger.save_checkpoint(fleet))
        await self._volatile(_roll_up)

    @property
    def reserve_spent(self) -> bool:
        """Whether the disk was full and still is: nothing new should be started."""
        return reserve.is_spent(self.path)

    async def _volatile(self, act: Callable[[Ledger], None]) -> None:
        job = _Volatile(act)
        self._put(job)
        await asyncio.wrap_future(job.done)

    def _put(self, job: _Append | _Volatile) -> None:
        if self._is_closed:
            raise _closed()
        self._jobs.put(job)

    def _run(self) -> None:
        try:
            ledger = Ledger.open(self.path)
        except LedgerError as error:
            self._is_closed = True
            self._opened.set_exception(error)
            return
        self._opened.set_result(None)
        try:
            with ledger:
                while (jobs := self._next_jobs()) is not None:
                    _write(ledger, jobs)
        finally:  # a fault of ours ends the thread with its traceback; nobody is left waiting
            self._is_closed = True
            _refuse(self._left())

    def _next_jobs(self) -> "list[_Append | _Volatile] | None":
        """At least one job and whatever else is queued; None when it is time to end."""
        first = self._jobs.get()
        if first is None:
            return None
        jobs = [first]
        with contextlib.suppress(queue.Empty):
            while len(jobs) < _MOST:
                job = self._jobs.get_nowait()
                if job is None:
                    self._jobs.put(None)
                    break
                jobs.append(job)
        return jobs

    def _left(self) -> "Iterator[_Append | _Volatile]":
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None and job.done.set_running_or_notify_cancel():
                    yield job


def _roll_up(ledger: Ledger) -> None:
    ledger.roll_up()


def _write(ledger: Ledger, jobs: "list[_Append | _Volatile]") -> None:
    """Carry out `jobs` in order; those cancelled meanwhile are left out."""
    wanted = [job for job in jobs if job.done.set_running_or_notify_cancel()]
    try:
        _write_in_order(ledger, wanted)
    finally:
        _refuse(job for job in wanted if not job.done.done())


def _write_in_order(ledger: Ledger, jobs: "list[_Append | _Volatile]") -> None:
    """Neighbouring appends go together."""
    together: list[_Append] = []
    for job in jobs:
        if isinstance(job, _Append):
            together.append(job)
            continue
        _append(ledger, together)
        together = []
        try:
            job.act(ledger)
        except LedgerError as error:
            job.done.set_exception(error)
        else:
            job.done.set_result(None)
    _append(ledger, together)


def _append(ledger: Ledger, jobs: list[_Append]) -> None:
    """One transaction for all; should it fail, one for each, so that each gets its own answer."""
    try:
        ids = iter(ledger.append(*(event for job in jobs for event in job.events)))
    except LedgerError as error:
        if len(jobs) == 1:
            jobs[0].done.set_exception(error)
        else:
            for job in jobs:
                _append(ledger, [job])
    else:
        for job in jobs:
            job.done.set_result([next(ids) for _ in job.events])


def _refuse(jobs: "Iterable[_Append | _Volatile]") -> None:
    for job in jobs:
        job.done.set_exception(_closed())


def _closed() -> LedgerError:
    return LedgerError("The ledger is closed: this process is ending.")
