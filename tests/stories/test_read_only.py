"""Folders that cannot be written: one sentence, a hint, nothing lost, and `ls` still answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stories.test_bad_input import assert_refused
from tests.support.cockpit import Cockpit

pytestmark = pytest.mark.story


@contextmanager
def read_only(*folders: Path) -> Iterator[None]:
    """These folders take no new file meanwhile, and their files no change."""
    paths = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    modes = [(path, path.stat().st_mode) for path in paths if not path.is_socket()]
    for path, mode in modes:
        path.chmod(mode & 0o555)
    try:
        yield
    finally:
        for path, mode in modes:
            path.chmod(mode)


@pytest.fixture
def plain(cockpit: Cockpit) -> Cockpit:
    """A cockpit for which modes count, though the tests run as root."""
    cockpit.obeys_modes = True
    return cockpit


@pytest.mark.parametrize("verb", ["new -- sleep 600", "up --headless"])
def test_a_home_that_cannot_be_made(plain: Cockpit, verb: str) -> None:
    with read_only(plain.home):
        said = plain.run(*verb.split())
    assert_refused(said, 2, "cannot be used: Permission denied")
    assert "AGENTMUX_HOME" in said.err
    assert not (plain.home / "agentmux").exists()


@pytest.mark.parametrize("verb", ["ls", "ls --json", "doctor", "keys", "agents", "config show"])
def test_verbs_that_only_tell_need_no_home(plain: Cockpit, verb: str) -> None:
    with read_only(plain.home):
        said = plain.run(*verb.split())
    assert said.code == (3 if verb == "doctor" else 0), said
    assert "Traceback" not in said.err


@pytest.mark.parametrize("place", ["state", "data"])
def test_a_home_that_turned_read_only(plain: Cockpit, place: str) -> None:
    row = plain.new(script="exec cat")
    plain.do("down")
    with read_only(plain.home / "agentmux" / place):
        assert plain.ls()["s1"]["pid"] == row["pid"]
        plain.do("wait", "1", "--for", "running,quiet,starting", "--timeout", "5")
        plain.do("send", "1", "still here")
        plain.await_screen("1", "still here")
        for verb in ("new -- sleep 600", "stop 1"):
            said = plain.run(*verb.split())
            assert_refused(said, 2, "cannot be used: it is read-only")
            assert "hint: Make it writable" in said.err
    assert plain.row("s1")["pid"] == row["pid"]
    assert plain.do("stop", "1", "--json").json["session"]["state"] == "exited"


def test_a_repository_whose_parent_is_read_only(plain: Cockpit) -> None:
    """Worktrees then go to the data folder."""
    folder = plain.repo.parent
    plain.do("ls")
    plain.places.make()
    folder.chmod(0o555)
    try:
        row = plain.new()
    finally:
        folder.chmod(0o755)
    assert Path(row["worktree"]).is_relative_to(plain.places.data)
