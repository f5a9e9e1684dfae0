"""The shims' spools and their processes become events: started, running, quiet, exited.

The kernel tells of both: a row written to a spool (inotify) and the death of a shim (pidfd). So
nothing wakes while nothing happens, but for a look now and then in case nobody told.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.facts import Source
from agentmux.core.fleet import is_ending
from agentmux.core.session import Session
from agentmux.core.turns import due, with_verdicts
from agentmux.mux.mux import Mux
from agentmux.mux.notices import ARRIVED, WRITTEN, Notices, set_within
from agentmux.mux.observe import unrecorded

GAP_S = 0.1
"""Seconds between two looks while rows come, and where the kernel does not tell of them."""
UNTOLD_S = 2.0
"""Seconds after which all is looked at without having been told."""

LastLines = Callable[[Session], Awaitable[tuple[str, ...]]]


class ShimWatch:
    """Sets `ended` and calls `stirred` when one of the watched shims ends."""

    def __init__(self, stirred: Callable[[], object]) -> None:
        self._fds: dict[tuple[int, int | None], int] = {}
        self._stirred = stirred
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
        self._stirred()

    def _drop(self, key: tuple[int, int | None]) -> None:
        fd = self._fds.pop(key)
        asyncio.get_running_loop().remove_reader(fd)
        os.close(fd)


async def watch_spools(
    mux: Mux,
    look: Callable[[], Awaitable[None]],
    folders: Callable[[], set[Path]],
    stir: asyncio.Event | None = None,
) -> None:
    """Have a `look` taken whenever a shim or an agent has written or ended, as long as this runs.

    `folders` are those, beside the shims' own, in which agents write; whoever else knows of
    something sets `stir`.
    """
    stir = stir or asyncio.Event()
    watch = ShimWatch(stir.set)
    unsubscribe = mux.subscribe(lambda _fleet: stir.set())  # a session begins to live
    with closing(Notices(stir.set, WRITTEN | ARRIVED)) as notices:
        try:
            while True:
                stir.clear()
                watch.ended.clear()
                spools = {mux.places.session_dir(s.id) for s in mux.fleet.live}
                told = notices.watch(spools | folders())
                watch.watch(mux.fleet.live)
                await look()
                if not await set_within(watch.ended, GAP_S) and told:
                    await set_within(stir, _patience(mux))
        finally:
            unsubscribe()


def _patience(mux: Mux) -> float:
    """Seconds until something is to be judged anew though nobody wrote."""
    now = mux.now()
    dues = [due(session, now, _ranks(session)) for session in mux.fleet.live]
    waits = [(at - now).total_seconds() for at in dues if at is not None]
    return max(0.0, min([UNTOLD_S, *waits]))


def _ranks(session: Session) -> Mapping[Source, int]:
    """Which of its agent's sources is believed."""
    return AGENTS.get(session.agent, AGENTS["command"]).RANKS


async def read_spools(mux: Mux, last_lines: LastLines) -> None:
    """One look at every living session: record what its spool and its process say.

    Two looks at a time would record things twice.
    """
    for session in mux.fleet.live:
        events = list(unrecorded(session, mux.places, mux.now()))
        if events and isinstance(events[-1], e.Exited):
            events[-1] = replace(events[-1], last_lines=await last_lines(session))
        ending = is_ending(mux.fleet, session.id)
        if rows := with_verdicts(session, events, mux.now(), _ranks(session), ending=ending):
            await mux.record(*rows)
