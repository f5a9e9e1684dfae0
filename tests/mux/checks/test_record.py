"""Folders, ledger and configuration with real faults in them."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentmux.errors import ConfigError
from agentmux.git.repo import Repo
from agentmux.ledger import reserve
from agentmux.ledger.store import Ledger
from agentmux.mux.checks import repair_all, run_checks
from agentmux.paths import Places, places
from tests.mux.checks.conftest import Look, subject
from tests.support.events import in_state, opened
from tests.support.modes import modes_apply
from tests.support.repo import git, write


@pytest.fixture
def where() -> Places:
    found = places()
    found.make()
    with Ledger.open(found.ledger) as ledger:
        ledger.append(opened(), *(in_state("s1", "quiet") for _ in range(20)))
    return found


def test_all_is_well(where: Places, look: Look) -> None:
    assert look("folders")["folders"].level == "ok"
    assert look("ledger")["ledger"].level == "ok"
    assert where.runtime.as_posix() in look("runtime")["runtime"].message


def test_a_folder_open_to_others_is_closed_by_fix(where: Places, look: Look, repo: Repo) -> None:
    where.state.chmod(0o755)
    assert look("folders")["folders.state"].level == "warn"
    assert list(repair_all(subject(repo))) == [f"closed {where.state} to others"]
    assert look("folders")["folders"].level == "ok"
    assert where.state.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def unwritable(private_home: Path) -> Iterator[Path]:
    private_home.chmod(0o555)
    yield private_home
    private_home.chmod(0o755)


def test_a_home_that_cannot_be_made(look: Look, unwritable: Path) -> None:
    with modes_apply():
        found = look("folders")
    assert {check.level for check in found.values()} == {"fail"}
    assert found["folders.data"].fix == f"chmod u+rwx {unwritable}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user(where: Places, look: Look) -> None:
    os.chown(where.state, 12345, 12345)
    found = look("folders")["folders.state"]
    assert found.level == "fail"
    assert "belongs to another user" in found.message


def test_a_long_path_is_told_with_the_short_folder(
    look: Look, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = private_home / ("x" * 60) / ("y" * 60)
    monkeypatch.setenv("AGENTMUX_HOME", str(long))
    message = look("runtime")["runtime"].message
    assert message.startswith(f"Sockets are in {places().runtime}, for {long / 'runtime'} ")
    assert len(str(places().runtime)) < 60


def test_a_damaged_row_is_found(where: Places, look: Look) -> None:
    with contextlib.closing(sqlite3.connect(where.ledger, isolation_level=None)) as plain:
        plain.execute("DROP TRIGGER events_are_final")
        plain.execute("UPDATE events SET body = '{}' WHERE id = 7")
    found = look("ledger")["ledger"]
    assert found.level == "fail"
    assert "row 7 is not what was written" in found.message
    assert found.fix and f"mv {where.ledger}" in found.fix


def test_a_file_that_is_no_ledger(where: Places, repo: Repo) -> None:
    where.ledger.write_bytes(b"not a database" * 1000)
    found = {check.id: check for check in run_checks(subject(repo))}
    assert found["ledger"].level == "fail"
    assert "is not a ledger" in found["ledger"].message
    assert found["locks"].level == "ok"


def test_a_reserve_that_was_given_up(where: Places, look: Look) -> None:
    reserve.free(where.ledger)
    assert look("ledger")["ledger.reserve"].level == "fail"
    assert look("ledger")["ledger"].level == "ok"


def test_broken_configuration_is_a_failed_check(where: Places, look: Look, repo: Repo) -> None:
    assert look("config")["config"].level == "ok"
    write(where.config_file, '[panes]\nsyze = "80x24"\n')
    with pytest.raises(ConfigError):
        look("config")
    found = {check.id: check for check in run_checks(subject(repo))}["config"]
    assert found.level == "fail"
    assert f"{where.config_file}, line 2: panes.syze is not a setting" in found.message
    assert found.fix == "Did you mean panes.size?"


def test_an_untrusted_file_of_the_repository(where: Places, look: Look, repo: Repo) -> None:
    write(repo.root / ".agentmux.toml", '[hooks]\nsetup = "make"\n')
    found = look("config")["config.trust"]
    assert (found.level, found.fix) == ("warn", "agentmux trust")
    assert "hooks.setup" in found.message


def test_git_settings_that_wait_for_trust(where: Places, look: Look, repo: Repo) -> None:
    git(repo.root, "config", "filter.x.smudge", "evil")
    found = look("config")["config.trust"]
    assert (found.level, found.fix) == ("warn", "agentmux trust")
    assert f"{repo.root}/.git is not trusted: filter.x.smudge" in found.message
