"""Worktrees of a repository: list, add, remove; each may be killed anywhere and run again.

A worktree that still has git's own mark of being made (`unfinished`) holds nothing but a partial
checkout, and is made anew. A branch that stands on the start commit, or after it, and is checked
out nowhere is taken for our own of a killed try: names are planned free before (`naming`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agentmux.errors import GitError
from agentmux.git.removal import remove_tree
from agentmux.git.repo import Repo, find_commit
from agentmux.git.run import act, holds, look, require_git, shown
from agentmux.git.unfinished import BEING_MADE, await_running, release_branch, sweep


@dataclass(frozen=True)
class Worktree:
    """One checkout of a repository, as git lists it."""

    path: Path
    head: str | None = None
    """Full hash; None while there is no commit."""
    branch: str | None = None
    """Short name; None when detached or bare."""
    locked: str | None = None
    """Why it is locked, perhaps empty; None when it is not."""
    prunable: str | None = None
    """Why git would forget it (its folder is gone, say); None when it would not."""
    is_bare: bool = False


def list_worktrees(repo: Repo) -> tuple[Worktree, ...]:
    """All worktrees, the main one first."""
    if require_git() < (2, 36):  # before it knew -z; a newline in a path is then not told apart
        return parse_worktrees(look(repo.git_dir, "worktree", "list", "--porcelain"), b"\n")
    return parse_worktrees(look(repo.git_dir, "worktree", "list", "--porcelain", "-z"))


def parse_worktrees(listing: bytes, end: bytes = b"\0") -> tuple[Worktree, ...]:
    """What `git worktree list --porcelain` printed, with `end` after each field."""
    blocks = [block for block in listing.split(end + end) if block.strip(end)]
    return tuple(_parse_block(block.strip(end).split(end)) for block in blocks)


def _parse_block(lines: list[bytes]) -> Worktree:
    told: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(b" ")
        told[key.decode()] = os.fsdecode(value)
    head = told.get("HEAD", "")
    branch = told.get("branch")
    return Worktree(
        path=Path(told["worktree"]),
        head=head if head.strip("0") else None,
        branch=branch.removeprefix("refs/heads/") if branch else None,
        locked=told.get("locked"),
        prunable=told.get("prunable"),
        is_bare="bare" in told,
    )


def find_worktree(repo: Repo, path: Path) -> Worktree | None:
    """The worktree at `path`, whether its folder is there or not."""
    return next((w for w in list_worktrees(repo) if w.path == placed(path)), None)


def placed(path: Path) -> Path:
    """`path` as git writes it: absolute, its parents without links."""
    return path.absolute().parent.resolve() / path.name


def add_worktree(
    repo: Repo,
    path: Path,
    branch: str,
    start: str,
    *,
    trusted: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Worktree:
    """One worktree at `path` on the new `branch`, cut from commit `start`.

    What is there already is taken as done; somebody else's folder or branch raises GitError and
    stays as it is. On failure neither worktree nor branch is left. `trusted` as in `run.act`.
    """
    path = placed(path)
    tip = find_commit(repo.git_dir, f"refs/heads/{branch}")
    if tip:
        await_running(path)
        sweep(repo, path)
    found = find_worktree(repo, path)
    if found and _is_whole(found, branch) and _is_cut_from(repo, start, found.head):
        return found
    _require_free(repo, path, branch, found)
    if tip and not _is_cut_from(repo, start, tip):
        raise GitError(f"The branch {shown(branch)} exists already.", "Choose another name.")
    if found:
        _clear(repo, path)
    if not tip:
        _make_branch(repo, branch, start)
    try:
        argv = ("worktree", "add", "--no-guess-remote", "--", str(path), branch)
        doing = f"make the worktree {shown(path)}"
        act(repo.git_dir, *argv, trusted=trusted, env=env, doing=doing)
    except BaseException:
        _undo(repo, path, None if tip else branch)
        raise
    return _require(repo, path)


def remove_worktree(repo: Repo, path: Path, *, branch: str | None = None) -> bool:
    """Remove the worktree at `path` with all that is in it, and then `branch`, if one is named.

    Whether something would be lost is decided by the caller. False when the branch had to stay
    because it is checked out somewhere else. What is gone already is no error; a folder that is
    not a worktree of `repo` is one.
    """
    path = placed(path)
    await_running(path)
    sweep(repo, path)
    found = find_worktree(repo, path)
    if found is None and _is_empty(path):  # git makes the folder before it registers it
        path.rmdir()
    if path == repo.root or (found is None and os.path.lexists(path)) or (path / ".git").is_dir():
        raise GitError(
            f"{shown(path)} is not a worktree that agentmux could remove.",
            "Look what is in it, and remove it yourself.",
        )
    if found:
        _clear(repo, path)
    return branch is None or _delete_branch(repo, branch)


def _is_whole(found: Worktree, branch: str) -> bool:
    return found.branch == branch and found.locked != BEING_MADE and (found.path / ".git").is_file()


def _is_cut_from(repo: Repo, start: str, tip: str | None) -> bool:
    return bool(tip) and holds(repo.git_dir, "merge-base", "--is-ancestor", start, str(tip))


def _require_free(repo: Repo, path: Path, branch: str, found: Worktree | None) -> None:
    """Raise unless `path` and `branch` are unused or left half-made by a try of ours."""
    for other in list_worktrees(repo):
        if other.branch == branch and other.path != path:
            where = shown(other.path)
            raise GitError(
                f"The branch {shown(branch)} is checked out in {where}.", "Choose another name."
            )
    if found is None:
        if os.path.lexists(path) and not _is_empty(path):
            raise GitError(f"There is already something at {shown(path)}.", "Choose another name.")
    elif found.locked not in (None, BEING_MADE):
        raise GitError(
            f"The worktree {shown(path)} is locked: {shown(found.locked) or 'no reason given'}.",
            f"When that is over: git worktree unlock {shown(path)}",
        )
    elif found.locked is None and os.path.lexists(path):
        on = f"on branch {shown(found.branch)}" if found.branch else "on no branch"
        raise GitError(
            f"The folder {shown(path)} is a worktree already, {on}.", "Choose another name."
        )


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not any(path.iterdir())


def _make_branch(repo: Repo, branch: str, start: str) -> None:
    """Create `branch`, which must not exist; all of it or nothing."""
    argv = ("update-ref", f"refs/heads/{branch}", start, "0" * len(start))
    doing = f"make the branch {shown(branch)}"
    release_branch(repo, branch)
    try:
        look(repo.git_dir, *argv, doing=doing)
    except GitError:
        if not release_branch(repo, branch):
            raise
        look(repo.git_dir, *argv, doing=doing)


def _undo(repo: Repo, path: Path, branch: str | None) -> None:
    """Take back a worktree that could not be made; nothing but git has written there."""
    sweep(repo, path)
    found = find_worktree(repo, path)
    if found and found.locked == BEING_MADE:
        _clear(repo, path)
    if branch:
        look(repo.git_dir, "update-ref", "-d", f"refs/heads/{branch}")


def _clear(repo: Repo, path: Path) -> None:
    """Remove a listed worktree: its folder, then what git knows of it (which also unlocks it)."""
    remove_tree(path)
    argv = ("worktree", "remove", "--force", "--force", "--", str(path))
    look(repo.git_dir, *argv, doing=f"forget the worktree {shown(path)}")


def _delete_branch(repo: Repo, branch: str) -> bool:
    if find_commit(repo.git_dir, f"refs/heads/{branch}") is None:
        return True
    if any(w.branch == branch for w in list_worktrees(repo)):
        return False
    argv = ("branch", "--quiet", "-D", "--", branch)
    look(repo.git_dir, *argv, doing=f"delete the branch {shown(branch)}")
    return True


def _require(repo: Repo, path: Path) -> Worktree:
    found = find_worktree(repo, path)
    if found is None:
        raise GitError(f"The worktree {shown(path)} was gone as soon as it was made.")
    return found
