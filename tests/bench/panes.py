"""The table of benchmarks: each measures one thing of panes, beside plain tmux in the same run."""

from collections.abc import Callable

from tests.bench.absorb import measure_absorption
from tests.bench.echo import measure_echo
from tests.bench.figure import Effort, Figure
from tests.bench.listing import measure_listing
from tests.bench.load import measure_load
from tests.bench.memory import measure_memory
from tests.bench.start import measure_start
from tests.bench.torn import measure_tearing

BENCHES: dict[str, Callable[[Effort], list[Figure]]] = {
    "echo": measure_echo,
    "absorb": measure_absorption,
    "load": measure_load,
    "start": measure_start,
    "memory": measure_memory,
    "torn": measure_tearing,
    "ls": measure_listing,
}
"""Name for `--only` → the function that measures it."""
