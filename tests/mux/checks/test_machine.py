"""Limits of the machine, planted or judged from figures."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from agentmux.git.repo import Repo
from agentmux.ledger.store import Ledger
from agentmux.mux.checks.machine import (
    MIB,
    check_inotify,
    check_memory,
    count_folders,
    judge_clock,
    judge_disk,
    judge_watches,
)
from agentmux.mux.clock import now
from agentmux.paths import places
from tests.mux.checks.conftest import Look, subject
from tests.support.events import T0, opened
from tests.support.repo import write


def test_too_few_file_watches(repo: Repo, tmp_path: Path) -> None:
    for n in range(5):
        write(repo.root / f"package{n}/file", "")
    assert count_folders(str(repo.root)) == 6
    write(tmp_path / "sys/fs/inotify/max_user_watches", "50\n")
    (found,) = check_inotify(replace(subject(repo), proc=tmp_path))
    assert found.level == "warn"
    assert "about 54 file watches; this machine allows 50" in found.message
    assert found.fix == "sudo sysctl fs.inotify.max_user_watches=524288"


def test_watches_enough_and_none_told(repo: Repo, look: Look, tmp_path: Path) -> None:
    assert judge_watches(79, 100).level == "ok"
    assert judge_watches(80, 100).level == "warn"
    assert list(check_inotify(replace(subject(repo), proc=tmp_path))) == []
    assert set(look("inotify")) <= {"inotify"}


def test_disk(look: Look) -> None:
    assert look("disk")["disk"].fix in (None, "df -h")
    assert judge_disk(100 * MIB, 10 * MIB, 3).level == "ok"
    assert judge_disk(100 * MIB, 10 * MIB, 9).level == "warn"
    assert judge_disk(10 * MIB, 1, 9).level == "warn"


def test_memory_is_the_figure_of_new(repo: Repo, look: Look, private_home: Path) -> None:
    assert "MiB of memory are free" in look("memory")["memory"].message
    write(private_home / "agentmux/config/config.toml", "[panes]\nagent_memory_mb = 999999999\n")
    (found,) = check_memory(subject(repo))
    assert (found.level, found.fix) == ("warn", "agentmux stop NAME")


def test_a_clock_that_went_back(repo: Repo, look: Look) -> None:
    assert look("clock")["clock"].level == "ok"
    assert judge_clock(T0, T0 + timedelta(seconds=59)).level == "ok"
    where = places()
    where.make()
    ahead = (now() - T0).total_seconds() + 3600
    with Ledger.open(where.ledger) as ledger:
        ledger.append(opened(seconds=ahead))
    found = look("clock")["clock"]
    assert found.level == "warn"
    assert "before the newest record" in found.message
