"""Processor time of nine panes: everything of ours and the tmux server, without the agents."""

from tests.bench.figure import Aim, Effort, Figure, median
from tests.bench.processes import cpu_seconds
from tests.bench.rigs import Rig, native, ours, program, ready
from tests.bench.terminal import read_for

PANES = 9
SETTLED_S = {"busy": 12.0, "idle": 65.0}
"""From the first frame to the first reading: the agents' start and the first looks of git are
over, and idle panes have been quiet for a minute, from which on their age no longer ticks."""


def measure_load(effort: Effort) -> list[Figure]:
    """Nine panes that redraw 20 times a second, and nine in which nothing happens."""
    return [_compare("busy", effort, 20.0), _compare("idle", effort, 1.0)]


def _compare(kind: str, effort: Effort, limit: float) -> Figure:
    programs = [program(kind, number) for number in range(1, PANES + 1)]
    with native() as plain, ours() as cockpit:
        theirs = _parts(plain, kind, programs, effort)
        plain.close()
        mine = _parts(cockpit, kind, programs, effort)
    parts = ", ".join(f"{name} {share:.2f}" for name, share in mine.items())
    return Figure(
        f"nine {kind} panes, processor time",
        sum(mine.values()),
        "% of a core",
        sum(theirs.values()),
        Aim("is", limit),
        parts,
    )


def _parts(rig: Rig, kind: str, programs: list[list[str]], effort: Effort) -> dict[str, float]:
    """Per cent of a core, by part: the medians of several looks."""
    rig.open(programs)
    rig.attach().until_shown(*map(ready, range(1, len(programs) + 1)))
    read_for(SETTLED_S[kind])
    looks = [_look(rig, effort.seconds) for _ in range(effort.rounds)]
    return {part: median([look[part] for look in looks]) for part in looks[0]}


def _look(rig: Rig, seconds: float) -> dict[str, float]:
    parts = rig.pids()
    before = {part: cpu_seconds(pids) for part, pids in parts.items()}
    read_for(seconds)
    return {
        part: (cpu_seconds(pids) - before[part]) * 100 / seconds for part, pids in parts.items()
    }
