"""Torn frames: pictures that mix two paintings of a program, or lack a part of one."""

import re
import time

from tests.bench.figure import Aim, Effort, Figure
from tests.bench.grid import Grid
from tests.bench.rigs import ours, program
from tests.bench.terminal import read, read_for

SIZES = ((120, 36), (200, 58))
RATE = 20
_NUMBER = re.compile(r"\d{6}")


def measure_tearing(effort: Effort) -> list[Figure]:
    """A program that clears its screen and paints it anew 20 times a second, at two sizes."""
    return [_count(size, effort.frames) for size in SIZES]


def _count(size: tuple[int, int], frames: int) -> Figure:
    outer = (size[0], size[1] + 1)
    with ours() as cockpit:
        cockpit.open([program("repaint", 1)], size)
        terminal = cockpit.attach(outer)
        terminal.until(
            lambda: _NUMBER.search(terminal.tail.decode(errors="replace")), "a frame shown"
        )
        cockpit.zoom()
        cockpit.type_into(1)
        read_for(1.0)
        seen = _Seen(Grid(outer), size[1])
        terminal.on_output = seen.take
        end = time.monotonic() + 1.5 * frames / RATE
        while seen.frames < frames and time.monotonic() < end:
            read(0.1)
    note = f"{len(seen.whole)} of {seen.painted} painted were seen whole"
    what = f"torn frames of {seen.frames}, {size[0]}x{size[1]}"
    return Figure(what, seen.torn, "", None, Aim("is", 0.0), note)


class _Seen:
    """What was seen of a painting program; the first frame shows it whole by repainting all."""

    def __init__(self, grid: Grid, rows: int) -> None:
        self.frames = self.torn = 0
        self.whole: set[int] = set()
        self._grid = grid
        self._rows = rows

    @property
    def painted(self) -> int:
        return max(self.whole) - min(self.whole) + 1 if self.whole else 0

    def take(self, data: bytes) -> None:
        for _ in self._grid.feed(data):
            self._judge(self._grid.lines()[: self._rows])

    def _judge(self, lines: list[str]) -> None:
        numbers = [set(map(int, _NUMBER.findall(line))) for line in lines]
        shown = set().union(*numbers)
        is_whole = len(shown) == 1 and all(numbers)
        if not self.whole and not is_whole:
            return  # the screen was not watched from its first byte on
        if self.whole and shown <= {max(self.whole)} and is_whole:
            return  # something else of the screen changed
        self.frames += 1
        if is_whole:
            self.whole |= shown
        else:
            self.torn += 1
