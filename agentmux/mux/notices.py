"""Word from the kernel that something in a folder was written, through one descriptor (inotify).

Looking ten times a second cost 1 % of a core for nine idle sessions; being told costs nothing.
watchfiles is no substitute here: it brings a thread that wakes ten times a second itself. Where
the kernel has no inotify (macOS) or no watch left, `watch` says so and the caller goes on looking.
"""

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path

WRITTEN = 0x2
"""IN_MODIFY: a file of the folder was written to."""
ARRIVED = 0x80
"""IN_MOVED_TO: a file was renamed into it."""
TOUCHED = 0x4
"""IN_ATTRIB: its times were set."""

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_READ = 1 << 16


class Notices:
    """Calls `stirred` on the loop when a file in one of the watched folders was changed."""

    def __init__(self, stirred: Callable[[], object], what: int) -> None:
        self._stirred = stirred
        self._what = what
        self._watches: dict[Path, int] = {}
        flags = os.O_CLOEXEC | os.O_NONBLOCK
        self._fd: int = _LIBC.inotify_init1(flags) if _LIBC is not None else -1
        if self._fd >= 0:
            asyncio.get_running_loop().add_reader(self._fd, self._read)

    def watch(self, folders: Collection[Path]) -> bool:
        """Watch exactly these; False when not every one of them can be watched now."""
        if _LIBC is None or self._fd < 0:
            return False
        for gone in self._watches.keys() - set(folders):
            _LIBC.inotify_rm_watch(self._fd, self._watches.pop(gone))
        for new in set(folders) - self._watches.keys():
            watch = _LIBC.inotify_add_watch(self._fd, os.fsencode(new), self._what)
            if watch >= 0:
                self._watches[new] = watch
        return len(self._watches) == len(set(folders))

    def _read(self) -> None:
        """Take what is there; which file it was does not matter."""
        os.read(self._fd, _READ)
        self._stirred()

    def close(self) -> None:
        """Watch nothing any more."""
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for `event`, at most so long; whether it was set."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
