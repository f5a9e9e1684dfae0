"""Uncommitted work taken along: the same state in the target, the source as it was."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.errors import UsageError
from agentmux.git.carry import carry
from agentmux.git.repo import Repo
from agentmux.git.run import hash_of, programs_of
from agentmux.git.worktrees import add_worktree
from tests.git.test_tree import STATES
from tests.support.repo import commit, fingerprint, git, head, make_repo, status, write


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_the_target_looks_like_the_source(
    repo: Repo, worktree: Path, state: Callable[[Path], None]
) -> None:
    state(repo.root)
    expected = status(repo.root)
    before = fingerprint(repo.root, ".git/objects/", ".git/worktrees/", ".git/sharedindex")
    carry(repo.root, worktree)
    after = fingerprint(repo.root, ".git/objects/", ".git/worktrees/", ".git/sharedindex")
    assert after == before
    if state.__name__ != "intent_to_add":  # a mark without content; the file comes as new
        assert status(worktree) == expected
    (repo.root / "a.log").unlink(missing_ok=True)  # ignored: stays behind
    assert fingerprint(worktree, ".git/") == fingerprint(repo.root, ".git/")


def test_a_second_time_changes_nothing(repo: Repo, worktree: Path) -> None:
    write(repo.root / "app.py", "edited\n")
    write(repo.root / "new", "")
    git(repo.root, "add", "new")
    assert carry(repo.root, worktree).paths == 2
    first = fingerprint(worktree)
    assert carry(repo.root, worktree).paths == 2
    assert fingerprint(worktree) == first
    assert status(worktree) == status(repo.root)


def test_a_killed_try_is_finished(repo: Repo, worktree: Path) -> None:
    write(repo.root / "app.py", "edited\n")
    write(repo.root / "new", "whole")
    write(worktree / "app.py", "edi")
    write(worktree / "new", "wh")
    carry(repo.root, worktree)
    assert fingerprint(worktree, ".git/") == fingerprint(repo.root, ".git/")


def test_from_one_session_to_another(repo: Repo, worktree: Path, tmp_path: Path) -> None:
    newer = commit(worktree)
    write(worktree / "new", "")
    fork = add_worktree(repo, tmp_path / "fork", "fork", newer).path
    carry(worktree, fork)
    assert status(fork) == ["?? new"]


def test_another_commit_is_refused(repo: Repo, worktree: Path) -> None:
    commit(repo.root)
    write(repo.root / "app.py", "edited\n")
    before = fingerprint(worktree)
    with pytest.raises(UsageError, match="belong to another commit") as refused:
        carry(repo.root, worktree)
    assert refused.value.hint == "Start from where they are: --base head"
    assert fingerprint(worktree) == before


def test_half_a_merge_is_refused(repo: Repo, worktree: Path) -> None:
    git(repo.root, "branch", "side")
    write(repo.git_dir / "MERGE_HEAD", head(repo.root))
    with pytest.raises(UsageError, match="in the middle of a merge"):
        carry(repo.root, worktree)


def test_conflicts_without_an_operation_are_refused(repo: Repo, worktree: Path) -> None:
    write(repo.root / "app.py", "edited\n")
    git(repo.root, "stash")
    write(repo.root / "app.py", "other\n")
    git(repo.root, "add", "app.py")
    with pytest.raises(AssertionError):
        git(repo.root, "checkout", "-q", "stash@{0}", "-m", "--", "none")
    blob = git(repo.root, "rev-parse", "HEAD:app.py").strip()
    lines = "".join(f"100644 {blob} {stage}\tapp.py\n" for stage in (1, 2, 3))
    git(repo.root, "update-index", "--index-info", stdin=f"0 {'0' * 40}\tapp.py\n{lines}")
    with pytest.raises(UsageError, match="has conflicts"):
        carry(repo.root, worktree)


def test_filters_change_nothing_on_the_way(repo: Repo, worktree: Path) -> None:
    git(repo.root, "config", "filter.turn.clean", "rev")
    git(repo.root, "config", "filter.turn.smudge", "rev")
    write(repo.root / ".gitattributes", "*.txt filter=turn\n")
    write(repo.root / "a.txt", "abc\n")
    carry(repo.root, worktree, trusted=hash_of(programs_of(repo.root)))
    assert (worktree / "a.txt").read_text() == "abc\n"


def test_inner_repositories_stay_behind_and_are_named(repo: Repo, worktree: Path) -> None:
    make_repo(repo.root / "inner")
    carried = carry(repo.root, worktree)
    assert carried.left_out == ("inner",)
    assert not (worktree / "inner").exists()


def test_the_targets_file_times_are_in_its_index(repo: Repo, worktree: Path) -> None:
    write(repo.root / "app.py", "edited\n")
    carry(repo.root, worktree)
    os.environ["GIT_OPTIONAL_LOCKS"] = "0"
    try:
        assert git(worktree, "diff-files", "--name-only").split() == ["app.py"]
    finally:
        del os.environ["GIT_OPTIONAL_LOCKS"]
