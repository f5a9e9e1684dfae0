"""How long a program takes to print so many megabytes, in sight and in the background.

In the background while another pane is typed into; what that pane's echo takes meanwhile.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.echo import PAUSE_S, WALL, Prober, echoing
from tests.bench.figure import Aim, Effort, Figure, median, percentile
from tests.bench.rigs import Rig, home, native, ours, program, ready
from tests.bench.terminal import read, read_for

LIMIT_S = 600.0
FLOOD, TYPED = 1, 2


def flooding(number: int, notes: Path, megabytes: int) -> list[str]:
    """The program for a pane that prints a flood when told to; `notes` is a folder."""
    return program("flood", number, notes, megabytes)


def flood(notes: Path, number: int, meanwhile: Callable[[], object]) -> float:
    """Start the flood of this pane; the seconds it took."""
    took = notes / f"flood-{number}.took"
    took.unlink(missing_ok=True)
    os.kill(int((notes / f"flood-{number}.pid").read_text()), signal.SIGUSR1)
    deadline = time.monotonic() + LIMIT_S
    while not took.exists():
        meanwhile()
        if time.monotonic() > deadline:
            raise TimeoutError(f"the flood of pane {number} did not end")
    return float(took.read_text())


def measure_absorption(effort: Effort) -> list[Figure]:
    """Megabytes printed in the pane that is looked at, and beside the one that is typed into."""
    with home() as notes, native() as plain, ours() as cockpit:
        rigs: dict[Rig, Path] = {plain: notes / "plain", cockpit: notes / "ours"}
        for rig, folder in rigs.items():
            folder.mkdir()
            rig.open([flooding(FLOOD, folder, effort.megabytes), echoing(TYPED)])
        probers = {}
        for rig in rigs:
            terminal = rig.attach(WALL)
            terminal.until_shown(ready(FLOOD), ready(TYPED))
            probers[rig.name] = Prober(terminal)
        taken: dict[str, list[_Round]] = {rig.name: [] for rig in rigs}
        for _ in range(effort.rounds):
            for rig in random.sample(list(rigs), len(rigs)):
                taken[rig.name].append(_Round(rig, rigs[rig], probers[rig.name]))
    return _figures(taken[cockpit.name], taken[plain.name], effort)


class _Round:
    """What one rig did once."""

    def __init__(self, rig: Rig, notes: Path, prober: Prober) -> None:
        rig.type_into(FLOOD)
        read_for(0.5)
        self.focused = flood(notes, FLOOD, lambda: read(0.01))
        rig.type_into(TYPED)
        read_for(0.5)
        self.echoes: list[float] = []
        self.background = flood(notes, FLOOD, lambda: self._type(prober))

    def _type(self, prober: Prober) -> None:
        self.echoes.append(prober.probe())
        read_for(random.uniform(*PAUSE_S))


def _figures(mine: list[_Round], theirs: list[_Round], effort: Effort) -> list[Figure]:
    what, typed = f"{effort.megabytes} MB absorbed", "key to echo beside that flood"

    def row(name: str, unit: str, of: Callable[[_Round], float], aim: Aim | None) -> Figure:
        return Figure(name, median(list(map(of, mine))), unit, median(list(map(of, theirs))), aim)

    return [
        row(f"{what}, focused", "s", lambda r: r.focused, Aim("ratio", 1.1)),
        row(f"{what}, background", "s", lambda r: r.background, Aim("ratio", 1.1)),
        row(f"{typed}, median", "ms", lambda r: median(r.echoes), Aim("adds", 3.0)),
        row(f"{typed}, p95", "ms", lambda r: percentile(r.echoes, 0.95), Aim("adds", 10.0)),
    ]
