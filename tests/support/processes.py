"""Whether a process has ended, for tests that wait for it."""

import psutil


def has_ended(pid: int) -> bool:
    """Whether `pid` runs no more. A zombie does not: tmux 3.3a leaves one of twenty unreaped."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
