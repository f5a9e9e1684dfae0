"""The lease of the one leader: a file lock that the kernel frees when its holder dies.

The file also names the holder's pid, for people and for `ls`; only the lock decides.
"""

import fcntl
import os
import time
from pathlib import Path

from agentmux.errors import LedgerError


class Lease:
    """Held for as long as this object's file is open."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def take(cls, path: Path) -> "Lease | None":
        """The lease, or None when another process has it."""
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LedgerError(
                f"The leader's lock {path} cannot be opened: {error.strerror}.",
                "Make its folder writable, or set AGENTMUX_HOME.",
            ) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        return cls(fd)

    @classmethod
    def take_patiently(cls, path: Path) -> "Lease | None":
        """`take`, tried again for a moment: somebody may just be looking who holds it."""
        for _ in range(20):
            lease = cls.take(path)
            if lease is not None or leader_pid(path) is not None:
                return lease
            time.sleep(0.005)
        return None

    def release(self) -> None:
        """Let the next one have it."""
        os.ftruncate(self._fd, 0)
        os.close(self._fd)


def leader_pid(path: Path) -> int | None:
    """The pid of the living leader, or None. Never keeps the lock, never creates the file.

    The look itself holds a shared lock for some microseconds; a leader that starts in just that
    moment tries again (`take_patiently`).
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(fd, 32, 0).strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(fd)
    return None
