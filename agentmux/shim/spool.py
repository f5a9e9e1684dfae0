"""The rows that the leader reads: JSON lines, each appended by one write.

Writing must neither block nor end the relay: what cannot be written is counted, and the count is
the next row that can be. A line torn by a full disk is closed by a newline, so that it spoils no
other.
"""

from __future__ import annotations

import json
import os
import time

LIMIT = 64 * 1024 * 1024
"""Bytes of one spool; beyond it only `exit` is written, whatever a hostile agent reports."""
_LAST = ("exit", "failed")


class Spool:
    """One spool file, opened when the first row is written and again after a failure."""

    def __init__(self, path: str) -> None:
        self._path = path.encode("utf-8", "surrogateescape")
        self._fd: int | None = None
        self._written = 0
        self._dropped = 0
        self._torn = False

    def write(self, row: dict[str, object]) -> None:
        """Append `row` with its times, or count it as dropped."""
        if self._written > LIMIT and row["e"] not in _LAST:
            self._dropped += 1
            return
        if self._dropped and self._append({"e": "dropped", "n": self._dropped}):
            self._dropped = 0
        if self._dropped or not self._append(row):
            self._dropped += 1

    def _append(self, row: dict[str, object]) -> bool:
        """Whether the whole line was written."""
        data = b"\n" * self._torn + _line(row)
        try:
            if self._fd is None:
                self._fd = _open(self._path)
            done = os.write(self._fd, data)
        except OSError:
            self._close()
            return False
        self._written += done
        self._torn = (self._torn or done > 0) and done < len(data)
        return done == len(data)

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
        self._fd = None


def _open(path: bytes) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return os.open(path, flags, 0o600)


def _line(row: dict[str, object]) -> bytes:
    stamped = {"t": round(time.time(), 6), "m": round(time.monotonic(), 6), **row}
    return json.dumps(stamped, separators=(",", ":")).encode() + b"\n"
