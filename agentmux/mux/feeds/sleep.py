"""When the machine was suspended: two clocks of the kernel, of which one stands still meanwhile.

Nobody waits while the machine sleeps; without the row a night would be one long wait for the
person. Where the kernel has no such pair of clocks, nothing is told.
"""

import asyncio
import time
from collections.abc import Callable

from agentmux.core import events as e
from agentmux.mux.mux import Mux

LOOK_S = 1.0
SHORTEST_S = 2.0
"""Less is the time between two readings, and no sleep."""


def slept_s() -> float | None:
    """Seconds the machine has slept since it started; None where that cannot be known."""
    # Linux: the second counts sleep and the first does not; macOS has its own names for them.
    for awake, all_time in (
        ("CLOCK_MONOTONIC", "CLOCK_BOOTTIME"),
        ("CLOCK_UPTIME_RAW", "CLOCK_MONOTONIC_RAW"),
    ):
        clocks = getattr(time, awake, None), getattr(time, all_time, None)
        if clocks[0] is not None and clocks[1] is not None:
            return time.clock_gettime(clocks[1]) - time.clock_gettime(clocks[0])
    return None


async def watch_sleep(
    mux: Mux, reading: Callable[[], float | None] = slept_s, look_s: float = LOOK_S
) -> None:
    """Record each sleep when the machine has woken, for as long as this runs."""
    before = reading()
    while before is not None:
        await asyncio.sleep(look_s)
        after = reading()
        if after is None:
            return
        if after - before >= SHORTEST_S:
            await mux.record(e.Slept(at=mux.now(), seconds=round(after - before, 3)))
            before = after
