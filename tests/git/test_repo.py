"""Which repository we stand in: the main one, from anywhere inside, or one sentence why not."""

import os
from pathlib import Path

import pytest

from agentmux.errors import AgentmuxError, GitError, NotFound, UsageError
from agentmux.git.repo import Repo, find_commit, find_repo, ref_names, resolve_commit
from tests.support.repo import git, head, make_repo


def test_from_the_root_and_from_a_folder_inside(repo: Repo) -> None:
    (repo.root / "src").mkdir()
    assert find_repo(repo.root / "src") == repo
    assert (repo.root, repo.git_dir) == (repo.root.resolve(), repo.root / ".git")
    assert repo.name == "shop"


def test_from_a_linked_worktree_it_is_the_main_repository(repo: Repo, worktree: Path) -> None:
    found = find_repo(worktree)
    assert (found.root, found.git_dir, found.worktree) == (repo.root, repo.git_dir, worktree)


def test_from_inside_the_git_directory(repo: Repo) -> None:
    assert find_repo(repo.git_dir) == repo
    assert find_repo(repo.git_dir / "refs") == repo


def test_a_relative_folder(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.root)
    assert find_repo(Path(".")) == repo


@pytest.mark.parametrize(
    "name", ["with space", "new\nline", "-dash", os.fsdecode(b"\xff"), "$HOME"]
)
def test_odd_names(tmp_path: Path, name: str) -> None:
    made = make_repo(tmp_path / name)
    assert made.root == tmp_path.resolve() / name
    assert ref_names(made) == ("main",)


def test_a_submodule_and_its_worktree(repo: Repo, tmp_path: Path) -> None:
    part = make_repo(tmp_path / "part")
    git(repo.root, "-c", "protocol.file.allow=always", "submodule", "add", str(part.root), "part")
    inner = find_repo(repo.root / "part")
    assert inner.root == repo.root / "part"
    git(inner.root, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert find_repo(tmp_path / "linked").root == inner.root


def test_a_git_directory_elsewhere_is_found_only_from_its_checkout(tmp_path: Path) -> None:
    made = make_repo(tmp_path / "here", None, f"--separate-git-dir={tmp_path / 'there'}")
    assert (made.root, made.git_dir) == (tmp_path / "here", tmp_path / "there")
    git(made.root, "worktree", "add", "-q", str(tmp_path / "linked"))
    with pytest.raises(UsageError, match="cannot be told"):
        find_repo(tmp_path / "linked")


def refusal(folder: Path) -> AgentmuxError:
    with pytest.raises(AgentmuxError) as refused:
        find_repo(folder)
    assert refused.value.hint
    return refused.value


def test_not_a_repository(tmp_path: Path) -> None:
    assert refusal(tmp_path).message == f"{tmp_path} is not in a git repository."
    assert isinstance(refusal(tmp_path), UsageError)


def test_no_such_folder(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path / "none"), NotFound)


def test_bare(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "b.git")
    assert "is bare" in refusal(tmp_path / "b.git").message


def test_no_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "new")
    assert "has no commits yet" in refusal(tmp_path / "new").message


def test_an_unborn_branch_beside_others_is_no_obstacle(repo: Repo) -> None:
    git(repo.root, "checkout", "-q", "--orphan", "fresh")
    assert find_repo(repo.root) == repo


def test_a_repository_that_git_cannot_read(repo: Repo) -> None:
    (repo.git_dir / "config").write_text("[core\n")
    with pytest.raises(GitError, match="bad config"):
        find_repo(repo.root)


def test_commits_by_branch_tag_hash_and_expression(repo: Repo) -> None:
    git(repo.root, "tag", "v1", "-m", "one")
    here = head(repo.root)
    for name in ("main", "v1", here[:8], "HEAD", "main^{/Change}"):
        assert resolve_commit(repo, name) == here


@pytest.mark.parametrize("name", ["", "-all", "--all", "a\0b", "main:app.py", "no/where", "a b"])
def test_what_is_no_commit(repo: Repo, name: str) -> None:
    assert find_commit(repo.root, name) is None
    with pytest.raises(NotFound):
        resolve_commit(repo, name)


def test_an_unknown_name_gets_the_nearest_one(repo: Repo) -> None:
    git(repo.root, "branch", "feature/search")
    with pytest.raises(NotFound) as refused:
        resolve_commit(repo, "feature/serach")
    assert refused.value.hint == "The nearest name is “feature/search”."


def test_names_of_all_refs(repo: Repo, tmp_path: Path) -> None:
    git(repo.root, "branch", "b")
    git(repo.root, "tag", "v1")
    git(tmp_path, "clone", "-q", str(repo.root), "clone")
    clone = find_repo(tmp_path / "clone")
    assert set(ref_names(clone)) == {"main", "v1", "origin/HEAD", "origin/b", "origin/main"}


def test_reading_names_starts_no_process(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert ref_names(repo) == ("main",)


def test_sha256(tmp_path: Path) -> None:
    made = make_repo(tmp_path / "new", None, "--object-format=sha256")
    assert len(resolve_commit(made, "main")) == 64
    assert ref_names(made) == ("main",)
