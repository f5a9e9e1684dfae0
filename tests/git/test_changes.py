"""Where a worktree stands, read beside whatever else goes on in it."""

import shutil
from pathlib import Path

import pytest

from agentmux.errors import GitError, NotFound
from agentmux.git.changes import Changes, Entry, Work, parse_status, read_changes, unmerged_work
from agentmux.git.repo import Repo
from agentmux.git.worktrees import add_worktree, remove_worktree
from tests.support.repo import (
    ODD_NAMES,
    commit,
    fingerprint,
    git,
    head,
    make_repo,
    write,
)

STATUS = (
    b"# branch.oid 1111\0# branch.head agentmux/x\0# branch.ab +1 -0\0"
    b"1 .M N... 100644 100644 100644 aaaa aaaa a b\nc\xff\0"
    b"1 .M S.M. 160000 160000 160000 aaaa aaaa part\0"
    b"u UU N... 100644 100644 100644 100644 aaaa bbbb cccc both\0"
    b"? new/\0"
)


def test_porcelain_in_entries_out() -> None:
    changes, entries = parse_status(STATUS)
    assert changes == Changes("1111", "agentmux/x", dirty=4, unmerged=1)
    assert entries == (
        Entry("1", b"a b\nc\xff", ".M"),
        Entry("1", b"part", ".M", is_submodule=True),
        Entry("u", b"both", "UU"),
        Entry("?", b"new/"),
    )


def test_neither_branch_nor_commit() -> None:
    listing = b"# branch.oid (initial)\0# branch.head (detached)\0"
    assert parse_status(listing)[0] == Changes(None, None)


def test_clean_and_level_with_the_base(repo: Repo, worktree: Path) -> None:
    assert read_changes(worktree, base="main") == Changes(
        head(repo.root), "agentmux/one", ahead=0, behind=0
    )


def test_ahead_and_behind(repo: Repo, worktree: Path) -> None:
    for subject in ("One", "Two"):
        commit(worktree, subject)
    commit(repo.root, "Three")
    changes = read_changes(worktree, base="main")
    assert (changes.ahead, changes.behind) == (2, 1)


def test_a_deleted_base_leaves_the_distance_to_where_it_was(repo: Repo, worktree: Path) -> None:
    start = head(repo.root)
    commit(worktree)
    changes = read_changes(worktree, base="gone", base_commit=start)
    assert (changes.ahead, changes.behind) == (1, None)
    changes = read_changes(worktree, base="gone", base_commit="f" * 40)
    assert (changes.ahead, changes.behind) == (None, None)


def test_changed_staged_deleted_renamed_new(repo: Repo) -> None:
    for name in ("changed", "staged", "deleted", "renamed"):
        write(repo.root / name, f"{name}\n")
    commit(repo.root)
    write(repo.root / "changed", "other")
    write(repo.root / "staged", "other")
    git(repo.root, "add", "staged")
    (repo.root / "deleted").unlink()
    git(repo.root, "mv", "renamed", "elsewhere")
    write(repo.root / "folder/a", "")
    write(repo.root / "folder/b", "")
    assert read_changes(repo.root).dirty == 6


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_count_once(repo: Repo, name: str) -> None:
    write(repo.root / name, "1")
    assert read_changes(repo.root).dirty == 1


def test_an_odd_branch(repo: Repo) -> None:
    git(repo.root, "checkout", "-q", "-b", "#(touch")
    assert read_changes(repo.root).branch == "#(touch"


def test_detached(repo: Repo) -> None:
    git(repo.root, "checkout", "-q", "--detach")
    assert read_changes(repo.root, base="main").branch is None


def conflict(repo: Repo, *how: str) -> None:
    """Begin an operation that stops at a conflict in app.py."""
    git(repo.root, "checkout", "-q", "-b", "side")
    write(repo.root / "app.py", "side\n")
    commit(repo.root)
    git(repo.root, "checkout", "-q", "main")
    write(repo.root / "app.py", "main\n")
    commit(repo.root)
    with pytest.raises(AssertionError):
        git(repo.root, *how, "side")


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick"])
def test_in_the_middle_of_something(repo: Repo, how: str) -> None:
    conflict(repo, how)
    changes = read_changes(repo.root, base="main")
    assert changes.unsettled == how
    assert (changes.dirty, changes.unmerged) == (1, 1)


def test_a_held_lock_is_neither_obstacle_nor_touched(repo: Repo, worktree: Path) -> None:
    write(worktree / "app.py", "other")
    write(repo.git_dir / "worktrees/one/index.lock", "")
    before = fingerprint(repo.git_dir)
    assert read_changes(worktree, base="main").dirty == 1
    assert fingerprint(repo.git_dir) == before


def test_a_worktree_that_is_gone(worktree: Path) -> None:
    shutil.rmtree(worktree)
    with pytest.raises(NotFound, match="is gone"):
        read_changes(worktree)


