"""The shims' spools and their processes become events: started, running, quiet, exited.

A look at a spool is one `fstat`-sized read, so nine of them ten times a second cost nothing; the
death of a shim is told by the kernel at once (pidfd), not found by looking.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace

from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.mux.mux import Mux
from agentmux.mux.observe import unrecorded

LOOK_S = 0.1
"""Seconds between two looks: an agent's start or end is in the ledger after at most this."""

LastLines = Callable[[Session], Awaitable[tuple[str, ...]]]


class ShimWatch:
    """Wakes when one of the watched shims ends."""

    def __init__(self) -> None:
        self._fds: dict[tuple[int, int | None], int] = {}
        self.ended = asyncio.Event()

    def watch(self, sessions: tuple[Session, ...]) -> None:
        """Watch the shims of exactly these sessions."""
        wanted = {(s.shim_pid, s.shim_start) for s in sessions if s.shim_pid is not None}
        for key in self._fds.keys() - wanted:
            self._drop(key)
        for key in wanted - self._fds.keys():
            self._add(key)

    def _add(self, key: tuple[int, int | None]) -> None:
        try:
            fd = os.pidfd_open(key[0])
        except (AttributeError, OSError):  # not Linux, or gone already: the look finds it
            return
        self._fds[key] = fd
        asyncio.get_running_loop().add_reader(fd, self._gone, key)

    def _gone(self, key: tuple[int, int | None]) -> None:
        self._drop(key)
        self.ended.set()

    def _drop(self, key: tuple[int, int | None]) -> None:
        fd = self._fds.pop(key)
        asyncio.get_running_loop().remove_reader(fd)
        os.close(fd)


async def watch_spools(mux: Mux, last_lines: LastLines) -> None:
    """Record what the spools of living sessions say, for as long as this runs."""
    watch = ShimWatch()
    while True:
        await read_spools(mux, last_lines)
        watch.watch(mux.fleet.live)
        try:
            await asyncio.wait_for(watch.ended.wait(), LOOK_S)
        except TimeoutError:
            continue
        watch.ended.clear()


async def read_spools(mux: Mux, last_lines: LastLines) -> None:
    """One look at every living session."""
    for session in mux.fleet.live:
        events = list(unrecorded(session, mux.places, mux.now()))
        if events and isinstance(events[-1], e.Exited):
            events[-1] = replace(events[-1], last_lines=await last_lines(session))
        if events:
            await mux.record(*events)
