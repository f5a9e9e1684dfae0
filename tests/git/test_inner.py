"""Repositories inside a worktree: which of them would be lost with it."""

from pathlib import Path

import pytest

from agentmux.git.inner import inner_repositories
from tests.support.repo import git, make_repo, write


@pytest.fixture
def worktree(tmp_path: Path) -> Path:
    """A checkout that ignores `deps`."""
    folder = make_repo(tmp_path / "outer").root
    write(folder / ".gitignore", "deps/\n")
    write(folder / "deps/package.txt", "can be fetched again")
    git(folder, "add", "--all")
    git(folder, "commit", "-m", "ignore")
    return folder


def clone(worktree: Path, place: str, tmp_path: Path) -> Path:
    make_repo(tmp_path / "upstream")
    git(worktree, "clone", "-q", str(tmp_path / "upstream"), place)
    return worktree / place


def test_a_worktree_without_any(worktree: Path) -> None:
    assert inner_repositories(worktree) == ()


@pytest.mark.parametrize("place", ["deps/inner", "deps/a/b c/ü", "new", "new/deep"])
def test_one_that_was_made_there(worktree: Path, place: str) -> None:
    make_repo(worktree / place)

    assert inner_repositories(worktree) == (place,)


def test_one_inside_another_goes_with_it(worktree: Path) -> None:
    make_repo(worktree / "deps/inner")
    make_repo(worktree / "deps/inner/again")

    assert inner_repositories(worktree) == ("deps/inner",)


def test_a_clone_can_be_cloned_again(worktree: Path, tmp_path: Path) -> None:
    clone(worktree, "deps/library", tmp_path)

    assert inner_repositories(worktree) == ()


@pytest.mark.parametrize("what", ["change", "commit", "stash"])
def test_a_clone_with_something_of_its_own(worktree: Path, tmp_path: Path, what: str) -> None:
    library = clone(worktree, "deps/library", tmp_path)
    write(library / "app.py", "mine")
    if what == "commit":
        git(library, "commit", "-am", "mine")
    elif what == "stash":
        git(library, "stash")

    assert inner_repositories(worktree) == ("deps/library",)


def test_one_that_cannot_be_read_may_hold_anything(worktree: Path) -> None:
    broken = make_repo(worktree / "deps/broken").root
    write(broken / ".git/config", "[")

    assert inner_repositories(worktree) == ("deps/broken",)


def test_a_link_is_not_followed(worktree: Path, tmp_path: Path) -> None:
    elsewhere = make_repo(tmp_path / "elsewhere").root
    (worktree / "deps/linked").symlink_to(elsewhere)

    assert inner_repositories(worktree) == ()
