"""Repositories in which something was killed, left, or kept for long."""

from pathlib import Path
from typing import Any

import pytest

from agentmux.core import events as e
from agentmux.git.repo import Repo
from agentmux.git.snapshot import REMOVED
from agentmux.git.worktrees import add_worktree
from agentmux.ledger.store import Ledger
from agentmux.mux.checks import repair_all
from agentmux.mux.clock import now
from agentmux.paths import places
from tests.git.test_kept import plant_kept
from tests.git.test_locks import plant_lock
from tests.mux.checks.conftest import Look, subject
from tests.support.events import at, opened
from tests.support.repo import git, head


@pytest.fixture
def tree(repo: Repo) -> Path:
    """The worktree of the session s1."""
    folder = repo.root.parent / "acme.worktrees/one"
    made = add_worktree(repo, folder, "agentmux/one", head(repo.root)).path
    more: dict[str, Any] = {"repo": str(repo.root), "worktree": str(made), "branch": "agentmux/one"}
    record(opened(**more), e.WorktreePrepared(at=at(1), session="s1", setup_failed=None))
    return made


def record(*events: e.Event) -> None:
    where = places()
    where.make()
    with Ledger.open(where.ledger) as ledger:
        ledger.append(*events)


def test_a_lock_left_behind_is_named_and_goes_only_with_fix(
    tree: Path, repo: Repo, look: Look
) -> None:
    assert look("locks")["locks"].level == "ok"
    lock = plant_lock(tree, 60)
    found = look("locks")["locks"]
    assert (found.level, found.fix) == ("warn", f"rm {lock}")
    assert lock.exists()
    assert list(repair_all(subject(repo))) == [f"removed {lock}"]
    assert not lock.exists()


def test_a_young_lock_is_left_alone(tree: Path, repo: Repo, look: Look) -> None:
    lock = plant_lock(tree, 2)
    assert look("locks")["locks"].level == "ok"
    assert list(repair_all(subject(repo))) == []
    assert lock.exists()


def test_a_session_without_its_folder(tree: Path, repo: Repo, look: Look) -> None:
    assert look("worktrees") == {}
    tree.rename(tree.with_name("elsewhere"))
    found = look("worktrees")
    assert found["worktrees.s1"].fix == "agentmux rm s1 --yes"


def test_a_folder_without_its_session(tree: Path, repo: Repo, look: Look) -> None:
    record(e.SessionRemoved(at=at(2), session="s1"))
    found = look("worktrees")["worktrees.unowned"]
    assert found.level == "warn"
    assert found.fix == f"git -C {repo.root} worktree remove {tree}"
    assert list(repair_all(subject(repo))) == []
    git(repo.root, "worktree", "remove", str(tree))
    assert look("worktrees") == {}


def test_kept_work_goes_after_two_weeks_and_only_with_fix(
    tree: Path, repo: Repo, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert look("kept") == {}
    plant_kept(repo, "s7", f"{now():%Y-%m-%dT%H:%M:%SZ}", monkeypatch)
    assert look("kept")["kept"].level == "ok"
    plant_kept(repo, "s5", "2020-01-01T00:00:00Z", monkeypatch)
    found = look("kept")["kept"]
    assert found.level == "warn"
    assert "1 of 2 removed sessions" in found.message
    assert list(repair_all(subject(repo))) == [f"dropped {REMOVED}s5"]
    refs = git(repo.root, "for-each-ref", "--format=%(refname)", REMOVED).split()
    assert refs == [f"{REMOVED}s7"]
