"""Opening a ledger of ten million rows, and what a report over them takes with and without days."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from agentmux.core.fleet import Fleet, apply_all
from agentmux.ledger.store import Ledger
from tests.bench.figure import Aim, Effort, Figure, median
from tests.bench.years import SESSIONS, write_years
from tests.support.cockpit import ROOT

ROLL = 20_000
"""Rows counted between two saves."""
_OPEN = """
import sys, time
from pathlib import Path
began = time.perf_counter()
from agentmux.ledger.store import Ledger
with Ledger.open(Path(sys.argv[1])) as ledger:
    fleet = ledger.load_fleet()
print(time.perf_counter() - began)
"""


def measure_report(effort: Effort) -> list[Figure]:
    """Seconds and megabytes; each verb is a process of its own."""
    with tempfile.TemporaryDirectory(prefix="agentmux-years-") as folder:
        home = Path(folder)
        ledger = home / "data/ledger.db"
        ledger.parent.mkdir(mode=0o700)
        began = time.perf_counter()
        days = write_years(ledger, effort.rows)
        note = f"{effort.rows / 1e6:g} million rows, {days} days"
        print(f"{note}: written", file=sys.stderr, flush=True)
        written = Figure("ledger, written", ledger.stat().st_size / 1e6, "MB", note=note)
        wrote = Figure("ledger, writing it", time.perf_counter() - began, "s")
        checkpoint = _checkpoint(ledger, days)
        first = _count(ledger)
        verbs = [_verb(home, *by.split()) for by in ("--by day", "--by session", "--by model",
                                                     "--by day --since 36h")]  # fmt: skip
        opened = median([_opening(ledger) for _ in range(effort.rounds)])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        written,
        wrote,
        Figure("folding the rows of one day into a fleet", checkpoint, "s"),
        Figure("counting all rows into days, once", first, "s", note="without roll-ups: each time"),
        Figure("opening: ledger and fleet", opened, "s", aim=Aim("is", 1.0)),
        *(Figure(f"agentmux report {by}", median(taken), "s", aim=Aim("is", 2.0))
          for by, taken in verbs),
        Figure("memory of a report, at its peak", peak, "MiB"),
    ]  # fmt: skip


def _checkpoint(path: Path, days: int) -> float:
    """Keep the fleet of all days; seconds that folding one day took.

    Only the first is folded: the sessions of the others are like its own.
    """
    with Ledger.open(path) as ledger:
        began = time.perf_counter()
        fleet = apply_all(Fleet(), ledger.since(0, ledger.last // days))
        taken = time.perf_counter() - began
        sessions = {}
        for number in range(1, days * SESSIONS + 1):
            like = fleet.sessions[f"s{1 + (number - 1) % SESSIONS}"]
            sessions[f"s{number}"] = replace(like, id=f"s{number}")
        ledger.save_checkpoint(replace(fleet, sessions=sessions, seq=ledger.last))
    return taken


def _count(path: Path) -> float:
    began = time.perf_counter()
    with Ledger.open(path) as ledger:
        while ledger.roll_up(ROLL):
            pass
    return time.perf_counter() - began


def _opening(path: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)


def _verb(home: Path, *options: str) -> tuple[str, list[float]]:
    """Whole processes, from start to end."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "agentmux", "report", *options],
            env={**os.environ, "PYTHONPATH": str(ROOT), "AGENTMUX_HOME": str(home)},
            capture_output=True, check=True,
        )  # fmt: skip
        taken.append(time.perf_counter() - began)
    return " ".join(options), taken
