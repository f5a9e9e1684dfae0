"""Every place is where the environment says, private, and short enough for a socket."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from agentmux.errors import ConfigError
from agentmux.paths import SOCKET_LIMIT, Places, make_private, places, settle
from tests.support.modes import modes_apply


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    home = tmp_path / "h"
    moved = places({"AGENTMUX_HOME": str(home), "XDG_DATA_HOME": "/ignored", "HOME": "/h"})
    assert moved.home == home
    for folder in (moved.config, moved.data, moved.state, moved.cache):
        assert folder.parent == home


def test_two_homes_never_meet() -> None:
    one, two = (places({"AGENTMUX_HOME": f"/h/{name}"}) for name in ("one", "two"))
    for name in ("config", "data", "state", "cache", "runtime", "ledger", "socket", "leader_lock"):
        assert getattr(one, name) != getattr(two, name)


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert places({"AGENTMUX_HOME": "here"}).data == tmp_path / "here" / "data"


def test_our_relative_variables_are_settled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = {"AGENTMUX_HOME": "h", "AGENTMUX_CONFIG": "../c", "AGENTMUX_TMUX": "tmux", "HOME": "x"}
    settle(env)
    assert env == {
        "AGENTMUX_HOME": f"{tmp_path}/h",
        "AGENTMUX_CONFIG": f"{tmp_path}/../c",
        "AGENTMUX_TMUX": "tmux",
        "HOME": "x",
    }
    empty = {"AGENTMUX_HOME": "", "AGENTMUX_TMUX": "./tmux"}
    settle(empty)
    assert empty == {"AGENTMUX_HOME": "", "AGENTMUX_TMUX": f"{tmp_path}/tmux"}


def test_the_xdg_folders_are_used() -> None:
    env = {
        "HOME": "/h",
        "XDG_CONFIG_HOME": "/x/config",
        "XDG_DATA_HOME": "/x/data",
        "XDG_STATE_HOME": "/x/state",
        "XDG_CACHE_HOME": "/x/cache",
        "XDG_RUNTIME_DIR": "/x/run",
    }
    found = places(env)
    assert found.home is None
    assert found.config_file == Path("/x/config/agentmux/config.toml")
    assert found.ledger == Path("/x/data/agentmux/ledger.db")
    assert found.leader_lock == Path("/x/state/agentmux/leader.lock")
    assert found.cache == Path("/x/cache/agentmux")
    assert found.socket == Path("/x/run/agentmux/tmux.sock")


def test_without_xdg_the_usual_places_below_home() -> None:
    found = places({"HOME": "/h", "XDG_CONFIG_HOME": "relative/is/ignored"})
    assert found.config == Path("/h/.config/agentmux")
    assert found.data == Path("/h/.local/share/agentmux")
    assert found.state == Path("/h/.local/state/agentmux")
    assert found.runtime == Path("/h/.local/state/agentmux/runtime")


def test_the_process_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTMUX_HOME", "/from/the/process")
    assert places().home == Path("/from/the/process")


@pytest.mark.parametrize("letter", ["x", "é"])
def test_a_socket_path_is_never_too_long_for_the_system(letter: str) -> None:
    for length in range(60, 130):
        path = places({"AGENTMUX_HOME": "/" + letter * length}).socket
        assert len(os.fsencode(path)) <= SOCKET_LIMIT


def test_a_long_home_gets_a_short_runtime_folder_of_its_own() -> None:
    long, other, short = (
        places({"AGENTMUX_HOME": "/" + name}) for name in ("x" * 120, "y" * 120, "x")
    )
    assert long.runtime.parent == Path(tempfile.gettempdir())
    assert long.runtime != other.runtime
    assert long.runtime == places({"AGENTMUX_HOME": "/" + "x" * 120}).runtime
    assert str(os.geteuid()) in long.runtime.name
    assert short.runtime == Path("/x/runtime")


def test_files_of_sessions_and_runs_are_told_apart() -> None:
    found = places({"AGENTMUX_HOME": "/h"})
    made = {
        find(session, run)
        for find in (found.spool, found.modes, found.shim_spec, found.run_secrets)
        for session, run in [("s1", 1), ("s1", 2), ("s11", 1), ("s2", 1)]
    }
    assert len(made) == 16
    assert found.spool("s1", 1).parent == found.session_dir("s1")
    assert found.request_env("abc").name == "abc.json"


def folders(where: Places) -> list[Path]:
    return [
        where.data,
        where.state,
        where.runtime,
        where.session_dir("s1").parent,
        where.request_env("r").parent,
        where.shim_spec("s1", 1).parent,
        where.words("s1").parent,
        where.run_secrets("s1", 1).parent,
    ]


def test_a_folder_that_turned_read_only_is_refused(tmp_path: Path) -> None:
    where = places({"AGENTMUX_HOME": str(tmp_path / "h")})
    where.make()
    where.state.chmod(0o500)
    with modes_apply(), pytest.raises(ConfigError, match="cannot be used: it is read-only"):
        where.make()
    where.state.chmod(0o700)


def test_places_make_nothing_until_told(tmp_path: Path) -> None:
    where = places({"AGENTMUX_HOME": str(tmp_path / "h")})
    assert list(tmp_path.iterdir()) == []
    where.make()
    assert all(folder.is_dir() for folder in folders(where))
    where.make()


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_folders_are_private_whatever_the_umask(private_home: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        where = places({"AGENTMUX_HOME": str(private_home / "h")})
        where.make()
    finally:
        os.umask(before)
    for folder in folders(where):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


def test_an_open_folder_of_ours_is_closed(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x").chmod(0o777)
    make_private(tmp_path / "x")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be used: Not a directory") as raised:
        make_private(tmp_path / "file" / "below")
    assert raised.value.hint and "AGENTMUX_HOME" in raised.value.hint
    tmp_path.chmod(0o500)
    try:
        with modes_apply(), pytest.raises(ConfigError, match="Permission denied"):
            make_private(tmp_path / "x")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    os.chown(tmp_path / "x", 12345, -1)
    with pytest.raises(ConfigError, match="belongs to another user"):
        make_private(tmp_path / "x")
