"""The way out to the terminal: at once while it takes everything, by Textual's thread when not.

Handing each picture to a thread cost half a millisecond, and many beside busy panes, where the
thread waits for the interpreter. Only what a slow terminal does not take goes that way.
"""

import os
from contextlib import suppress
from typing import TextIO

from textual.drivers._writer_thread import WriterThread


class Outlet:
    """Stands for standard error; a terminal that has gone ends nobody.

    `put` belongs to the loop's thread, `write` and `flush` to the writer's.
    """

    def __init__(self, file: TextIO) -> None:
        self.fileno = file.fileno
        self.isatty = file.isatty
        self._handed = self._written = 0
        """Pieces given to the thread, and those it is done with."""
        self._own = _open_again(file.fileno())

    @property
    def is_clear(self) -> bool:
        """Whether the thread is done with all it was given."""
        return self._handed == self._written

    def put(self, data: bytes, thread: WriterThread) -> None:
        """Write in order; never waits for the terminal."""
        if self._own is not None and self.is_clear:
            with suppress(OSError):  # full; or gone, which the thread will find as well
                data = data[os.write(self._own, data) :]
        if data:
            self._handed += 1
            thread.write(
                data.decode("latin-1")
            )  # its queue is for text; this is bytes all the same

    def write(self, text: str) -> None:
        """Write a piece that `put` handed over, for as long as the terminal takes."""
        data = memoryview(text.encode("latin-1"))
        with suppress(OSError):
            while data:
                data = data[os.write(self.fileno(), data) :]
        self._written += 1

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Let go of the terminal."""
        own, self._own = self._own, None
        if own is not None:
            os.close(own)


def _open_again(fileno: int) -> int | None:
    """The same terminal, opened anew: non-blocking for us and for nobody else who has it."""
    try:
        return os.open(os.ttyname(fileno), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None
