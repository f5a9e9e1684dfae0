"""Processor time and memory of groups of processes, from Linux's `/proc`.

Times of live threads are read in nanoseconds; those of children that ended (git, tmux) in ticks.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import psutil

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def tree(pid: int, *, without: Iterable[int] = ()) -> list[int]:
    """`pid` and all that descends from it, but for the processes `without` and theirs."""
    left_out = set(without)
    found, waiting = [], [psutil.Process(pid)]
    while waiting:
        process = waiting.pop()
        if process.pid not in left_out:
            found.append(process.pid)
            waiting += process.children()
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time these processes have had so far, with that of their ended children."""
    return sum(map(_own_seconds, pids))


def _own_seconds(pid: int) -> float:
    proc = Path("/proc", str(pid))
    try:
        tasks = [int(f.read_text().split()[0]) for f in proc.glob("task/*/schedstat")]
        fields = (proc / "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(tasks) / 1e9 + (int(fields[13]) + int(fields[14])) * _TICK_S


def memory_mb(pid: int) -> tuple[float, float]:
    """(resident, proportional) MiB."""
    sizes = {}
    for line in Path("/proc", str(pid), "smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0]) / 1024
    return sizes["Rss"], sizes["Pss"]