def test_a_lost_git_file_never_means_the_repository_above(repo: Repo, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(repo.root, "worktree", "add", "-q", str(tmp_path / "two"))
    (tmp_path / "two/.git").unlink()
    with pytest.raises(GitError, match=r"its \.git is missing") as refused:
        read_changes(tmp_path / "two")
    assert refused.value.hint


def test_a_file_under_a_filter_is_unsure(repo: Repo) -> None:
    """The index knows the cleaned content, and the filter must not run: nobody can tell."""
    git(repo.root, "config", "filter.shout.clean", "tr a-z A-Z")
    write(repo.root / ".gitattributes", "*.txt filter=shout\n")
    write(repo.root / "a.txt", "hello")
    commit(repo.root)
    write(repo.root / "a.txt", "other")
    write(repo.root / "app.py", "other")
    changes = read_changes(repo.root)
    assert (changes.dirty, changes.unsure) == (1, 1)


def test_submodules_count_once_each(repo: Repo, tmp_path: Path) -> None:
    part = make_repo(tmp_path / "part")
    for name in ("one", "two"):
        add = ("submodule", "add", "-q", str(part.root), name)
        git(repo.root, "-c", "protocol.file.allow=always", *add)
    commit(repo.root)
    assert read_changes(repo.root).dirty == 0
    write(repo.root / "one/app.py", "other")
    write(repo.root / "one/new", "other")
    assert read_changes(repo.root).dirty == 1
    commit(repo.root / "two")
    assert read_changes(repo.root).dirty == 2


def test_sparse_checkout(repo: Repo) -> None:
    write(repo.root / "far/file", "")
    write(repo.root / "near/file", "")
    commit(repo.root)
    git(repo.root, "sparse-checkout", "set", "--cone", "--sparse-index", "near")
    assert not (repo.root / "far").exists()
    assert read_changes(repo.root).dirty == 0
    write(repo.root / "near/file", "other")
    assert read_changes(repo.root).dirty == 1


def work(repo: Repo, worktree: Path | None) -> Work:
    return unmerged_work(repo, worktree=worktree, branch="agentmux/one")


def test_nothing_would_be_lost(repo: Repo, worktree: Path) -> None:
    assert work(repo, worktree) == Work(0, 0)
    assert not work(repo, worktree).is_any


def test_uncommitted_and_unmerged_would_be(repo: Repo, worktree: Path) -> None:
    for subject in ("One", "Two"):
        commit(worktree, subject)
    write(worktree / "new", "")
    assert work(repo, worktree) == Work(1, 2)
    assert work(repo, None) == Work(0, 2)


def test_what_another_branch_has_is_not_lost(repo: Repo, worktree: Path) -> None:
    commit(worktree)
    git(repo.root, "merge", "-q", "--no-ff", "-m", "Merge", "agentmux/one")
    assert not work(repo, worktree).is_any


def test_what_a_remote_has_is_not_lost(repo: Repo, worktree: Path) -> None:
    git(repo.root, "update-ref", "refs/remotes/origin/main", "main")
    commit(worktree)
    assert work(repo, worktree) == Work(0, 1)
    git(repo.root, "update-ref", "refs/remotes/origin/agentmux/one", "agentmux/one")
    assert work(repo, worktree) == Work(0, 0)


def test_commits_on_a_detached_head_count(repo: Repo, worktree: Path) -> None:
    git(worktree, "checkout", "-q", "--detach")
    commit(worktree, "Loose")
    assert work(repo, worktree) == Work(0, 1)


def test_commits_of_a_submodule_are_lost_with_the_worktree(repo: Repo, tmp_path: Path) -> None:
    part = make_repo(tmp_path / "part")
    local = ("-c", "protocol.file.allow=always", "submodule")
    git(repo.root, *local, "add", "-q", str(part.root), "part")
    commit(repo.root)
    worktree = add_worktree(repo, tmp_path / "two", "agentmux/one", head(repo.root)).path
    git(worktree, *local, "update", "--quiet", "--init")
    assert not work(repo, worktree).is_any

    commit(worktree / "part", "Precious")
    commit(worktree, "Points to it")
    git(repo.root, "merge", "-q", "agentmux/one")

    lost = work(repo, worktree)
    assert (lost.uncommitted, lost.commits, lost.inner, lost.is_any) == (0, 0, 1, True)


def test_with_branch_and_worktree_gone_nothing_is_left_to_lose(repo: Repo, worktree: Path) -> None:
    remove_worktree(repo, worktree, branch="agentmux/one")
    assert work(repo, None) == Work(0, 0)


def test_the_base_commit_itself_is_never_counted(repo: Repo, worktree: Path) -> None:
    start = head(worktree)
    git(repo.root, "checkout", "-q", "--orphan", "other")
    git(repo.root, "commit", "-qm", "Root")
    git(repo.root, "branch", "-D", "main")
    assert work(repo, worktree).commits == 1
    told = unmerged_work(repo, worktree=worktree, branch="agentmux/one", base_commit=start)
    assert told.commits == 0
