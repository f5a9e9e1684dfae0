"""A worktree's `index.lock`: somebody at work, or left by a git that was killed.

`kill -9` of `git add` leaves one every time (30 of 30), and every later git in that worktree
fails on it. It counts as left only when it is old, no process has it open, and no git runs in
the worktree: a commit whose editor is open holds a lock that nobody has open for hours.
"""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agentmux.git.run import look
from agentmux.git.unfinished import LOCK_AGE_S, running_on


@dataclass(frozen=True)
class Lock:
    """A lock that is there."""

    path: Path
    worktree: Path
    age_s: float
    """Seconds since it was last written."""
    is_held: bool
    """Whether a process has it open or a git is at work in the worktree."""

    @property
    def is_stale(self) -> bool:
        return self.age_s > LOCK_AGE_S and not self.is_held


def find_lock(worktree: Path) -> Lock | None:
    """The lock on the index of `worktree`; None when there is none."""
    said = look(worktree, "rev-parse", "--path-format=absolute", "--git-path", "index.lock")
    path = Path(os.fsdecode(said.removesuffix(b"\n")))
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return None
    return Lock(path, worktree, age, bool(running_on(worktree)) or _is_open(path))


def remove_lock(lock: Lock) -> bool:
    """Remove it unless it is in use or another one by now; False when it stays."""
    again = find_lock(lock.worktree)
    if again is None or not again.is_stale:
        return False
    again.path.unlink(missing_ok=True)
    return True


def _is_open(path: Path) -> bool:
    """Whether a process we may look at has the file open."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if any(opened.path == str(path) for opened in process.open_files()):
                return True
    return False
