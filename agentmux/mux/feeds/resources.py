"""CPU, memory and processes of each session, from the process table (psutil).

A session's processes are the agent and everything that descends from it, so a test suite or a
language server that the agent started is counted where it belongs.
"""

import asyncio
from collections.abc import Iterable

import psutil

from agentmux.core.session import Session
from agentmux.mux.gauges import Gauges
from agentmux.mux.mux import Mux

LOOK_S = 3.0
"""Seconds between two looks."""

MIB = 1 << 20


async def watch_resources(mux: Mux, gauges: Gauges) -> None:
    """Keep the load of living sessions current for as long as this runs."""
    table = Table()
    while True:
        sessions = [s for s in mux.fleet.live if s.pid is not None]
        if sessions:
            for session, load in await asyncio.to_thread(table.look, sessions):
                gauges.put_load(session, *load)
        await asyncio.sleep(LOOK_S)


class Table:
    """Two looks at the process table, one after the other, give the CPU share between them."""

    def __init__(self) -> None:
        self._processes: dict[int, psutil.Process] = {}
        self._parents: dict[int, int] = {}

    def look(
        self, sessions: Iterable[Session]
    ) -> list[tuple[str, tuple[float | None, float, int]]]:
        """For each session: CPU per cent of one core, resident MiB, number of processes."""
        children = self._children()
        loads = []
        for session in sessions:
            pids = _family(session.pid or 0, children)
            loads.append((session.id, self._load(pids)))
        return loads

    def _children(self) -> dict[int, list[int]]:
        """Parent pid → pids, and the process objects kept so that their CPU times compare.

        Each process is asked for its parent once: asking all of them every time was most of what
        the leader did while nothing happened. One whose parent ends belongs to nobody then anyway.
        """
        pids = psutil.pids()
        for gone in self._processes.keys() - set(pids):
            del self._processes[gone], self._parents[gone]
        for pid in set(pids) - self._processes.keys():
            try:
                process = psutil.Process(pid)
                self._parents[pid] = process.ppid()
            except psutil.Error:
                continue
            self._processes[pid] = process
        children: dict[int, list[int]] = {}
        for pid, parent in self._parents.items():
            children.setdefault(parent, []).append(pid)
        return children

    def _load(self, pids: Iterable[int]) -> tuple[float | None, float, int]:
        cpu, rss, count = 0.0, 0, 0
        for pid in pids:
            process = self._processes.get(pid)
            if process is None:
                continue
            try:
                if not process.is_running():  # the pid is another's by now
                    del self._processes[pid], self._parents[pid]
                    continue
                with process.oneshot():
                    cpu += process.cpu_percent()
                    rss += process.memory_info().rss
            except psutil.Error:
                continue
            count += 1
        return cpu, rss / MIB, count


def _family(pid: int, children: dict[int, list[int]]) -> list[int]:
    """`pid` and everything that descends from it."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting.extend(children.get(one, ()))
    return found
