"""What somebody sees who looks at a worktree."""

from pathlib import Path

import pytest

from agentmux.errors import NotFound
from agentmux.git.summary import summarize
from tests.support.repo import ODD_NAMES, commit, fingerprint, head, make_repo, write


def test_committed_and_uncommitted_work_count_together(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "a", {"app.py": "1\n2\n3\n", "gone.py": "x\n"}).worktree
    base = head(folder)
    write(folder / "app.py", "1\n2\nthree\n")
    commit(folder, "Spell it")
    write(folder / "app.py", "1\n2\nthree\nfour\n")
    (folder / "gone.py").unlink()
    (folder / "image").write_bytes(b"\0\1")
    commit(folder, "Paint it")
    write(folder / "notes/new.md", "-\n")

    assert summarize(folder, base) == [
        "+2 -1  app.py",
        "+0 -1  gone.py",
        "binary  image",
        "new  notes/",
        "commit  Paint it",
        "commit  Spell it",
    ]
    assert summarize(folder) == ["new  notes/"]


def test_without_a_base_that_is_known_it_counts_from_what_is_checked_out(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "a").worktree
    write(folder / "app.py", "")
    assert summarize(folder, "0" * 40) == ["+0 -1  app.py"]


def test_every_name_git_allows_comes_through_and_nothing_is_written(tmp_path: Path) -> None:
    folder = make_repo(tmp_path / "a").worktree
    for name in ODD_NAMES:
        write(folder / name, "x")
    before = fingerprint(folder)
    assert sorted(summarize(folder)) == sorted(f"new  {name}" for name in ODD_NAMES)
    assert fingerprint(folder) == before


def test_a_worktree_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        summarize(tmp_path / "gone")
