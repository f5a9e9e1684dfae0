"""Whether the machine can carry one more agent: refuse with the figure instead of swapping."""

import psutil

from agentmux.config import Config
from agentmux.errors import UsageError

MIB = 1 << 20


def free_and_needed(config: Config) -> tuple[int, int]:
    """MiB of memory that are free, and that one more agent needs."""
    free = psutil.virtual_memory().available // MIB
    return free, config.panes.agent_memory_mb + config.panes.memory_reserve_mb


def require_memory(config: Config) -> None:
    """Raise UsageError when free memory would not carry another agent."""
    free, needed = free_and_needed(config)
    if free < needed:
        raise UsageError(
            f"Free memory is {free} MiB; one more agent needs about {needed} MiB.",
            "Stop a session, or start it anyway with --force.",
        )
