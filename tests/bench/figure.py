"""A figure: what was measured of agentmux, of plain tmux beside it, and what was aimed at."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Aim:
    """An upper limit of what stands in `compare`."""

    compare: Literal["adds", "ratio", "is"]
    """The difference to the other figure, the quotient, or ours alone."""
    limit: float


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    what: str
    ours: float
    unit: str
    other: float | None = None
    """The same of plain tmux (of a bare Python for `ls`); None where there is no such thing."""
    aim: Aim | None = None
    note: str = ""

    @property
    def beside(self) -> str:
        """How it stands to the other one."""
        if self.other is None:
            return ""
        if self.aim is not None and self.aim.compare == "adds":
            return f"{self.ours - self.other:+.2f} {self.unit}"
        return f"x {self.ours / self.other:.2f}" if self.other else ""

    @property
    def compared(self) -> float | None:
        """What the aim limits."""
        if self.aim is None:
            return None
        if self.aim.compare == "is":
            return self.ours
        if self.other is None:
            return None
        return self.ours - self.other if self.aim.compare == "adds" else self.ours / self.other

    @property
    def verdict(self) -> str:
        """`ok`, `miss`, or nothing where nothing was aimed at."""
        if self.aim is None or self.compared is None:
            return ""
        return "ok" if self.compared <= self.aim.limit else "miss"


@dataclass(frozen=True)
class Effort:
    """How long to measure; all figures are medians over the rounds."""

    rounds: int = 5
    keys: int = 60
    """Key presses in each round."""
    seconds: float = 12.0
    """Of each look at processor time."""
    megabytes: int = 50
    flood: int = 200
    """Megabytes printed before memory is looked at again."""
    frames: int = 1000
    rows: int = 10_000_000
    """Of the ledger that reports are made of."""


QUICK = Effort(rounds=2, keys=40, seconds=8.0, megabytes=10, flood=50, frames=100, rows=200_000)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of `values` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


_AIMS = {"adds": "adds up to {} {}", "ratio": "up to x {}", "is": "up to {} {}"}


def table(figures: Sequence[Figure]) -> list[str]:
    """The figures as aligned lines, in Markdown."""
    head = ("figure", "beside", "agentmux", "difference", "aim", "", "note")
    rows = [head, *map(_cells, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [_line(row, widths) for row in rows]
    return [lines[0], _line(["-" * width for width in widths], widths), *lines[1:]]


def _cells(figure: Figure) -> tuple[str, ...]:
    aim = figure.aim
    wish = _AIMS[aim.compare].format(f"{aim.limit:g}", figure.unit).strip() if aim else ""
    other = "" if figure.other is None else f"{figure.other:.2f} {figure.unit}"
    ours = f"{figure.ours:.2f} {figure.unit}"
    return figure.what, other, ours, figure.beside, wish, figure.verdict, figure.note


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
