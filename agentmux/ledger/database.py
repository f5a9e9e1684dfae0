"""Opening the SQLite file, and what each of its failures means to a person.

A ledger is created under a lock on its folder, switched to WAL, checkpointed, and its folder
synced before anyone's first row. A file that is damaged or not ours is named and left alone.
"""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from agentmux.errors import LedgerError
from agentmux.ledger import schema

BUSY_S = 10.0
"""How long a write waits for another process's transaction before it is an error."""
WAL_LIMIT = 4 * 1024 * 1024
"""Bytes the write-ahead log is cut back to after a checkpoint."""


def open_database(path: Path, *, create: bool, read_only: bool) -> sqlite3.Connection:
    """A connection to the ledger at `path`, its schema current.

    Read-only, a ledger that does not exist yet is an empty one.
    """
    if read_only:
        return _open_read_only(path)
    if not create and not path.exists():
        raise LedgerError(f"There is no ledger at {path}.", "Start a session: agentmux new.")
    connection = _connect(path, "rw") if path.exists() else None
    if connection is None or not _is_current(connection, path):
        if connection is not None:
            connection.close()
        _create(path)
        connection = _connect(path, "rw")
    for pragma in ("synchronous = FULL", "fullfsync = ON", f"journal_size_limit = {WAL_LIMIT}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _open_read_only(path: Path) -> sqlite3.Connection:
    if not path.exists():
        connection = sqlite3.connect(":memory:", isolation_level=None)
        schema.migrate(connection)
    else:
        connection = _connect_read_only(path)
        if not _is_current(connection, path):
            connection.close()
            open_database(path, create=True, read_only=False).close()
            connection = _connect_read_only(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """SQLite reads a WAL file only where it may write beside it, or when told nobody else does."""
    connection = _connect(path, "ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        wal = path.with_name(path.name + "-wal")
        alone = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if _code(error) not in alone or (wal.exists() and wal.stat().st_size):
            raise
        return _connect(path, "ro&immutable=1")
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_S, isolation_level=None
    )
    connection.text_factory = _text
    return connection


def _text(stored: bytes) -> str:
    """Damaged text is text that no chain fits, never a failed read."""
    return stored.decode("utf-8", "surrogateescape")


def _is_current(connection: sqlite3.Connection, path: Path) -> bool:
    try:
        return schema.is_current(connection)
    except LedgerError as error:
        connection.close()
        raise LedgerError(
            f"{path} is not a ledger this agentmux can use. {error.message}", error.hint
        ) from None


def _create(path: Path) -> None:
    """Make or migrate the file; whoever else wants to waits on the folder's lock."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with contextlib.suppress(FileExistsError):
            made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
            os.fchmod(made, 0o600)
            os.close(made)
        with contextlib.closing(_connect(path, "rw")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            with writing(connection):
                schema.migrate(connection)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that takes the write lock at once: a deferred one met "busy" 4 times in 5."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say about `path` into a LedgerError for a person."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(path, error) from error
    except OSError as error:
        raise LedgerError(f"The ledger {path} cannot be used: {error.strerror}.", _HINT) from error


def explain(path: Path, error: sqlite3.Error) -> LedgerError:
    """The sentence and hint for one failure of SQLite."""
    sentence, hint = _MEANING.get(_code(error), (f"The ledger {{}} failed: {error}.", None))
    return LedgerError(sentence.format(path), hint)


def is_full(error: sqlite3.Error) -> bool:
    """Whether the disk, a quota or a limit left no room (SQLite calls the last two I/O errors)."""
    extended = getattr(error, "sqlite_errorcode", 0)
    return _code(error) == sqlite3.SQLITE_FULL or extended in (
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    )


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for an error of the Python module itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


_HINT = "Make its folder writable, or set AGENTMUX_HOME to a folder of yours."
_ASIDE = "Move it aside to begin a new one; agentmux never deletes it."
_MEANING: dict[int, tuple[str, str | None]] = {
    sqlite3.SQLITE_NOTADB: ("{} is not a ledger.", _ASIDE),
    sqlite3.SQLITE_CORRUPT: ("The ledger {} is damaged.", _ASIDE),
    sqlite3.SQLITE_READONLY: ("The ledger {} cannot be written: it is read-only.", _HINT),
    sqlite3.SQLITE_CANTOPEN: ("The ledger {} cannot be opened.", _HINT),
    sqlite3.SQLITE_PERM: ("The ledger {} cannot be opened.", _HINT),
    sqlite3.SQLITE_BUSY: (
        f"The ledger {{}} is busy: another process has been writing for {BUSY_S:.0f} s.",
        "Try again.",
    ),
    sqlite3.SQLITE_FULL: (
        "The disk is full: the ledger {} could not be written.",
        "Free some space; everything recorded so far is kept.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The ledger {} could not be written: the system refused (disk full, quota or a fault).",
        "Free some space; everything recorded so far is kept.",
    ),
}
