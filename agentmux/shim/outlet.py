"""A non-blocking way out, with what did not fit yet; never loses a byte while the far end lives."""

from __future__ import annotations

import os


class Outlet:
    """Writes to `fd`; whoever feeds it watches `pending` and stops in time."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.pending = bytearray()
        self.is_gone = False
        """The far end has hung up: bytes are discarded from now on."""

    def send(self, data: bytes | bytearray) -> None:
        """Write what fits and keep the rest, in order."""
        if self.is_gone:
            return
        done = 0 if self.pending else self._write(data)
        if done < len(data):
            self.pending += memoryview(data)[done:]

    def flush(self) -> None:
        """Write of what is pending as much as fits."""
        if self.pending:
            done = self._write(self.pending)
            del self.pending[:done]

    def close(self) -> None:
        """The far end is gone."""
        self.is_gone = True
        self.pending.clear()

    def _write(self, data: bytes | bytearray) -> int:
        """How many bytes were taken; all of them when nobody is left to take them."""
        try:
            return os.write(self.fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            self.close()
            return len(data)
