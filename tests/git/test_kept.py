"""Refs of removed work: how old, how large, and dropped only while they are what was listed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentmux.errors import GitError
from agentmux.git.kept import drop_kept, kept_bytes, list_kept
from agentmux.git.repo import Repo
from agentmux.git.snapshot import REMOVED, keep
from tests.support.repo import git, write


def test_nothing_is_kept_at_first(repo: Repo) -> None:
    assert list_kept(repo) == ()
    assert kept_bytes(repo) == 0


def plant_kept(repo: Repo, session: str, date: str, patch: pytest.MonkeyPatch) -> str:
    """A kept ref as a removal at `date` would have left it; its commit."""
    with patch.context() as patched:
        patched.setenv("GIT_COMMITTER_DATE", date)
        made = git(repo.root, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "Removed").strip()
    git(repo.root, "update-ref", f"{REMOVED}{session}", made)
    return made


def test_age(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = plant_kept(repo, "s1", "2026-01-02T03:04:05Z", monkeypatch)
    (ref,) = list_kept(repo)
    assert (ref.name, ref.commit) == (f"{REMOVED}s1", commit)
    assert ref.at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_size_counts_what_nothing_else_holds(repo: Repo, worktree: Path) -> None:
    write(worktree / "work.txt", "".join(map(str, range(4000))))
    keep(worktree, f"{REMOVED}s1")
    assert 1000 < kept_bytes(repo) < 50_000


def test_a_dropped_one_is_gone(repo: Repo, worktree: Path) -> None:
    for name in ("s1", "s2"):
        keep(worktree, f"{REMOVED}{name}")
    drop_kept(repo, list_kept(repo)[0])
    assert [ref.name for ref in list_kept(repo)] == [f"{REMOVED}s2"]


def test_one_that_changed_since_stays(repo: Repo, worktree: Path) -> None:
    keep(worktree, f"{REMOVED}s1")
    (listed,) = list_kept(repo)
    write(worktree / "more.txt", "more\n")
    newer = keep(worktree, f"{REMOVED}s1")
    with pytest.raises(GitError, match="could not drop"):
        drop_kept(repo, listed)
    assert git(repo.root, "rev-parse", f"{REMOVED}s1").strip() == newer.commit
