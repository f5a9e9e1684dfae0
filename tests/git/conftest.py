"""A small real repository in a folder of its own."""

from pathlib import Path

import pytest

from agentmux.git.repo import Repo
from agentmux.git.worktrees import add_worktree
from tests.support.repo import head, make_repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """One commit on `main`: `app.py`."""
    return make_repo(tmp_path / "shop")


@pytest.fixture
def worktree(repo: Repo) -> Path:
    """A linked worktree of `repo` on the branch `agentmux/one`."""
    place = repo.root.parent / "shop.worktrees" / "one"
    return add_worktree(repo, place, "agentmux/one", head(repo.root)).path
