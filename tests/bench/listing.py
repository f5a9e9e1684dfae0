"""`agentmux ls` with nine sessions, against a Python that does nothing."""

import os
import random
import subprocess
import sys
import time

from tests.bench.figure import Aim, Effort, Figure, median
from tests.bench.rigs import ours, program
from tests.support.cockpit import ROOT

RUNS = 15


def measure_listing(effort: Effort) -> list[Figure]:
    """Milliseconds of whole processes, in random order."""
    commands = {
        "bare": [sys.executable, "-c", "pass"],
        "ls": [sys.executable, "-m", "agentmux", "ls"],
    }
    with ours() as cockpit:
        cockpit.open([program("idle", number) for number in range(1, 10)])
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS * effort.rounds):
            for name in random.sample(list(commands), len(commands)):
                began = time.perf_counter()
                subprocess.run(
                    commands[name],
                    env=env,
                    cwd=cockpit.cockpit.repo,
                    capture_output=True,
                    check=True,
                )
                taken[name].append((time.perf_counter() - began) * 1000)
    return [
        Figure(
            "agentmux ls, nine sessions",
            median(taken["ls"]),
            "ms",
            median(taken["bare"]),
            Aim("ratio", 8.0),
            "beside a bare Python",
        )
    ]
