"""What a new session will be, decided with a real repository."""

import os
from pathlib import Path

import pytest

from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.fleet import Fleet, apply
from agentmux.errors import UsageError
from agentmux.git.repo import Repo, find_repo
from agentmux.git.run import hash_of, programs_of
from agentmux.mux.planning import Place, free_name, pane_size, plan_place
from agentmux.mux.surroundings import Surroundings
from agentmux.paths import places
from tests.support.events import opened
from tests.support.repo import commit, git, head, make_repo, write


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Its branch `feature`, which is checked out, is a commit ahead of `main`."""
    made = make_repo(tmp_path / "acme")
    git(made.root, "checkout", "-q", "-b", "feature")
    commit(made.root)
    return made


def plan(repo: Repo, **args: e.Json) -> Place:
    around = Surroundings(str(repo.root), dict(os.environ), Config(), ())
    return plan_place(args, around, places(), "job", 3)


@pytest.mark.parametrize("is_accepted", [True, False])
def test_the_repository_s_ssh_command_fetches_the_base_once_accepted(
    repo: Repo, tmp_path: Path, is_accepted: bool
) -> None:
    ssh = write(tmp_path / "ssh", '#!/bin/sh\nfor command; do :; done\nexec sh -c "$command"\n')
    ssh.chmod(0o755)
    git(tmp_path, "clone", "-q", str(repo.root), "clone")
    clone = find_repo(tmp_path / "clone")
    git(clone.root, "remote", "set-url", "origin", f"ssh://nobody{repo.root}")
    git(clone.root, "config", "core.sshCommand", str(ssh))
    git(clone.root, "config", "ssh.variant", "simple")
    commit(repo.root)

    accepted = hash_of(programs_of(clone.root)) if is_accepted else None
    around = Surroundings(str(clone.root), dict(os.environ), Config(), (), accepted)
    place = plan_place({}, around, places(), "job", 3)
    assert (place.base_commit == head(repo.root)) is is_accepted


def test_a_session_starts_from_the_default_branch(repo: Repo) -> None:
    place = plan(repo)
    assert (place.base, place.base_commit) == ("main", git(repo.root, "rev-parse", "main").strip())
    assert (place.branch, place.here) == ("agentmux/job", False)
    assert place.worktree == str(repo.root.with_name("acme.worktrees") / "job")


def test_carried_work_starts_from_where_it_is(repo: Repo) -> None:
    write(repo.root / "idea.txt", "half an idea\n")
    place = plan(repo, carry=True)
    assert (place.base, place.base_commit) == ("feature", head(repo.root))


def test_work_is_not_carried_to_another_commit(repo: Repo) -> None:
    with pytest.raises(UsageError, match="belong to another commit"):
        plan(repo, carry=True, base="main")


@pytest.mark.parametrize("size", [(20, 5), (500, 200), (120, 40)])
def test_sizes_up_to_the_limits(size: tuple[int, int]) -> None:
    assert pane_size({"size": f"{size[0]}x{size[1]}"}, Config()) == size
    assert pane_size({"size": list(size)}, Config()) == size


@pytest.mark.parametrize("size", ["19x5", "20x4", "501x200", "500x201", "wide", "120x40x1", ""])
def test_sizes_beyond_them(size: str) -> None:
    with pytest.raises(UsageError, match="is not one of COLSxROWS"):
        pane_size({"size": size}, Config())


def test_names_are_numbered_until_one_is_free() -> None:
    fleet = Fleet()
    for number, name in enumerate(("fix", "fix-2", "task-7"), 1):
        fleet = apply(fleet, opened(f"s{number}", slot=number, name=name))
    assert free_name(fleet, None, "Fix!") == "fix-3"
    assert free_name(fleet, None, "7") == "task-7-2"
    assert free_name(fleet, None, "other") == "other"
