"""The pane's own terminal: raw while the agent lives, as it was afterwards."""

from __future__ import annotations

import fcntl
import json
import os
import termios

SIZE = b"\0" * 8
"""A `struct winsize`, copied as it is: rows, columns and pixels mean the same on both sides."""


class OuterError(Exception):
    """There is no terminal to relay to; one sentence."""


class Outer:
    """The terminal that tmux made for the pane."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.attributes = termios.tcgetattr(fd)
        """As found, and as the agent's terminal begins."""

    def make_raw(self) -> None:
        """Let all 256 byte values through in both directions, unechoed and at once."""
        raw = termios.tcgetattr(self.fd)
        raw[0] = raw[1] = raw[3] = 0
        raw[2] = raw[2] & ~(termios.CSIZE | termios.PARENB) | termios.CS8
        raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
        self._set(raw)

    def restore(self) -> None:
        """Put the terminal back as it was; one that is gone is left alone."""
        self._set(self.attributes)

    def copy_size(self, fd: int) -> None:
        """Give the terminal `fd` this one's size; the kernel tells the agent if it changed."""
        try:
            fcntl.ioctl(fd, termios.TIOCSWINSZ, fcntl.ioctl(self.fd, termios.TIOCGWINSZ, SIZE))
        except OSError:
            return  # the pane is gone; its last size is as good as any

    def _set(self, attributes: list[object]) -> None:
        try:
            # Not TCSADRAIN: it would wait for a tmux that does not read.
            termios.tcsetattr(self.fd, termios.TCSANOW, attributes)  # type: ignore[arg-type]
        except termios.error:
            return


def open_outer() -> Outer:
    """Open the terminal on standard input once more: non-blocking must not leak to others."""
    try:
        fd = os.open(os.ttyname(0), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        return Outer(fd)
    except (OSError, termios.error):
        raise OuterError("The shim stands between a pane and its agent: run it in tmux.") from None


UNKNOWN: dict[str, object] = {"kitty": True}
"""Before any screen has told: agents ask once, at their start, and a yes costs nothing. A terminal
without Kitty keys goes on sending the legacy bytes, which every agent understands too."""


def load_terminal(path: str) -> dict[str, object]:
    """What the screen has learned of the person's terminal; `UNKNOWN` before it has written."""
    try:
        with open(path.encode("utf-8", "surrogateescape"), "rb") as file:
            known = json.load(file)
    except (OSError, ValueError):
        return UNKNOWN
    return known if isinstance(known, dict) else UNKNOWN
