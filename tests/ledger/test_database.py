"""Opening: what is made, for whom, and what a person reads when it cannot be."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from agentmux.errors import LedgerError
from agentmux.ledger import database, schema
from agentmux.ledger.store import Ledger
from tests.support.events import in_state, opened
from tests.support.modes import modes_apply


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_every_file_is_private_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with Ledger.open(path) as ledger:
            ledger.append(opened())
            made = {each.name: mode(each) for each in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert made.pop("ledger.db.reserve") & 0o077 == 0
    assert made == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


def test_a_new_ledger_is_whole_before_its_first_row(path: Path) -> None:
    database.open_database(path, create=True, read_only=False).close()
    assert not path.with_name("ledger.db-wal").exists()
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        applied = plain.execute("SELECT name FROM migrations ORDER BY name").fetchall()
        assert applied == [(each.__name__,) for each in schema.MIGRATIONS]


def test_commits_are_flushed(path: Path) -> None:
    with closing(database.open_database(path, create=True, read_only=False)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_path_that_is_not_utf8_and_full_of_signs(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"a b?mode=memory#%20\xff")
    folder.mkdir()
    with Ledger.open(folder / "ledger.db") as ledger:
        assert ledger.append(opened()) == [1]
    assert (folder / "ledger.db").exists()


def test_a_file_left_empty_by_a_killed_creation_is_completed(path: Path) -> None:
    path.touch()
    with Ledger.open(path) as ledger:
        assert ledger.append(opened()) == [1]


def test_a_file_that_is_no_database_is_named_and_kept(path: Path) -> None:
    path.write_bytes(b"#!/bin/sh\n" * 500)
    with pytest.raises(LedgerError, match=r"ledger\.db is not a ledger\.") as raised:
        Ledger.open(path)
    assert raised.value.hint and "aside" in raised.value.hint
    assert path.read_bytes() == b"#!/bin/sh\n" * 500


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE cookies (host)")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(LedgerError, match="belongs to another program"):
            Ledger.open(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_newer_schema_is_not_touched(path: Path, ledger: Ledger) -> None:
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("INSERT INTO migrations VALUES ('m999_dreams')")
    for read_only in (False, True):
        with pytest.raises(
            LedgerError, match=r"A newer agentmux wrote it \(m999_dreams\)"
        ) as raised:
            Ledger.open(path, read_only=read_only)
        assert raised.value.hint == "Upgrade agentmux, then try again."


def test_a_damaged_file_is_named_and_kept(path: Path, ledger: Ledger) -> None:
    ledger.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(LedgerError, match=r"The ledger .*ledger\.db is damaged"):
        Ledger.open(path).append(opened())
    assert path.stat().st_size == len(whole)


def test_no_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="No such file or directory"):
        Ledger.open(tmp_path / "absent" / "ledger.db")


def test_without_create_nothing_is_made(path: Path) -> None:
    with pytest.raises(LedgerError, match="There is no ledger at"):
        Ledger.open(path, create=False)
    assert list(path.parent.iterdir()) == []


def test_read_only_an_absent_ledger_is_empty_and_stays_absent(path: Path) -> None:
    with Ledger.open(path, read_only=True) as ledger:
        assert ledger.load_fleet().sessions == {}
        with pytest.raises(LedgerError, match="read-only"):
            ledger.append(opened())
    assert list(path.parent.iterdir()) == []


def test_read_only_sees_others_rows_and_writes_none(path: Path, ledger: Ledger) -> None:
    ledger.append(opened())
    with Ledger.open(path, read_only=True) as reader:
        assert len(reader.since(0)) == 1
        ledger.append(in_state("s1", "quiet"))
        assert len(reader.since(1)) == 1
        with pytest.raises(LedgerError, match="read-only"):
            reader.append(opened("s2"))


def test_in_a_read_only_folder_it_can_still_be_read(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.append(opened())
    path.parent.chmod(0o500)
    try:
        with modes_apply(), Ledger.open(path, read_only=True) as reader:
            assert list(reader.load_fleet().sessions) == ["s1"]
        with modes_apply(), pytest.raises(LedgerError) as raised:
            Ledger.open(path).append(opened("s2"))
    finally:
        path.parent.chmod(0o700)
    assert raised.value.hint and "AGENTMUX_HOME" in raised.value.hint


def test_unfinished_records_in_a_read_only_folder_are_never_passed_over(path: Path) -> None:
    """Reading the file without its write-ahead log would show a past without saying so."""
    writer = Ledger.open(path)
    writer.append(opened())
    wal = path.with_name("ledger.db-wal").read_bytes()
    file = path.read_bytes()
    writer.close()
    path.write_bytes(file)
    path.with_name("ledger.db-wal").write_bytes(wal)
    path.parent.chmod(0o500)
    try:
        with modes_apply(), pytest.raises(LedgerError, match="cannot be opened"):
            Ledger.open(path, read_only=True)
    finally:
        path.parent.chmod(0o700)
    with Ledger.open(path, read_only=True) as reader:
        assert list(reader.load_fleet().sessions) == ["s1"]


def test_a_folder_where_nothing_can_be_made_is_one_sentence(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with modes_apply(), pytest.raises(LedgerError, match="Permission denied") as raised:
            Ledger.open(path)
    finally:
        path.parent.chmod(0o700)
    assert raised.value.hint and "AGENTMUX_HOME" in raised.value.hint


def test_an_old_schema_is_migrated_by_readers_too(
    path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(opened())
    monkeypatch.setattr(schema, "MIGRATIONS", [*schema.MIGRATIONS, m002_moods])
    with Ledger.open(path, read_only=True) as reader:
        assert len(reader.since(0)) == 1
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT count(*) FROM moods").fetchone() == (0,)


def m002_moods(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE moods (at TEXT)")


def test_whoever_holds_the_file_too_long_makes_it_busy(
    path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Ledger.open(path) as waiting, pytest.raises(LedgerError, match="is busy"):
            waiting.append(opened())
        other.execute("ROLLBACK")
        with Ledger.open(path) as waiting:
            assert waiting.append(opened()) == [1]


def test_what_a_failed_transaction_did_is_taken_back(path: Path) -> None:
    with closing(database.open_database(path, create=True, read_only=False)) as connection:
        with pytest.raises(KeyboardInterrupt), database.writing(connection):
            connection.execute("INSERT INTO gauges VALUES ('s1', '{}')")
            raise KeyboardInterrupt
        assert connection.execute("SELECT count(*) FROM gauges").fetchone() == (0,)
        assert not connection.in_transaction


def test_an_error_without_a_sentence_of_its_own_is_passed_on(path: Path) -> None:
    with (
        pytest.raises(LedgerError, match="failed: no such table: x"),
        database.explained(path),
        closing(sqlite3.connect(":memory:")) as memory,
    ):
        memory.execute("SELECT * FROM x")


RACE = """
import sys
from pathlib import Path
from agentmux.ledger.schema import MIGRATIONS
from agentmux.ledger.store import Ledger
from tests.support.events import in_state
print("ready", flush=True)
sys.stdin.readline()
with Ledger.open(Path(sys.argv[1])) as ledger:
    for n in range(20):
        ledger.append(in_state("s1", "quiet", why=f"{sys.argv[2]} {n}"))
"""


def test_four_processes_make_and_fill_one_ledger_together(path: Path) -> None:
    root = str(Path(__file__).parents[2])
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": root},
        )
        for number in range(4)
    ]
    for writer in writers:
        assert writer.stdout and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [(w.communicate()[1], w.returncode) for w in writers] == [("", 0)] * 4
    with Ledger.open(path) as ledger:
        told = [getattr(event, "why", "") for _, event in ledger.since(0)]
        assert ledger.verify() == []
    assert len(told) == 80
    for number in range(4):
        mine = [why for why in told if why.startswith(f"{number} ")]
        assert mine == [f"{number} {n}" for n in range(20)]
