"""`agentmux ls`: which repository the person stands in."""

from pathlib import Path

import pytest

from tests.support.cockpit import Cockpit
from tests.support.repo import git

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Cockpit:
    return Cockpit(private_home)


def test_a_worktree_that_names_its_repository_relatively(cockpit: Cockpit) -> None:
    linked = cockpit.home / "linked"
    git(cockpit.repo, "worktree", "add", "--quiet", str(linked))
    (linked / ".git").write_text("gitdir: ../acme/.git/worktrees/linked\n")  # as git 2.48 may
    assert cockpit.do("ls", "--json", cwd=linked).json["repo"] == str(cockpit.repo)


def test_a_repository_named_by_a_detour_is_the_same(cockpit: Cockpit) -> None:
    (cockpit.home / "link").symlink_to(cockpit.repo)
    for named in (cockpit.home / "link", cockpit.home / "acme/../acme"):
        said = cockpit.do("--repo", str(named), "ls", "--json", cwd=Path("/"))
        assert said.json["repo"] == str(cockpit.repo)
