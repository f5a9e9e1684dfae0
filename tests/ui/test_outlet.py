"""Nothing is lost or overtaken on the way out, whether the terminal is quick, slow or gone."""

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from textual.drivers._writer_thread import WriterThread

from agentmux.ui.outlet import Outlet
from tests.support.tmux import wait_until

LARGE = b"".join(b"%07d\n" % number for number in range(40_000))
"""More than a pty holds."""


class Ends:
    """A terminal's two ends, an outlet to it, and the thread that helps out."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.file: TextIO = os.fdopen(slave, "w")
        self.outlet = Outlet(self.file)
        self.thread = WriterThread(self.outlet)  # type: ignore[arg-type]
        self.read = b""

    def put(self, data: bytes) -> None:
        self.outlet.put(data, self.thread)

    def take(self, size: int) -> bytes:
        """Read until so many bytes have come."""
        while len(self.read) < size:
            self.read += os.read(self.master, 65_536)
        return self.read


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    yield ends
    if ends.thread.is_alive():
        ends.thread.stop()
    ends.outlet.close()
    ends.file.close()


def test_what_the_terminal_takes_is_there_without_any_thread(ends: Ends) -> None:
    ends.put(b"\xff one ")
    ends.put("två".encode())
    assert ends.take(9) == b"\xff one " + "två".encode()
    os.close(ends.master)


def test_what_it_does_not_take_follows_in_order(ends: Ends) -> None:
    ends.put(LARGE)
    for word in (b"then", b" this"):
        ends.put(word)
    ends.thread.start()
    assert ends.take(len(LARGE) + 9) == LARGE + b"then this"
    wait_until(lambda: ends.outlet.is_clear)
    ends.thread.stop()
    ends.put(b", and at once again")
    assert ends.take(len(LARGE) + 28).endswith(b"then this, and at once again")
    os.close(ends.master)


def test_a_terminal_that_has_gone_ends_nobody(ends: Ends) -> None:
    os.close(ends.master)
    ends.thread.start()
    ends.put(b"to nobody")
    ends.put(b"and again")
    wait_until(lambda: ends.outlet.is_clear)
    assert ends.thread.is_alive()


def test_a_file_gets_everything_too(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        outlet = Outlet(file)
        thread = WriterThread(outlet)  # type: ignore[arg-type]
        thread.start()
        outlet.put(b"words", thread)
        thread.stop()
    assert (tmp_path / "file").read_bytes() == b"words"
