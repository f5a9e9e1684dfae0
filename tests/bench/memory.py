"""Memory of each part with nine panes, and how much a flood in one of them adds."""

from tests.bench.absorb import flood, flooding
from tests.bench.figure import Aim, Effort, Figure
from tests.bench.processes import memory_mb
from tests.bench.rigs import Rig, home, native, ours, program, ready
from tests.bench.terminal import read, read_for

PANES = 9
Sizes = dict[str, tuple[float, float]]


def measure_memory(effort: Effort) -> list[Figure]:
    """MiB of screen, leader, one shim and the server; growth of all together over a flood.

    The growth is that of a second flood: a first one fills the scrollback, which has its limit.
    """
    with home() as notes, native() as plain, ours() as cockpit:
        programs = [
            flooding(1, notes, effort.flood),
            *(program("idle", number) for number in range(2, PANES + 1)),
        ]
        theirs, _ = _sizes(plain, programs)
        plain.close()
        (notes / "flood-1.pid").unlink()
        mine, shims = _sizes(cockpit, programs)
        flood(notes, 1, lambda: read(0.01))  # fills the scrollback and the caches
        read_for(2.0)
        full, _ = _read(cockpit)
        flood(notes, 1, lambda: read(0.01))
        read_for(2.0)
        after, _ = _read(cockpit)
    grown = sum(after[part][1] - full[part][1] for part in mine)
    each = ", ".join(f"{part} {after[part][1] - full[part][1]:+.1f}" for part in mine)
    limit = Aim("is", 80.0)
    return [
        Figure("memory of the screen", mine["screen"][0], "MB", None, limit, _pss(mine)),
        Figure("memory of the screen, caches full", after["screen"][0], "MB", None, limit),
        Figure("memory of the leader", mine["leader"][0], "MB"),
        Figure("memory of one shim", mine["shims"][0] / shims, "MB"),
        Figure("memory of the server", mine["server"][0], "MB", theirs["server"][0]),
        Figure(
            f"growth over {effort.flood} MB of output", grown, "MB", None, Aim("is", 10.0), each
        ),
    ]


def _sizes(rig: Rig, programs: list[list[str]]) -> tuple[Sizes, int]:
    rig.open(programs)
    rig.attach().until_shown(*map(ready, range(1, PANES + 1)))
    read_for(5.0)
    return _read(rig)


def _read(rig: Rig) -> tuple[Sizes, int]:
    """Part → (resident, proportional) MiB of its main process; of all shims, and their number."""
    parts = rig.pids()
    sizes = {part: memory_mb(pids[0]) for part, pids in parts.items()}
    shims = [memory_mb(pid) for pid in parts.get("shims", ())]
    if shims:
        sizes["shims"] = (sum(size[0] for size in shims), sum(size[1] for size in shims))
    return sizes, len(shims)


def _pss(sizes: Sizes) -> str:
    """What really is taken: pages that several processes share count for each in part."""
    return "proportional: " + ", ".join(f"{part} {size[1]:.0f}" for part, size in sizes.items())
