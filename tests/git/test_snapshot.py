"""What a removed session held can be had back, and keeping it touched nothing of the person's."""

import shutil
from pathlib import Path

import pytest

from agentmux.git.repo import Repo
from agentmux.git.snapshot import REMOVED, Kept, keep, keep_branch
from agentmux.git.worktrees import remove_worktree
from tests.support.repo import ODD_NAMES, commit, fingerprint, git, head, status, write

REF = f"{REMOVED}s7"


def make_work(folder: Path) -> None:
    write(folder / "app.py", "edited\n")
    write(folder / "staged", "staged\n")
    git(folder, "add", "staged")
    (folder / "tool").symlink_to("app.py")
    for name in ODD_NAMES:
        write(folder / name / name, name).chmod(0o755)
    (folder / "data").write_bytes(bytes(range(256)))


def test_all_of_it_comes_back(repo: Repo, worktree: Path, tmp_path: Path) -> None:
    make_work(worktree)
    before = fingerprint(worktree, ".git/")
    kept = keep(worktree, REF)
    remove_worktree(repo, worktree, branch="agentmux/one")
    git(repo.root, "gc", "-q", "--prune=now")
    git(repo.root, "worktree", "add", "-q", str(tmp_path / "back"), kept.ref)
    assert fingerprint(tmp_path / "back", ".git/") == before
    assert (tmp_path / "back" / ODD_NAMES[0] / ODD_NAMES[0]).stat().st_mode & 0o100
    assert (kept.left_out, kept.nested) == ((), ())


def test_nothing_of_the_persons_is_touched(repo: Repo, worktree: Path) -> None:
    make_work(worktree)
    (worktree / "app.py").chmod(0o755)
    ours = ("objects/", "refs/agentmux/")
    before = fingerprint(repo.git_dir, *ours)
    files = fingerprint(worktree)
    keep(worktree, REF)
    assert fingerprint(repo.git_dir, *ours) == before
    assert fingerprint(worktree) == files


def test_head_is_the_parent_so_its_commits_are_kept(repo: Repo, worktree: Path) -> None:
    git(worktree, "checkout", "-q", "--detach")
    loose = commit(worktree, "Loose")
    kept = keep(worktree, REF)
    assert git(repo.root, "rev-parse", f"{kept.commit}^1").strip() == loose


def test_the_branch_comes_along_when_something_else_is_checked_out(
    repo: Repo, worktree: Path
) -> None:
    lone = commit(worktree, "On the branch")
    git(worktree, "checkout", "-q", "--detach", "main")
    kept = keep(worktree, REF, branch="agentmux/one")
    assert keep(worktree, REF, branch="agentmux/one") == kept
    assert remove_worktree(repo, worktree, branch="agentmux/one")
    assert lone in git(repo.root, "rev-list", kept.ref)


def test_a_branch_whose_worktree_is_gone(repo: Repo, worktree: Path) -> None:
    write(worktree / "new", "uncommitted")
    first = keep(worktree, REF)
    tip = commit(worktree, "Committed later")
    shutil.rmtree(worktree)
    kept = keep_branch(repo, REF, "agentmux/one")
    assert kept and keep_branch(repo, REF, "agentmux/one") == kept
    assert git(repo.root, "rev-parse", f"{REF}^@").split() == [tip, first.commit]
    assert keep_branch(repo, f"{REMOVED}s8", "agentmux/one") == Kept(f"{REMOVED}s8", tip)
    assert keep_branch(repo, f"{REMOVED}s9", "agentmux/none") is None


def test_a_third_version_in_the_index_is_kept_too(repo: Repo, worktree: Path) -> None:
    write(worktree / "app.py", "staged\n")
    git(worktree, "add", "app.py")
    write(worktree / "app.py", "edited\n")
    kept = keep(worktree, REF)
    assert git(repo.root, "show", f"{kept.ref}:app.py") == "edited\n"
    assert git(repo.root, "show", f"{kept.ref}^2:app.py") == "staged\n"


def test_again_is_the_same_and_later_keeps_both(repo: Repo, worktree: Path) -> None:
    write(worktree / "app.py", "one\n")
    first = keep(worktree, REF)
    assert keep(worktree, REF) == first
    write(worktree / "app.py", "two\n")
    second = keep(worktree, REF)
    parents = git(repo.root, "rev-parse", f"{second.commit}^@").split()
    assert parents == [head(worktree), first.commit]


def test_without_any_identity_and_while_signing_is_on(
    repo: Repo, worktree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME")
        monkeypatch.delenv(f"GIT_{name}_EMAIL")
    git(repo.root, "config", "user.useConfigOnly", "true")
    git(repo.root, "config", "commit.gpgSign", "true")
    kept = keep(worktree, REF)
    assert git(repo.root, "log", "-1", "--format=%an <%ae>", kept.ref).strip() == (
        "agentmux <agentmux@localhost>"
    )


def test_before_the_first_commit(repo: Repo, worktree: Path) -> None:
    git(worktree, "checkout", "-q", "--orphan", "fresh")
    write(worktree / "new", "x")
    kept = keep(worktree, REF)
    assert head(repo.root) not in git(repo.root, "rev-list", kept.ref)
    assert git(repo.root, "show", f"{kept.ref}:new") == "x"


def test_a_large_file(repo: Repo, worktree: Path) -> None:
    git(repo.root, "config", "core.bigFileThreshold", "1m")
    (worktree / "large").write_bytes(b"\0" * (8 << 20))
    kept = keep(worktree, REF)
    assert git(repo.root, "cat-file", "-s", f"{kept.ref}:large").strip() == str(8 << 20)


def test_what_is_kept_comes_back_as_a_worktree(repo: Repo, worktree: Path, tmp_path: Path) -> None:
    write(worktree / "app.py", "edited\n")
    kept = keep(worktree, REF)
    remove_worktree(repo, worktree, branch="agentmux/one")
    back = tmp_path / "back"
    git(repo.root, "worktree", "add", "-b", "agentmux/one", str(back), kept.ref)
    assert (back / "app.py").read_text() == "edited\n"
    assert status(back) == []
