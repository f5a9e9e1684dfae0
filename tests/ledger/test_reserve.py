"""A full disk: what was acknowledged stays, the last records still fit, one sentence says why."""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentmux.errors import LedgerError
from agentmux.ledger import reserve
from agentmux.ledger.store import Ledger
from tests.support.events import in_state, opened


def test_it_is_taken_at_the_first_opening_and_kept(path: Path, ledger: Ledger) -> None:
    kept = reserve.reserve_path(path)
    assert kept.stat().st_size == reserve.SIZE
    assert kept.stat().st_blocks * 512 >= reserve.SIZE  # really taken, no hole
    inode = kept.stat().st_ino
    with Ledger.open(path) as again:
        assert not again.reserve_spent
    assert kept.stat().st_ino == inode


def test_it_can_be_given_once(path: Path, ledger: Ledger) -> None:
    assert reserve.free(path)
    assert ledger.reserve_spent
    assert not reserve.free(path)


def test_it_is_taken_back_by_the_next_append_that_finds_room(path: Path, ledger: Ledger) -> None:
    reserve.free(path)
    ledger.append(opened())
    assert not ledger.reserve_spent


@contextlib.contextmanager
def no_file_may_grow_beyond(size: int) -> Iterator[None]:
    """The system refuses to write: for SQLite the same as a quota that is used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_limit_that_the_reserve_cannot_help_is_one_sentence(path: Path, ledger: Ledger) -> None:
    ids = ledger.append(opened())
    with no_file_may_grow_beyond(200_000), pytest.raises(LedgerError) as raised:
        for _ in range(1000):
            ids += ledger.append(in_state("s1", "quiet", why="x" * 2000))
    assert "could not be written" in raised.value.message
    assert raised.value.hint and "Free some space" in raised.value.hint
    assert reserve.is_spent(path)
    assert [seq for seq, _ in ledger.since(0)] == ids
    assert ledger.append(in_state("s1", "quiet")) == [len(ids) + 1]
    assert not reserve.is_spent(path)
    assert ledger.verify() == []


def test_where_it_cannot_be_taken_the_ledger_opens_all_the_same(path: Path) -> None:
    with no_file_may_grow_beyond(reserve.SIZE - 1), Ledger.open(path) as ledger:
        assert ledger.reserve_spent
        assert ledger.append(opened()) == [1]
        assert not reserve.reserve_path(path).exists()


FULL = """
import json, sys
from pathlib import Path
from agentmux.errors import LedgerError
from agentmux.ledger.store import Ledger
from tests.support.events import in_state

disk, told = Path(sys.argv[1]), {}
ledger = Ledger.open(disk / "ledger.db")
ids = ledger.append(in_state("s1", "quiet"))
told["spent"] = [ledger.reserve_spent]
filler = disk / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
try:
    while True:
        ids += ledger.append(in_state("s1", "quiet", why="x" * 200))
        if ledger.reserve_spent:
            told.setdefault("first", len(ids))
except LedgerError as error:
    told["message"] = error.message
told["spent"].append(ledger.reserve_spent)
told["last"] = len(ids)
filler.unlink()
ids += ledger.append(in_state("s1", "quiet"))
told["spent"].append(ledger.reserve_spent)
told["kept"] = [seq for seq, _ in ledger.since(0)] == ids
told["damage"] = len(ledger.verify())
print(json.dumps(told))
"""


def test_a_full_disk_takes_the_reserve_for_the_last_records(tmp_path: Path) -> None:
    mounts = ["unshare", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*mounts, "true"], check=False).returncode:
        pytest.skip("a small file system of one's own needs user namespaces")
    script = 'mount -t tmpfs -o size=4m none "$1" && exec "$0" -c "$2" "$1"'
    done = subprocess.run(
        [*mounts, "sh", "-c", script, sys.executable, str(tmp_path), FULL],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["spent"] == [False, True, False]
    assert told["message"].startswith("The disk is full: the ledger ")
    assert told["last"] - told["first"] > 200  # records that only the reserve made possible
    assert told["kept"] and told["damage"] == 0
