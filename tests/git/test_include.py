"""Ignored files a worktree needs: brought in, and never seen by `git status`."""

import os
from pathlib import Path

import pytest

from agentmux.git.include import Brought, copy_included, link_shared
from agentmux.git.repo import Repo
from agentmux.git.worktrees import add_worktree
from tests.support.repo import ODD_NAMES, commit, fingerprint, git, head, status, write


@pytest.fixture
def with_ignores(repo: Repo) -> Repo:
    """A repository that ignores .env, *.key, cache/ and node_modules/."""
    write(repo.root / ".gitignore", ".env\n*.key\ncache/\nnode_modules/\n.worktree*\n")
    commit(repo.root)
    return repo


@pytest.fixture
def target(with_ignores: Repo, tmp_path: Path) -> Path:
    return add_worktree(with_ignores, tmp_path / "two", "two", head(with_ignores.root)).path


def test_without_the_files_nothing_happens(repo: Repo, worktree: Path) -> None:
    assert copy_included(repo, worktree) == Brought()
    assert link_shared(repo, worktree) == Brought()


def test_only_what_matches_and_is_ignored(with_ignores: Repo, target: Path) -> None:
    root = with_ignores.root
    write(root / ".worktreeinclude", "# secrets\n.env\n*.key\n!b.key\napp.py\nnotes\ncache/a/**\n")
    for name in (".env", "a.key", "b.key", "sub/c.key", "notes", "cache/a/x/y", "cache/b", "d.txt"):
        write(root / name, name)
    brought = copy_included(with_ignores, target)
    assert brought == Brought((".env", "a.key", "cache/a/x/y", "sub/c.key"))
    for name in brought.paths:
        assert (target / name).read_text() == name
    assert status(target) == []
    assert (target / "app.py").read_text() == "print('hello')\n"


def test_a_second_time_overwrites_nothing(with_ignores: Repo, target: Path) -> None:
    write(with_ignores.root / ".worktreeinclude", ".env\n")
    write(with_ignores.root / ".env", "main")
    copy_included(with_ignores, target)
    write(target / ".env", "mine")
    assert copy_included(with_ignores, target) == Brought((), ((".env", "exists already"),))
    assert (target / ".env").read_text() == "mine"


def test_what_an_older_base_does_not_ignore_stays_out(with_ignores: Repo, tmp_path: Path) -> None:
    write(with_ignores.root / ".worktreeinclude", ".env\n")
    write(with_ignores.root / ".env", "secret")
    older = git(with_ignores.root, "rev-parse", "HEAD~1").strip()
    place = add_worktree(with_ignores, tmp_path / "old", "old", older).path
    assert copy_included(with_ignores, place).skipped == ((".env", "would show as untracked"),)
    assert status(place) == []


def test_odd_names_links_and_fifos(with_ignores: Repo, target: Path) -> None:
    root = with_ignores.root
    write(root / ".worktreeinclude", "cache/\n")
    write(root / ".git/info/exclude", "cache\n")
    for name in ODD_NAMES:
        write(root / "cache" / name, name)
    (root / "cache/link").symlink_to("../app.py")
    os.mkfifo(root / "cache/fifo")
    brought = copy_included(with_ignores, target)
    assert set(brought.paths) == {f"cache/{name}" for name in (*ODD_NAMES, "link")}
    assert (target / "cache/link").is_symlink()


def test_odd_names_at_the_top(with_ignores: Repo, target: Path) -> None:
    write(with_ignores.root / ".worktreeinclude", "*.key\n")
    for name in ODD_NAMES:
        write(with_ignores.root / f"{name}.key", name)
    assert len(copy_included(with_ignores, target).paths) == len(ODD_NAMES)


@pytest.mark.parametrize("make", ["fifo", "link"])
def test_a_pattern_file_that_is_none(with_ignores: Repo, target: Path, make: str) -> None:
    file = with_ignores.root / ".worktreeinclude"
    write(with_ignores.root / ".env", "x")
    if make == "fifo":
        os.mkfifo(file)
    else:
        file.symlink_to(write(with_ignores.root.parent / "patterns", ".env\n"))
    assert copy_included(with_ignores, target) == Brought()


def test_a_folder_becomes_one_link_that_status_does_not_show(
    with_ignores: Repo, target: Path
) -> None:
    root = with_ignores.root
    write(root / ".worktreelink", "node_modules/\n*.key\n")
    write(root / "node_modules/left-pad/index.js", "x")
    write(root / "a.key", "k")
    before = fingerprint(root, ".git/")
    assert link_shared(with_ignores, target) == Brought(("a.key", "node_modules"))
    assert (target / "node_modules").readlink() == root / "node_modules"
    assert status(target) == []
    assert status(root) == []
    assert fingerprint(root, ".git/") == before
    excluded = (root / ".git/info/exclude").read_text().splitlines()
    assert excluded[-2:] == ["# agentmux: links made for .worktreelink", "/node_modules"]


def test_links_again_and_for_the_next_worktree(
    with_ignores: Repo, target: Path, tmp_path: Path
) -> None:
    root = with_ignores.root
    write(root / ".worktreelink", "node_modules/\n")
    write(root / "node_modules/x", "x")
    write(root / ".git/info/exclude", "no newline at the end")
    first = link_shared(with_ignores, target)
    excluded = (root / ".git/info/exclude").read_bytes()
    assert link_shared(with_ignores, target) == first
    other = add_worktree(with_ignores, tmp_path / "three", "three", head(root)).path
    assert link_shared(with_ignores, other) == first
    assert (root / ".git/info/exclude").read_bytes() == excluded
    assert excluded.startswith(b"no newline at the end\n# agentmux")


def test_a_path_the_repository_un_ignores_is_not_linked(repo: Repo, tmp_path: Path) -> None:
    write(repo.root / ".gitignore", "!deps\ndeps/\n")
    write(repo.root / ".git/info/exclude", "mine\n")
    commit(repo.root)
    write(repo.root / ".worktreelink", "deps/\n")
    write(repo.root / "deps/x", "x")
    place = add_worktree(repo, tmp_path / "two", "two", head(repo.root)).path
    brought = link_shared(repo, place)
    assert brought == Brought((), (("deps", "would show as untracked"),))
    assert status(place) == []
    assert (repo.root / ".git/info/exclude").read_text() == "mine\n"


@pytest.mark.parametrize("name", [n for n in ODD_NAMES if "\n" not in n] + ["end ", "!x", "#y"])
def test_odd_folders_are_linked(with_ignores: Repo, target: Path, name: str) -> None:
    root = with_ignores.root
    write(root / "cache-of" / name / "node_modules/x", "x")
    write(root / ".worktreelink", "node_modules/\n")
    assert link_shared(with_ignores, target).paths == (f"cache-of/{name}/node_modules",)
    assert status(target) == []


def test_a_name_no_exclude_line_can_say_is_not_linked(with_ignores: Repo, target: Path) -> None:
    write(with_ignores.root / "a\nb/node_modules/x", "x")
    write(with_ignores.root / ".worktreelink", "node_modules/\n")
    brought = link_shared(with_ignores, target)
    assert brought.skipped == (("a\nb/node_modules", "would show as untracked"),)
    assert status(target) == []
