"""The size of a checkout is that of the files in HEAD."""

from pathlib import Path

from agentmux.git.repo import Repo, find_repo
from agentmux.git.size import checkout_bytes
from tests.support.repo import ODD_NAMES, commit, git, make_repo, write


def test_all_files_count_whatever_they_are_called(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "odd", dict.fromkeys(ODD_NAMES, "1234"))
    assert checkout_bytes(repo) == 4 * len(ODD_NAMES)


def test_uncommitted_files_do_not(repo: Repo) -> None:
    before = checkout_bytes(repo)
    write(repo.root / "big.bin", "x" * 10_000)
    assert checkout_bytes(repo) == before
    commit(repo.root)
    assert checkout_bytes(repo) == before + 10_000


def test_a_head_without_commits_has_none(repo: Repo) -> None:
    git(repo.root, "checkout", "--quiet", "--orphan", "empty")
    assert checkout_bytes(find_repo(repo.root)) == 0
