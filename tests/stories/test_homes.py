"""Homes, repositories and paths: two homes never meet, and no path is too long."""

import os
import shutil
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest

from agentmux.paths import places
from tests.support.cockpit import Cockpit
from tests.support.processes import has_ended
from tests.support.repo import make_repo

pytestmark = pytest.mark.story


def test_two_homes_do_not_meet(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cockpit.new("--name", "mine")
    with monkeypatch.context() as patched:
        patched.setenv("AGENTMUX_HOME", str(cockpit.home / "other"))
        other = copy(cockpit)
        other.places = places(os.environ)
        try:
            assert other.ls() == {}
            second = other.new("--name", "mine")
            assert second["id"] == first["id"] == "s1"
            assert second["worktree"] != first["worktree"]
            assert second["branch"] == "agentmux/mine-2"
            assert other.server_pid() != cockpit.server_pid()
        finally:
            other.close()
    assert cockpit.windows() == ["s1-1"]
    assert cockpit.row("s1")["pid"] == first["pid"]
    assert not has_ended(first["pid"])


def test_two_repositories_share_a_home_and_its_leader(cockpit: Cockpit) -> None:
    other = make_repo(cockpit.home / "beta").root
    one = cockpit.new("--name", "one")
    said = cockpit.do("new", "--json", "--name", "two", "--", "sleep", "600", cwd=other)
    two = said.json["session"]
    assert (one["repo"], two["repo"]) == (str(cockpit.repo), str(other))
    assert Path(two["worktree"]) == cockpit.home / "beta.worktrees/two"
    assert cockpit.windows() == ["s1-1", "s2-1"]
    cockpit.do("rm", "one", "--yes", cwd=other)
    assert [row["name"] for row in cockpit.ls().values()] == ["two"]
    assert Path(two["worktree"]).is_dir()


def test_a_relative_home_is_one_for_all(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> None:
    home = cockpit.places.home
    assert home is not None
    relative = os.path.relpath(home, cockpit.repo)
    monkeypatch.setenv("AGENTMUX_HOME", relative)
    row = cockpit.new(script='echo "home $AGENTMUX_HOME"; exec sleep 600')
    cockpit.await_screen("1", f"home {cockpit.repo / relative}")
    (seen,) = cockpit.ls().values()
    assert seen["pid"] == row["pid"]


def test_every_file_of_a_home_is_private(cockpit: Cockpit) -> None:
    cockpit.new("--name", "job")
    home = cockpit.places.home
    assert home is not None
    open_files = [p for p in home.rglob("*") if not p.is_symlink() and p.stat().st_mode & 0o077]
    assert open_files == []


@pytest.fixture
def deep_home(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An AGENTMUX_HOME with so long a path that sockets go elsewhere."""
    deep = private_home / ("deep" * 20) / ("deeper" * 20)
    monkeypatch.setenv("AGENTMUX_HOME", str(deep))
    yield deep
    shutil.rmtree(places().runtime)


def test_a_home_too_deep_for_a_socket(deep_home: Path, cockpit: Cockpit) -> None:
    row = cockpit.new(script="exec cat")
    cockpit.do("send", "1", "heard below")
    cockpit.await_screen("1", "heard below")
    assert not cockpit.places.runtime.is_relative_to(deep_home)
    assert cockpit.places.runtime.stat().st_mode & 0o777 == 0o700
    told = {check["id"]: check for check in cockpit.do("doctor", "--json").json["checks"]}
    assert str(cockpit.places.runtime) in told["runtime"]["message"]
    assert cockpit.do("stop", "1", "--json").json["session"]["id"] == row["id"]
