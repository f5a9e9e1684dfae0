"""Key to echo: from a key's byte on the outer terminal to the echo's bytes on it.

Both programs are alive and shown at once, and probed in random order at random moments, so that
whatever else the machine does strikes both alike.
"""

import random
import time

from tests.bench.figure import Aim, Effort, Figure, median, percentile
from tests.bench.rigs import Rig, native, ours, program, ready
from tests.bench.terminal import Terminal, read, read_for

FIRST, SIGNS = 0x1400, 600
"""Canadian syllables: one cell wide, and nothing else shows them."""
WALL = (324, 90)
"""A terminal on which nine panes stay in sight while one is typed into."""
PAUSE_S = (0.03, 0.09)
NEIGHBOURS = 8


def echoing(number: int) -> list[str]:
    """The program for a pane that is typed into."""
    return program("echo", number, FIRST, SIGNS)


class Prober:
    """Types into one terminal and waits for the echo."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._count = 0

    def probe(self) -> float:
        """Milliseconds from key to echo."""
        sign = chr(FIRST + self._count % SIGNS).encode()
        self._count += 1
        self.terminal.tail = b""
        began = time.perf_counter()
        self.terminal.type(b"x")
        deadline = began + 5.0
        while sign not in self.terminal.tail:
            read(0.5)
            if time.perf_counter() > deadline:
                raise TimeoutError(f"no echo of key {self._count}: {self.terminal.tail[-300:]!r}")
        return (time.perf_counter() - began) * 1000


def measure_echo(effort: Effort) -> list[Figure]:
    """Alone, and with eight neighbours that redraw 20 times a second in sight of it."""
    return [
        *_compare("key to echo, alone", 0, effort, Aim("adds", 3.0), Aim("adds", 10.0)),
        *_compare(
            "key to echo, 8 busy neighbours",
            NEIGHBOURS,
            effort,
            Aim("adds", 3.0),
            Aim("adds", 10.0),
        ),
    ]


def _compare(
    what: str, neighbours: int, effort: Effort, median_aim: Aim, p95_aim: Aim
) -> list[Figure]:
    programs = [echoing(1), *(program("busy", n) for n in range(2, neighbours + 2))]
    with native() as plain, ours() as cockpit:
        rigs: list[Rig] = [plain, cockpit]
        for rig in rigs:
            rig.open(programs)
        probers = {rig.name: _prepare(rig, len(programs)) for rig in rigs}
        rounds = [_round(probers, effort.keys) for _ in range(effort.rounds)]
    size = f"{WALL[0]}x{WALL[1]}"
    theirs, mine = ([taken[name] for taken in rounds] for name in (plain.name, cockpit.name))
    return [
        Figure(f"{what}, median", median([median(each) for each in mine]), "ms",
               median([median(each) for each in theirs]), median_aim, size),
        Figure(f"{what}, p95", median([percentile(each, 0.95) for each in mine]), "ms",
               median([percentile(each, 0.95) for each in theirs]), p95_aim, size),
    ]  # fmt: skip


def _prepare(rig: Rig, panes: int) -> Prober:
    terminal = rig.attach(WALL)
    terminal.until_shown(*map(ready, range(1, panes + 1)))
    rig.type_into(1)
    read_for(0.5)
    return Prober(terminal)


def _round(probers: dict[str, Prober], keys: int) -> dict[str, list[float]]:
    """Milliseconds of so many keys, by rig."""
    taken: dict[str, list[float]] = {name: [] for name in probers}
    for _ in range(keys):
        for name in random.sample(list(probers), len(probers)):
            taken[name].append(probers[name].probe())
            read_for(random.uniform(*PAUSE_S))
    return taken
