"""A lock counts as left behind only when it is old and nobody is at work."""

import os
import subprocess
import time
from pathlib import Path

from agentmux.git.locks import find_lock, remove_lock
from tests.support.repo import git


def plant_lock(worktree: Path, age_s: float) -> Path:
    """An `index.lock` as a killed `git add` leaves it, written that long ago."""
    place = git(worktree, "rev-parse", "--path-format=absolute", "--git-path", "index.lock")
    lock = Path(place.strip())
    lock.touch()
    at = time.time() - age_s
    os.utime(lock, (at, at))
    return lock


def test_no_lock_is_none(worktree: Path) -> None:
    assert find_lock(worktree) is None


def test_an_old_one_is_stale_and_goes(worktree: Path) -> None:
    path = plant_lock(worktree, 60)
    lock = find_lock(worktree)
    assert lock is not None and lock.is_stale
    assert lock.path == path
    assert remove_lock(lock)
    assert not path.exists()
    assert not remove_lock(lock)


def test_a_young_one_is_somebody_at_work(worktree: Path) -> None:
    path = plant_lock(worktree, 3)
    lock = find_lock(worktree)
    assert lock is not None and not lock.is_stale
    assert not remove_lock(lock)
    assert path.exists()


def test_an_old_one_that_is_open_stays(worktree: Path) -> None:
    path = plant_lock(worktree, 60)
    with path.open("a"):
        lock = find_lock(worktree)
        assert lock is not None and lock.is_held
        assert not remove_lock(lock)
    assert path.exists()


def test_a_git_in_the_worktree_holds_it_though_it_has_it_not_open(worktree: Path) -> None:
    plant_lock(worktree, 60)
    with subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=worktree, stdin=subprocess.PIPE
    ) as running:
        lock = find_lock(worktree)
        assert lock is not None and lock.is_held
        assert running.poll() is None
    again = find_lock(worktree)
    assert again is not None and again.is_stale
