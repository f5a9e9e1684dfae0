"""Whether git did something in a worktree, told by a few file times and without starting git.

A commit leaves the working files as they are, so watching those misses it. Asking git every time
costs three processes a worktree; nine idle ones then took 1 % of a core.
"""

from pathlib import Path

Stamp = tuple[int | None, ...]


def git_dir(worktree: Path) -> Path:
    """The worktree's own git directory; a linked worktree's `.git` is a file that names it."""
    dot_git = worktree / ".git"
    try:
        told = dot_git.read_text(encoding="utf-8", errors="surrogateescape")
    except IsADirectoryError:
        return dot_git
    return worktree / told.removeprefix("gitdir: ").removesuffix("\n")


def read_stamp(worktree: Path, base: str | None = None) -> Stamp:
    """Differs after every commit, checkout, staging or merge there and every move of `base`.

    It may differ without cause; equal stamps mean that nothing happened but in the files
    themselves. Of a worktree that is gone, all parts are None.
    """
    try:
        own = git_dir(worktree)
        shared = own / (own / "commondir").read_text().strip()
    except FileNotFoundError:
        own = shared = worktree / ".git"
    except OSError:
        return (None,)
    # git replaces its files by renaming, which shows in the time of the folder around them.
    places = [own, own / "logs/HEAD", shared / "packed-refs"]
    if base:
        names = (base, f"refs/{base}", f"refs/heads/{base}", f"refs/remotes/{base}")
        places += [shared / name for name in names]
    return tuple(map(_changed_at, places))


def _changed_at(place: Path) -> int | None:
    try:
        return place.stat().st_mtime_ns
    except (OSError, ValueError):
        return None
