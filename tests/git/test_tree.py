"""The content of a worktree as a tree: what `git add -A` would store, and what it would not."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.errors import GitError
from agentmux.git.repo import Repo
from agentmux.git.tree import Tree, write_tree
from tests.support.repo import ODD_NAMES, commit, fingerprint, git, make_repo, write


def added(folder: Path) -> str:
    """The tree that `git add -A` makes, through an index of its own."""
    copy = folder.parent / "reference-index"
    own = git(folder, "rev-parse", "--path-format=absolute", "--git-path", "index").rstrip("\n")
    shutil.copy2(own, copy)
    os.environ["GIT_INDEX_FILE"] = str(copy)
    try:
        git(folder, "add", "-A")
        return git(folder, "write-tree").strip()
    finally:
        del os.environ["GIT_INDEX_FILE"]


def names(folder: Path, tree: str) -> set[str]:
    return set(git(folder, "ls-tree", "-r", "-z", "--name-only", tree).split("\0")) - {""}


def edited(root: Path) -> None:
    write(root / "app.py", "other\n")
    write(root / "new/file", "new\n")


def staged_and_edited(root: Path) -> None:
    write(root / "app.py", "staged\n")
    git(root, "add", "app.py")
    write(root / "app.py", "then edited\n")


def deleted(root: Path) -> None:
    (root / "app.py").unlink()


def all_deleted_but_one_new(root: Path) -> None:
    git(root, "rm", "-q", "app.py")
    write(root / "b", "")


def untracked_again(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "app.py")


def renamed_and_run(root: Path) -> None:
    git(root, "mv", "app.py", "run.py")
    (root / "run.py").chmod(0o755)


def file_to_folder(root: Path) -> None:
    (root / "app.py").unlink()
    write(root / "app.py/inner", "")


def link(root: Path) -> None:
    (root / "link").symlink_to("app.py")
    (root / "dangling").symlink_to(os.fsdecode(b"no\xff"))


def odd_names(root: Path) -> None:
    for name in ODD_NAMES:
        write(root / name / name, name)


def intent_to_add(root: Path) -> None:
    write(root / "later", "x")
    git(root, "add", "-N", "later")


def line_ends(root: Path) -> None:
    write(root / ".gitattributes", "* text=auto eol=crlf\r\n")
    write(root / "crlf.txt", "a\r\nb\r\n")


def ignored(root: Path) -> None:
    write(root / ".gitignore", "*.log\n")
    write(root / "a.log", "")
    write(root / "b.txt", "")


def split_index(root: Path) -> None:
    git(root, "update-index", "--split-index")
    write(root / "app.py", "other\n")


def binary(root: Path) -> None:
    (root / "data").write_bytes(bytes(range(256)) * 1000)


STATES = [
    edited,
    staged_and_edited,
    deleted,
    all_deleted_but_one_new,
    untracked_again,
    renamed_and_run,
    file_to_folder,
    link,
    odd_names,
    intent_to_add,
    line_ends,
    ignored,
    split_index,
    binary,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_it_is_the_tree_of_git_add(repo: Repo, state: Callable[[Path], None]) -> None:
    state(repo.root)
    expected = added(repo.root)
    before = fingerprint(repo.git_dir, "objects/", "sharedindex")
    content = write_tree(repo.root)
    assert content.tree == expected
    assert (content.left_out, content.nested) == ((), ())
    assert fingerprint(repo.git_dir, "objects/", "sharedindex") == before


def test_sha256(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "new", None, "--object-format=sha256")
    edited(repo.root)
    assert write_tree(repo.root).tree == added(repo.root)


def test_what_is_staged_is_told_apart(repo: Repo) -> None:
    staged_and_edited(repo.root)
    content = write_tree(repo.root)
    assert git(repo.root, "show", f"{content.staged}:app.py") == "staged\n"
    assert git(repo.root, "show", f"{content.tree}:app.py") == "then edited\n"


def test_conflicts_are_stored_as_they_lie_there(repo: Repo) -> None:
    git(repo.root, "checkout", "-q", "-b", "side")
    write(repo.root / "app.py", "side\n")
    commit(repo.root)
    git(repo.root, "checkout", "-q", "main")
    write(repo.root / "app.py", "main\n")
    commit(repo.root)
    with pytest.raises(AssertionError):
        git(repo.root, "merge", "side")
    content = write_tree(repo.root)
    assert content.staged is None
    assert "<<<<<<<" in git(repo.root, "show", f"{content.tree}:app.py")


def test_files_hidden_from_status_are_stored(repo: Repo) -> None:
    for name in ("assumed", "skipped"):
        write(repo.root / name, "old\n")
    commit(repo.root)
    git(repo.root, "update-index", "--assume-unchanged", "assumed")
    git(repo.root, "update-index", "--skip-worktree", "skipped")
    for name in ("assumed", "skipped"):
        write(repo.root / name, "new work\n")
    content = write_tree(repo.root)
    for name in ("assumed", "skipped"):
        assert git(repo.root, "show", f"{content.tree}:{name}") == "new work\n"


def test_what_a_sparse_checkout_left_out_is_not_deleted(repo: Repo) -> None:
    write(repo.root / "far/file", "")
    write(repo.root / "near/file", "")
    commit(repo.root)
    git(repo.root, "sparse-checkout", "set", "--cone", "--sparse-index", "near")
    write(repo.root / "near/new", "")
    found = names(repo.root, write_tree(repo.root).tree)
    assert found == {"app.py", "far/file", "near/file", "near/new"}


def test_inner_repositories_are_stored_as_files(repo: Repo) -> None:
    inner = make_repo(repo.root / "inner", {'a"\n\\b': "x", "c": "y"})
    write(inner.root / "new", "z")
    (inner.root / "link").symlink_to("c")
    git(repo.root, "init", "-q", "empty")
    write(repo.root / "empty/file", "")
    content = write_tree(repo.root)
    assert content.nested == ("empty", "inner")
    assert names(repo.root, content.tree) == {
        "app.py",
        "empty/file",
        "inner/c",
        'inner/a"\n\\b',
        "inner/link",
        "inner/new",
    }
    assert names(repo.root, write_tree(repo.root, nested=False).tree) == {"app.py"}


def test_a_submodule_is_stored_as_files_once_it_differs(repo: Repo, tmp_path: Path) -> None:
    part = make_repo(tmp_path / "part")
    git(repo.root, "-c", "protocol.file.allow=always", "submodule", "add", str(part.root), "part")
    commit(repo.root)
    clean = write_tree(repo.root)
    assert clean.nested == ()
    assert "part" in names(repo.root, clean.tree)
    commit(repo.root / "part", "Only here")
    moved = write_tree(repo.root)
    assert moved.nested == ("part",)
    assert "part/app.py" in names(repo.root, moved.tree)


def test_one_file_that_git_cannot_take_does_not_cost_the_others(repo: Repo) -> None:
    write(repo.root / ".gitattributes", "*.u16 working-tree-encoding=UTF-16\n")
    (repo.root / "bad.u16").write_bytes(b"\xff\xfea")
    for number in range(5):
        write(repo.root / f"good{number}", "x")
    content = write_tree(repo.root)
    assert content.left_out == ()
    assert {f"good{n}" for n in range(5)} < names(repo.root, content.tree)
    blob = git(repo.root, "cat-file", "blob", f"{content.tree}:bad.u16")
    assert os.fsencode(blob) == b"\xff\xfea"


def test_a_file_under_a_required_filter_is_stored_as_it_is(repo: Repo) -> None:
    git(repo.root, "config", "filter.box.clean", "false")
    git(repo.root, "config", "filter.box.required", "true")
    write(repo.root / ".gitattributes", "*.bin filter=box\n")
    write(repo.root / "a.bin", "raw")
    assert git(repo.root, "show", f"{write_tree(repo.root).tree}:a.bin") == "raw"


def test_fifos_are_left_aside(repo: Repo) -> None:
    os.mkfifo(repo.root / "fifo")
    inner = make_repo(repo.root / "inner")
    os.mkfifo(inner.root / "app.py.fifo")
    git(inner.root, "rm", "-q", "--cached", "app.py")
    (inner.root / "app.py").unlink()
    git(inner.root, "update-index", "--add", "--cacheinfo", f"100644,{'1' * 40},pipe")
    os.mkfifo(inner.root / "pipe")
    content = write_tree(repo.root)
    assert names(repo.root, content.tree) == {"app.py"}
    assert content.left_out == ("inner/pipe",)


def test_a_held_lock_is_no_obstacle(repo: Repo) -> None:
    write(repo.git_dir / "index.lock", "")
    edited(repo.root)
    assert "new/file" in names(repo.root, write_tree(repo.root).tree)


def test_a_checkout_without_its_git_file(worktree: Path) -> None:
    (worktree / ".git").unlink()
    with pytest.raises(GitError, match="missing"):
        write_tree(worktree)


def test_nothing_new(repo: Repo) -> None:
    tree = git(repo.root, "rev-parse", "HEAD^{tree}").strip()
    assert write_tree(repo.root) == Tree(tree, tree)
