"""Signals turned into bytes on a pipe, so that one poll loop hears of everything.

Job control is ignored: Ctrl-Z in the pane is for the agent, whose own terminal delivers it.
"""

from __future__ import annotations

import os
import signal

HEARD = (signal.SIGCHLD, signal.SIGWINCH, signal.SIGHUP, signal.SIGTERM)
IGNORED = (
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTSTP,
    signal.SIGTTIN,
    signal.SIGTTOU,
    signal.SIGPIPE,
    signal.SIGXFSZ,
)


def listen() -> int:
    """Start listening; returns a non-blocking fd that yields one byte, its number, per signal."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in HEARD:
        # Without a handler in Python the wakeup fd stays silent.
        signal.signal(number, lambda *_: None)
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    return reader


def forget() -> None:
    """Give a forked child the defaults back: ignored signals would stay ignored after exec."""
    signal.set_wakeup_fd(-1)
    for number in HEARD + IGNORED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def received(fd: int) -> bytes:
    """The numbers of the signals that came since the last call."""
    try:
        return os.read(fd, 512)
    except BlockingIOError:
        return b""
