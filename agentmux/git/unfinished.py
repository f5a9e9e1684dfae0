"""What a killed git leaves behind, and how to tell it from one that is still at work.

`git worktree add` locks what it is making, for the reason "initializing", until all files are
there. Killed, it may leave an entry that git lists nowhere, or one for which git can list no
worktree at all; and its child that checks files out may live on. All of it was seen by killing.
"""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from agentmux.errors import GitError
from agentmux.git.removal import remove_tree
from agentmux.git.repo import Repo
from agentmux.git.run import shown

if TYPE_CHECKING:
    import psutil

BEING_MADE = "initializing"
"""git's own lock reason while it makes a worktree (`builtin/worktree.c`, in the C locale)."""

LOOKS = 120
LOOK_EVERY_S = 1.0
"""How often, and how long each time, to wait for a git that a killed leader left at work."""

LOCK_AGE_S = 10.0
"""A younger lock is somebody at work (`docs/design/safety.md` 2)."""


def await_running(path: Path) -> None:
    """Wait until no git works on `path`: one that a killed leader left, or an agent's last."""
    import psutil

    for _ in range(LOOKS):
        # Looked for anew each time: one that ended unreaped has no command line any more.
        running = running_on(path)
        if not running:
            return
        psutil.wait_procs(running, timeout=LOOK_EVERY_S)
    raise GitError(f"Another git is still at work in {shown(path)}.", "Wait until it has ended.")


def running_on(path: Path) -> "list[psutil.Process]":
    """Every git that works on `path`, as far as this user may see."""
    import psutil

    return [p for p in psutil.process_iter(["name", "cmdline"]) if _works_on(p, path)]


def _works_on(process: "psutil.Process", path: Path) -> bool:
    """Whether this is a `git worktree add` for `path`, or any git that runs in it.

    The checkout is made by a child of `worktree add`, which lives on when that is killed, and has
    the path in its environment only.
    """
    import psutil

    if process.info["name"] != "git":
        return False
    if {"worktree", "add", str(path)} <= set(process.info["cmdline"] or ()):
        return True
    try:
        told = process.environ().get("GIT_WORK_TREE")
        return told == str(path) or Path(process.cwd()).is_relative_to(path)
    except (OSError, psutil.Error):
        return False


def release_branch(repo: Repo, branch: str) -> bool:
    """Take away the lock on a branch that does not exist yet, once it is old enough.

    Only a killed try of ours can have left it: nobody else knows the name. A git that lives holds
    such a lock for milliseconds.
    """
    lock = repo.git_dir / "refs/heads" / f"{branch}.lock"
    try:
        if time.time() - lock.stat().st_mtime < LOCK_AGE_S:
            return False
        lock.unlink()
    except OSError:
        return False
    return True


def sweep(repo: Repo, path: Path) -> None:
    """Remove what a `worktree add` for `path` registered when it was killed on its first steps.

    Such an entry has not all of its files yet: git lists it nowhere, or worse, cannot list any
    worktree for it ("failed to read worktrees/…/commondir"). No file is checked out by then. git
    names an entry like its folder, with a number behind when that is taken.
    """
    for entry in (repo.git_dir / "worktrees").glob("*"):
        named = entry.name.rstrip("0123456789") == path.name.rstrip("0123456789")
        marked = _text(entry / "locked") in ("", BEING_MADE)
        whole = all(_text(entry / file) for file in ("gitdir", "HEAD", "commondir"))
        folder = _text(entry / "gitdir")
        if named and marked and not whole and folder in ("", str(path / ".git")):
            if folder and path.is_dir():
                (path / ".git").unlink(missing_ok=True)
            remove_tree(entry)


def _text(path: Path) -> str:
    try:
        return os.fsdecode(path.read_bytes()).removesuffix("\n")
    except OSError:
        return ""
