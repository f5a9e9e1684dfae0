"""What the tables themselves guarantee, and that each migration runs once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agentmux.ledger import schema
from agentmux.ledger.database import open_database, writing
from agentmux.ledger.store import Ledger
from tests.support.events import opened


@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET at = ''", "DELETE FROM events", "DELETE FROM events WHERE id=1"],
)
def test_events_can_neither_be_changed_nor_removed(
    path: Path, ledger: Ledger, statement: str
) -> None:
    ledger.append(opened())
    with (
        closing(sqlite3.connect(path)) as plain,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        plain.execute(statement)
    assert len(ledger.since(0)) == 1


def test_each_migration_runs_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    def m002_later(connection: sqlite3.Connection) -> None:
        runs.append("m002")

    with closing(open_database(path, create=True, read_only=False)) as connection:
        assert schema.is_current(connection)
        monkeypatch.setattr(schema, "MIGRATIONS", [*schema.MIGRATIONS, m002_later])
        assert not schema.is_current(connection)
        for _ in range(2):
            with writing(connection):
                schema.migrate(connection)
        assert schema.is_current(connection)
    assert runs == ["m002"]


def test_a_migration_that_fails_leaves_the_old_schema(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def m002_broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (done)")
        connection.execute("CREATE TABLE half (done)")

    with closing(open_database(path, create=True, read_only=False)) as connection:
        monkeypatch.setattr(schema, "MIGRATIONS", [*schema.MIGRATIONS, m002_broken])
        with pytest.raises(sqlite3.OperationalError), writing(connection):
            schema.migrate(connection)
        names = connection.execute("SELECT name FROM sqlite_schema").fetchall()
    assert ("half",) not in names and ("events",) in names


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(m.__name__[1:4]) for m in schema.MIGRATIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_ledger_made_while_it_is_looked_at_is_nobody_elses(path: Path) -> None:
    """As by another process: after the first of the reads, before the second."""
    path.touch()
    with closing(sqlite3.connect(path, isolation_level=None)) as early:
        reads: list[str] = []

        def make(statement: str) -> None:
            reads.append(statement)
            if len(reads) == 2:
                open_database(path, create=True, read_only=False).close()

        early.set_trace_callback(make)

        assert schema.is_current(early)
        assert len(reads) > 2


def test_m002_by_session_comes_to_a_ledger_of_the_first_version(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setattr(schema, "MIGRATIONS", [schema.m001_record])
        with Ledger.open(path) as old:
            old.append(opened("s1"), opened("s2", slot=2))
    with Ledger.open(path) as new:
        assert [event.session for _, event in new.of_session("s2")] == ["s2"]
        assert not new.verify()
    with closing(sqlite3.connect(path)) as plain:
        query = "EXPLAIN QUERY PLAN SELECT id FROM events WHERE session = 's1'"
        assert "events_by_session" in plain.execute(query).fetchone()[3]
