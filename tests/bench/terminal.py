"""The outer terminal: a pty of a given size that answers what terminals are asked.

Whoever waits reads all open terminals: tmux throws output away, and goes on doing so, once its
terminal has not been read for a while. But for the newest, what is read is thrown away.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PATIENCE_S = 60.0
KEPT = 1 << 16
"""Bytes of output kept for a look back."""

ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[?u": b"\x1b[?0u",
    b"\x1b]10;?\x1b\\": b"\x1b]10;rgb:dddd/dddd/dddd\x1b\\",
    b"\x1b]11;?\x1b\\": b"\x1b]11;rgb:1111/1111/1111\x1b\\",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
}
"""Question → answer, as a present-day terminal gives it."""
_QUESTION = re.compile(b"|".join(map(re.escape, ANSWERS)))
_OPEN: dict[int, "Terminal"] = {}


class Terminal:
    """One program on a terminal of its own, from its start until `close`."""

    def __init__(
        self, argv: Sequence[str], cwd: Path, env: Mapping[str, str], size: tuple[int, int]
    ) -> None:
        self.size = size
        self.tail = b""
        """The newest output, at most `KEPT` bytes."""
        self.on_output: Callable[[bytes], None] = lambda _data: None
        self.fd, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            argv,
            cwd=cwd,
            env={**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,
        )
        os.close(slave)
        _OPEN[self.fd] = self

    def type(self, data: bytes) -> None:
        """Keys as the terminal sends them."""
        os.write(self.fd, data)

    def take(self) -> bytes:
        """Read once what is there, answer questions in it; empty when the program has gone."""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return b""
        for question in _QUESTION.findall(data):
            self.type(ANSWERS[question])
        self.tail = (self.tail + data)[-KEPT:]
        self.on_output(data)
        return data

    def until(self, seen: Callable[[], object], doing: str) -> float:
        """Read until `seen()`; returns the seconds since the program's start."""
        deadline = time.monotonic() + PATIENCE_S
        while not seen():
            if time.monotonic() > deadline:
                raise TimeoutError(f"never came true: {doing}; last {self.tail[-400:]!r}")
            read(0.05)
        return time.perf_counter() - self.started

    def until_shown(self, *texts: bytes) -> float:
        """Read until every one of `texts` has been written from now on or stands in `tail`."""
        missing = set(texts)

        def all_shown() -> bool:
            missing.difference_update({text for text in missing if text in self.tail})
            return not missing

        return self.until(all_shown, f"{texts!r} shown")

    def close(self) -> None:
        """End the program as a closed window does."""
        del _OPEN[self.fd]
        os.close(self.fd)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def read(timeout_s: float) -> None:
    """Wait at most so long for output on any open terminal and read what there is."""
    ready, _, _ = select.select(list(_OPEN), [], [], timeout_s)
    for fd in ready:
        _OPEN[fd].take()


def read_for(seconds: float) -> None:
    """Do nothing but read for so long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        read(left)
