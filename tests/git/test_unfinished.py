"""What a killed git leaves behind; the states themselves are made in `test_worktrees`."""

import os
import subprocess
from pathlib import Path

import psutil
import pytest

from agentmux.errors import GitError
from agentmux.git import unfinished
from agentmux.git.repo import Repo
from agentmux.git.worktrees import add_worktree, remove_worktree
from tests.support.repo import head, write

BRANCH = "agentmux/two"


def test_a_git_still_at_work_is_waited_for(repo: Repo, tmp_path: Path) -> None:
    """A leader was killed, its git lives on: the hook of that git ends once we wait for it."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    hook = write(repo.git_dir / "hooks/post-checkout", f"#!/bin/sh\ncat '{fifo}'\n")
    hook.chmod(0o755)
    argv = ["worktree", "add", "-q", "-b", BRANCH, str(tmp_path / "two")]
    with subprocess.Popen(["git", "-C", str(repo.root), *argv]) as running:
        with fifo.open("w"):  # opens once the hook reads: the worktree stands, git still runs
            assert psutil.Process(running.pid).is_running()
        made = add_worktree(repo, tmp_path / "two", BRANCH, head(repo.root))
        assert running.wait(timeout=5) == 0
    assert made.branch == BRANCH


def test_a_git_that_does_not_end_is_named(
    repo: Repo, worktree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished, "LOOKS", 2)
    monkeypatch.setattr(unfinished, "LOOK_EVERY_S", 0.05)
    with subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=worktree, stdin=subprocess.PIPE
    ) as running:
        with pytest.raises(GitError, match="Another git is still at work in"):
            remove_worktree(repo, worktree)
        assert running.poll() is None
        assert worktree.is_dir()


def test_an_old_lock_on_our_new_branch_is_taken_away(repo: Repo, tmp_path: Path) -> None:
    lock = write(repo.git_dir / f"refs/heads/{BRANCH}.lock", "")
    os.utime(lock, (1, 1))
    assert add_worktree(repo, tmp_path / "two", BRANCH, head(repo.root)).branch == BRANCH
    assert not lock.exists()


def test_a_young_lock_is_somebody_at_work(repo: Repo) -> None:
    lock = write(repo.git_dir / f"refs/heads/{BRANCH}.lock", "")
    assert not unfinished.release_branch(repo, BRANCH)
    assert lock.exists()


def test_other_entries_are_left_alone(repo: Repo, tmp_path: Path) -> None:
    """A half-made one of the person's, of a like name, and one whose disk is away."""
    write(repo.git_dir / "worktrees/two/locked", "on a stick")
    write(repo.git_dir / "worktrees/other/locked", "initializing")
    write(repo.git_dir / "worktrees/two1/gitdir", "/somewhere/else/two/.git\n")
    unfinished.sweep(repo, tmp_path / "two")
    left = {entry.name for entry in (repo.git_dir / "worktrees").iterdir()}
    assert left == {"two", "other", "two1"}
