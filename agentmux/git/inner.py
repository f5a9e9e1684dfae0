"""Repositories inside a worktree that are no submodules of it: they go when it is removed.

git names them in untracked folders and is silent about them in ignored ones. What else is ignored
can be made again (packages, builds); commits that somebody made in there cannot. A clone that has
nothing of its own (no change, no commit its remotes lack) can be cloned again.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from agentmux.errors import GitError
from agentmux.git.changes import count_inner, is_dirty
from agentmux.git.run import look

UNTRACKED = ("ls-files", "-z", "--others", "--exclude-standard", "--directory")
IGNORED = (*UNTRACKED, "--ignored")


def inner_repositories(worktree: Path) -> tuple[str, ...]:
    """Paths of the repositories in untracked and ignored folders that hold what nothing else does.

    Reads the names of all files in such folders: 0.1 s for 100,000 in 2,000 folders.
    """
    listed = look(worktree, *UNTRACKED) + look(worktree, *IGNORED)
    folders = {worktree / os.fsdecode(path) for path in listed.split(b"\0") if path[-1:] == b"/"}
    found = sorted({inner for folder in folders for inner in _repositories(folder)})
    return tuple(str(inner.relative_to(worktree)) for inner in found if _has_own(inner))


def _repositories(top: Path) -> Iterator[Path]:
    """Folders with a repository of their own, not those inside them; links are not followed."""
    for where, folders, _ in os.walk(top):
        if (Path(where) / ".git" / "HEAD").is_file():
            folders.clear()
            yield Path(where)


def _has_own(folder: Path) -> bool:
    try:
        return is_dirty(folder) or count_inner(folder) > 0
    except GitError:
        return True  # what cannot be read may hold anything
