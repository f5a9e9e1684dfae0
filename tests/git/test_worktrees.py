"""Worktrees: one each, however often the making was killed; never somebody else's."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.errors import GitError
from agentmux.git.repo import Repo
from agentmux.git.worktrees import (
    Worktree,
    add_worktree,
    find_worktree,
    list_worktrees,
    parse_worktrees,
    remove_worktree,
)
from tests.support.repo import ODD_NAMES, commit, fingerprint, git, head, make_repo, status, write

BRANCH = "agentmux/two"

LISTING = (
    b"worktree /r\0HEAD 1111\0branch refs/heads/main\0\0"
    b"worktree /w/a\nb\xff\0HEAD 2222\0detached\0locked\0\0"
    b"worktree /w/c\0HEAD 0000000000\0branch refs/heads/x/y\0locked on a disk\0"
    b"prunable gitdir file points to non-existent location\0\0"
    b"worktree /bare\0bare\0\0"
)


def test_porcelain_in_worktrees_out() -> None:
    assert parse_worktrees(LISTING) == (
        Worktree(Path("/r"), "1111", "main"),
        Worktree(Path(os.fsdecode(b"/w/a\nb\xff")), "2222", locked=""),
        Worktree(
            Path("/w/c"),
            branch="x/y",
            locked="on a disk",
            prunable="gitdir file points to non-existent location",
        ),
        Worktree(Path("/bare"), is_bare=True),
    )


def test_porcelain_of_a_git_without_z() -> None:
    text = b"worktree /r\nHEAD 1111\nbranch refs/heads/main\n\nworktree /w\nHEAD 22\ndetached\n\n"
    assert parse_worktrees(text, b"\n") == (
        Worktree(Path("/r"), "1111", "main"),
        Worktree(Path("/w"), "22"),
    )


def test_one_is_added_on_a_new_branch(repo: Repo, tmp_path: Path) -> None:
    start = head(repo.root)
    made = add_worktree(repo, tmp_path / "w/two", BRANCH, start)
    assert made == Worktree(tmp_path / "w/two", start, BRANCH)
    assert list_worktrees(repo)[1:] == (made,)
    assert status(made.path) == []


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_paths(repo: Repo, tmp_path: Path, name: str) -> None:
    made = add_worktree(repo, tmp_path / name / name, BRANCH, head(repo.root))
    assert made.path == tmp_path / name / name
    assert remove_worktree(repo, made.path, branch=BRANCH)
    assert len(list_worktrees(repo)) == 1


def test_an_older_start_and_sha256(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "new", None, "--object-format=sha256")
    first = head(repo.root)
    commit(repo.root)
    assert add_worktree(repo, tmp_path / "two", BRANCH, first).head == first


def test_a_second_time_is_no_second_worktree(repo: Repo, tmp_path: Path) -> None:
    start = head(repo.root)
    first = add_worktree(repo, tmp_path / "two", BRANCH, start)
    write(first.path / "work", "kept")
    assert add_worktree(repo, tmp_path / "two", BRANCH, start) == first
    newer = commit(first.path)
    assert add_worktree(repo, tmp_path / "two", BRANCH, start).head == newer
    assert (first.path / "work").exists()


# Half-made states, in the order in which `git worktree add` passes through them.


def branch_only(repo: Repo, _: Path) -> None:
    git(repo.root, "branch", BRANCH)


def registered_nowhere(repo: Repo, _: Path) -> None:
    branch_only(repo, _)
    write(repo.git_dir / "worktrees/two/locked", "initializing")


def registered_without_mark(repo: Repo, _: Path) -> None:
    branch_only(repo, _)
    (repo.git_dir / "worktrees/two").mkdir(parents=True)


def registered(repo: Repo, place: Path) -> None:
    registered_nowhere(repo, place)
    place.mkdir()
    write(repo.git_dir / "worktrees/two/gitdir", f"{place}/.git\n")


def linked_back(repo: Repo, place: Path) -> None:
    registered(repo, place)
    write(place / ".git", f"gitdir: {repo.git_dir}/worktrees/two\n")
    write(repo.git_dir / "worktrees/two/HEAD", "0" * 40 + "\n")
    write(repo.git_dir / "worktrees/two/commondir", "../..\n")


def breaking_the_list(repo: Repo, place: Path) -> None:
    linked_back(repo, place)
    write(repo.git_dir / "worktrees/two/commondir", "")


def on_its_branch(repo: Repo, place: Path) -> None:
    linked_back(repo, place)
    write(repo.git_dir / "worktrees/two/HEAD", f"ref: refs/heads/{BRANCH}\n")


def half_checked_out(repo: Repo, place: Path) -> None:
    on_its_branch(repo, place)
    write(repo.git_dir / "worktrees/two/index.lock", "")
    write(place / "app.py", "pri")


def without_folder(repo: Repo, place: Path) -> None:
    on_its_branch(repo, place)
    shutil.rmtree(place)


def removed_by_hand(repo: Repo, place: Path) -> None:
    add_worktree(repo, place, BRANCH, head(repo.root))
    shutil.rmtree(place)


def empty_folder(_: Repo, place: Path) -> None:
    place.mkdir()


HALVES = [
    branch_only,
    registered_nowhere,
    registered_without_mark,
    registered,
    linked_back,
    breaking_the_list,
    on_its_branch,
    half_checked_out,
    without_folder,
    removed_by_hand,
    empty_folder,
]


@pytest.mark.parametrize("leave", HALVES, ids=lambda half: half.__name__)
def test_a_killed_try_is_finished(
    repo: Repo, tmp_path: Path, leave: Callable[[Repo, Path], None]
) -> None:
    place = tmp_path / "two"
    leave(repo, place)
    made = add_worktree(repo, place, BRANCH, head(repo.root))
    assert made == Worktree(place, head(repo.root), BRANCH)
    assert (place / "app.py").read_text() == "print('hello')\n"
    assert status(place) == []
    assert [entry.name for entry in (repo.git_dir / "worktrees").iterdir()] == ["two"]
    assert git(repo.root, "branch", "--format=%(refname:short)").split() == [BRANCH, "main"]


@pytest.mark.parametrize("leave", HALVES, ids=lambda half: half.__name__)
def test_a_killed_try_is_removed(
    repo: Repo, tmp_path: Path, leave: Callable[[Repo, Path], None]
) -> None:
    place = tmp_path / "two"
    leave(repo, place)
    assert remove_worktree(repo, place, branch=BRANCH)
    assert remove_worktree(repo, place, branch=BRANCH)
    assert not place.exists()
    assert not any((repo.git_dir / "worktrees").glob("*"))
    assert git(repo.root, "branch", "--format=%(refname:short)").split() == ["main"]


@pytest.mark.parametrize("at", ["branch", "symbolic", "reset", "checked-out"])
def test_killed_for_real(
    repo: Repo, tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for git kills itself and its parents' work at a chosen step of the real one."""
    real = shutil.which("git")
    assert real
    hooks = tmp_path / "hooks"
    log = tmp_path / "steps"
    steps = {
        "branch": f'case "$*" in *"worktree add"*) kill -9 $$;; esac; exec "{real}" "$@"',
        "symbolic": f'case "$*" in *"worktree add"*) "{real}" "$@" & '
        f"while [ ! -e '{repo.git_dir}/worktrees/two/HEAD' ]; do :; done; "
        f'kill -9 $!; kill -9 $$;; esac; exec "{real}" "$@"',
        "reset": f'case "$*" in *"worktree add"*) "{real}" "$@" & '
        f"while [ ! -e '{tmp_path}/two/.git' ]; do :; done; "
        f'kill -9 $!; kill -9 $$;; esac; exec "{real}" "$@"',
        "checked-out": f'case "$*" in *"worktree add"*) "{real}" "$@" & '
        f"while [ ! -e '{tmp_path}/two/app.py' ]; do :; done; "
        f'kill -9 $!; kill -9 $$;; esac; exec "{real}" "$@"',
    }
    stand_in = write(hooks / "git", f"#!/bin/sh\necho \"$*\" >> '{log}'\n{steps[at]}\n")
    stand_in.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{hooks}:{os.environ['PATH']}")
        # Not through add_worktree: that would tidy up, and a killed leader does not.
        subprocess.run(
            [str(stand_in), "-C", str(repo.root), "branch", BRANCH], check=True, env=os.environ
        )
        argv = ["-C", str(repo.root), "worktree", "add", "-q", str(tmp_path / "two"), BRANCH]
        ended = subprocess.run([str(stand_in), *argv], check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    made = add_worktree(repo, tmp_path / "two", BRANCH, head(repo.root))
    assert status(made.path) == []
    assert len(list_worktrees(repo)) == 2


def refused(repo: Repo, path: Path, branch: str = BRANCH, start: str | None = None) -> str:
    """Message of the refusal; checks that nothing was changed."""
    around = fingerprint(repo.root.parent)
    with pytest.raises(GitError) as error:
        add_worktree(repo, path, branch, start or head(repo.root))
    assert fingerprint(repo.root.parent) == around
    return error.value.message


def test_somebody_elses_things_stay(repo: Repo, worktree: Path, tmp_path: Path) -> None:
    write(tmp_path / "full/file", "")
    write(tmp_path / "file", "")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("full", "file", "link"):
        assert "There is already something at" in refused(repo, tmp_path / name)
    assert "is checked out in" in refused(repo, tmp_path / "new", "agentmux/one")
    assert "is checked out in" in refused(repo, tmp_path / "new", "main")
    assert "is a worktree already, on branch agentmux/one" in refused(repo, worktree)
    git(worktree, "checkout", "-q", "--detach")
    assert "on no branch" in refused(repo, worktree)


def test_a_branch_with_other_commits_stays(repo: Repo, tmp_path: Path) -> None:
    git(repo.root, "branch", BRANCH)
    newer = commit(repo.root)
    assert "exists already" in refused(repo, tmp_path / "two", start=newer)


def test_a_lock_of_the_persons_holds(repo: Repo, worktree: Path) -> None:
    git(repo.root, "worktree", "lock", "--reason", "on a stick", str(worktree))
    worktree.rename(worktree.with_name("away"))
    assert "is locked: on a stick" in refused(repo, worktree, "agentmux/one-2")


def test_a_failure_leaves_neither_worktree_nor_branch(repo: Repo, tmp_path: Path) -> None:
    write(tmp_path / "file", "")
    with pytest.raises(GitError, match="could not make the worktree"):
        add_worktree(repo, tmp_path / "file/two", BRANCH, head(repo.root))
    assert git(repo.root, "branch", "--format=%(refname:short)").split() == ["main"]
    assert len(list_worktrees(repo)) == 1


def test_removing_takes_files_registration_and_branch(repo: Repo, worktree: Path) -> None:
    write(worktree / "new", "")
    git(repo.root, "worktree", "lock", str(worktree))
    assert remove_worktree(repo, worktree, branch="agentmux/one")
    assert not worktree.exists()
    assert find_worktree(repo, worktree) is None
    assert "agentmux/one" not in git(repo.root, "branch")


def test_removing_can_keep_the_branch(repo: Repo, worktree: Path) -> None:
    assert remove_worktree(repo, worktree)
    assert "agentmux/one" in git(repo.root, "branch")


def test_a_branch_checked_out_elsewhere_stays(repo: Repo, worktree: Path) -> None:
    git(worktree, "checkout", "-q", "--detach")
    git(repo.root, "checkout", "-q", "agentmux/one")
    assert not remove_worktree(repo, worktree, branch="agentmux/one")
    assert "agentmux/one" in git(repo.root, "branch")


def test_other_worktrees_whose_disk_is_away_are_not_forgotten(
    repo: Repo, worktree: Path, tmp_path: Path
) -> None:
    other = add_worktree(repo, tmp_path / "stick", "stick", head(repo.root)).path
    other.rename(tmp_path / "away")
    remove_worktree(repo, worktree)
    assert find_worktree(repo, other)


def test_an_inner_repository_and_a_submodule_are_no_obstacle(
    repo: Repo, worktree: Path, tmp_path: Path
) -> None:
    part = make_repo(tmp_path / "part")
    make_repo(worktree / "inner")
    git(worktree, "-c", "protocol.file.allow=always", "submodule", "add", str(part.root), "part")
    assert remove_worktree(repo, worktree, branch="agentmux/one")
    assert not worktree.exists()


def test_what_is_no_worktree_is_not_removed(repo: Repo, worktree: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other/file", "").parent
    (worktree / ".git").unlink()
    make_repo(worktree)
    for folder in (other, repo.root, worktree):
        with pytest.raises(GitError, match="is not a worktree"):
            remove_worktree(repo, folder)
        assert any(folder.iterdir())
