"""What git does in a worktree shows in its stamp; what it does not do, does not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.git.repo import Repo
from agentmux.git.stamp import git_dir, read_stamp
from tests.support.repo import commit, git, write

BASE = "main"


def stage(worktree: Path) -> None:
    write(worktree / "app.py", "print('staged')\n")
    git(worktree, "add", "app.py")


DEEDS: dict[str, Callable[[Repo, Path], object]] = {
    "commit": lambda _repo, worktree: commit(worktree),
    "staging": lambda _repo, worktree: stage(worktree),
    "checkout": lambda _repo, worktree: git(worktree, "switch", "--quiet", "-c", "other"),
    "detaching": lambda _repo, worktree: git(worktree, "switch", "--quiet", "--detach"),
    "base moved": lambda repo, _worktree: commit(repo.root),
    "base packed": lambda repo, _worktree: git(repo.root, "pack-refs", "--all"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_what_git_does_shows(
    deed: Callable[[Repo, Path], object], repo: Repo, worktree: Path
) -> None:
    before = read_stamp(worktree, BASE)
    assert read_stamp(worktree, BASE) == before
    deed(repo, worktree)
    assert read_stamp(worktree, BASE) != before


def test_a_look_of_ours_and_work_in_the_files_do_not_show(repo: Repo, worktree: Path) -> None:
    before = read_stamp(worktree, BASE)
    write(worktree / "app.py", "print('changed')\n")
    git(worktree, "--no-optional-locks", "status")
    assert read_stamp(worktree, BASE) == before


def test_the_main_checkout_has_one_too(repo: Repo) -> None:
    before = read_stamp(repo.root, BASE)
    commit(repo.root)
    assert read_stamp(repo.root, BASE) != before


def test_a_worktree_that_is_gone_has_an_empty_one(repo: Repo, tmp_path: Path) -> None:
    assert set(read_stamp(tmp_path / "gone", BASE)) == {None}


def test_the_git_directory_of_both_kinds(repo: Repo, worktree: Path) -> None:
    assert git_dir(repo.root) == repo.root / ".git"
    told = git(worktree, "rev-parse", "--absolute-git-dir").strip()
    assert git_dir(worktree) == Path(told)
