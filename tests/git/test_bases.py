"""Where a session starts: the remote's default when it answers, else what is known here."""

from pathlib import Path

import pytest

from agentmux.errors import NotFound, UsageError
from agentmux.git.bases import Base, choose_base, default_base, fetch_base, remote_default
from agentmux.git.repo import Repo, find_repo
from agentmux.git.run import hash_of, programs_of
from tests.support.repo import commit, fingerprint, git, head, make_repo, write


@pytest.fixture
def clone(repo: Repo, tmp_path: Path) -> Repo:
    """A clone of `repo`, which is a commit behind it by now."""
    git(tmp_path, "clone", "-q", str(repo.root), "clone")
    commit(repo.root, "Newer")
    return find_repo(tmp_path / "clone")


def test_the_default_is_fetched(repo: Repo, clone: Repo) -> None:
    assert choose_base(clone) == Base("origin/main", head(repo.root), is_fresh=True)


def test_without_fetching_it_is_the_local_branch(clone: Repo) -> None:
    assert choose_base(clone, "auto", fetch=False) == Base("main", head(clone.root))


def test_when_the_remote_does_not_answer_it_is_the_local_branch(repo: Repo, clone: Repo) -> None:
    repo.root.rename(repo.root.with_name("gone"))
    assert choose_base(clone) == Base("main", head(clone.root))


def test_a_remote_branch_alone_is_enough(clone: Repo) -> None:
    git(clone.root, "checkout", "-q", "-b", "other")
    git(clone.root, "branch", "-qD", "main")
    assert default_base(clone).name == "origin/main"


def test_without_a_remote_main_then_master_then_what_is_there(repo: Repo) -> None:
    git(repo.root, "checkout", "-q", "-b", "work")
    assert choose_base(repo).name == "main"
    git(repo.root, "branch", "-m", "main", "master")
    assert choose_base(repo).name == "master"
    git(repo.root, "branch", "-D", "master")
    assert choose_base(repo).name == "work"


def test_detached_without_a_default_it_is_the_commit(repo: Repo) -> None:
    git(repo.root, "checkout", "-q", "--detach")
    git(repo.root, "branch", "-D", "main")
    here = head(repo.root)
    assert choose_base(repo) == Base(here[:12], here)


def test_nothing_checked_out(repo: Repo) -> None:
    git(repo.root, "branch", "-m", "main", "work")
    git(repo.root, "checkout", "-q", "--orphan", "fresh")
    with pytest.raises(UsageError, match="Nothing is checked out"):
        choose_base(repo)


def test_head_is_that_of_the_worktree_we_stand_in(repo: Repo, worktree: Path) -> None:
    newer = commit(worktree)
    assert choose_base(find_repo(worktree), "head") == Base("agentmux/one", newer)
    assert choose_base(repo, "HEAD").name == "main"


def test_an_expression_is_named_by_its_commit(repo: Repo) -> None:
    first = head(repo.root)
    commit(repo.root)
    assert choose_base(repo, "HEAD~1") == Base(first[:12], first)
    assert choose_base(repo, first[:8]).name == first[:12]


def test_a_tag_and_an_unknown_name(repo: Repo) -> None:
    git(repo.root, "tag", "v1")
    assert choose_base(repo, "v1").name == "v1"
    with pytest.raises(NotFound):
        choose_base(repo, "v9")


def test_a_default_branch_with_another_name(tmp_path: Path) -> None:
    source = make_repo(tmp_path / "source")
    git(source.root, "branch", "-m", "main", "trunk/next")
    git(tmp_path, "clone", "-q", str(source.root), "clone")
    clone = find_repo(tmp_path / "clone")
    assert remote_default(clone) == "trunk/next"
    assert choose_base(clone).name == "origin/trunk/next"


def test_fetching_touches_one_ref_only(repo: Repo, clone: Repo) -> None:
    git(repo.root, "tag", "v2")
    git(clone.root, "config", "fetch.prune", "true")
    git(clone.root, "update-ref", "refs/remotes/origin/old", "HEAD")
    keeps = ("objects/", "refs/remotes/origin/main", "logs/refs/remotes/origin/main")
    before = fingerprint(clone.git_dir, *keeps)
    assert fetch_base(clone, "origin", "main")
    assert fingerprint(clone.git_dir, *keeps) == before
    assert git(clone.root, "rev-parse", "origin/main").strip() == head(repo.root)


def test_a_remote_that_hangs_is_given_up(clone: Repo, tmp_path: Path) -> None:
    hang = write(tmp_path / "hang", "#!/bin/sh\nexec sleep 300\n")
    hang.chmod(0o755)
    git(clone.root, "config", "core.sshCommand", str(hang))
    git(clone.root, "remote", "set-url", "origin", "ssh://example.invalid/x")
    accepted = hash_of(programs_of(clone.root))
    assert not fetch_base(clone, "origin", "main", limit_s=0.5, trusted=accepted)


def test_no_such_remote_or_branch(repo: Repo, clone: Repo) -> None:
    assert not fetch_base(repo, "origin", "main")
    assert not fetch_base(clone, "origin", "none")
    assert not fetch_base(clone, "--upload-pack=touch planted;", "main")
    assert not (clone.root / "planted").exists()
