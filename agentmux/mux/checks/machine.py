"""What the machine gives: file watches, disk, memory, and a clock that does not go back."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from agentmux.core.fleet import SLOTS
from agentmux.git.repo import find_repo
from agentmux.git.size import checkout_bytes
from agentmux.mux.checks.check import Check, Subject
from agentmux.mux.clock import now
from agentmux.mux.memory import free_and_needed

MIB = 1 << 20
MOST_FOLDERS = 200_000
"""Counting ends here: the answer is the same."""
SKEW = timedelta(minutes=1)


def check_inotify(subject: Subject) -> Iterator[Check]:
    """Each folder of each worktree takes one watch; others on the machine take theirs too."""
    limits = subject.proc / "sys/fs/inotify"
    if not limits.is_dir():
        return
    watches = int((limits / "max_user_watches").read_text())
    trees = [s.worktree for s in subject.fleet.present if Path(s.worktree).is_dir()]
    needed = sum(map(count_folders, trees))
    if subject.repo is not None:
        needed += count_folders(subject.repo) * (len(SLOTS) - min(len(trees), len(SLOTS)))
    yield judge_watches(needed, watches)


def judge_watches(needed: int, limit: int) -> Check:
    """Beyond the limit files are looked at every now and then instead of at once."""
    message = f"Nine worktrees need about {needed} file watches; this machine allows {limit}."
    if needed < limit * 0.8:
        return Check("inotify", "ok", message)
    wanted = max(524_288, 2 * needed)
    return Check("inotify", "warn", message, f"sudo sysctl fs.inotify.max_user_watches={wanted}")


def count_folders(root: str) -> int:
    """Folders below `root` and itself, git's own left out; at most `MOST_FOLDERS`."""
    count = 0
    for _, folders, _ in os.walk(root):
        count += 1
        if count >= MOST_FOLDERS:
            break
        folders[:] = [name for name in folders if name != ".git"]
    return count


def check_disk(subject: Subject) -> Iterator[Check]:
    """Room for a checkout in each free slot, where worktrees are made."""
    if subject.repo is None:
        return
    repo = find_repo(Path(subject.repo))
    free = shutil.disk_usage(repo.root.parent).free
    taken = len(subject.fleet.live)
    yield judge_disk(free, checkout_bytes(repo), len(SLOTS) - min(taken, len(SLOTS)))


def judge_disk(free: int, each: int, sessions: int) -> Check:
    """`free` bytes for `sessions` more checkouts of `each` bytes."""
    message = (
        f"{free // MIB} MiB are free; one checkout is {each // MIB or 1} MiB, "
        f"and {sessions} more may be made."
    )
    if free > each * sessions + 64 * MIB:
        return Check("disk", "ok", message)
    return Check("disk", "warn", message, "df -h")


def check_memory(subject: Subject) -> Iterator[Check]:
    """The figure by which `new` decides."""
    free, needed = free_and_needed(subject.config)
    message = f"{free} MiB of memory are free; one more agent needs about {needed} MiB."
    if free >= needed:
        yield Check("memory", "ok", message)
    else:
        yield Check("memory", "warn", message, "agentmux stop NAME")


def check_clock(subject: Subject) -> Iterator[Check]:
    """Facts are ordered by their rows, but told by their times."""
    newest = max(
        (s.state_since or s.created for s in subject.fleet.sessions.values()), default=None
    )
    yield judge_clock(now(), newest)


def judge_clock(at: datetime, newest: datetime | None) -> Check:
    """`newest` is the time of the newest fact that is known."""
    if newest is None or at >= newest - SKEW:
        return Check("clock", "ok", f"The clock says {at:%Y-%m-%d %H:%M:%S} UTC.")
    message = f"The clock says {at:%Y-%m-%d %H:%M:%S} UTC, before the newest record ({newest:%c})."
    return Check("clock", "warn", message, "sudo timedatectl set-ntp true")
