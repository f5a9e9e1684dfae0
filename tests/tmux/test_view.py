"""Native attach, seen through a pty as a person's terminal would see it."""

import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from agentmux.errors import TmuxError, UsageError
from agentmux.paths import places
from agentmux.tmux.formats import Pane
from agentmux.tmux.server import Server
from agentmux.tmux.view import attach_argv, end_view
from tests.support.tmux import run_shell, wait_for_text, wait_until

SHOW_SIZE = "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done"


@contextmanager
def terminal(argv: list[str]) -> Iterator[tuple[int, int]]:
    """A program on a terminal of 100x30: its pid and the terminal's other end."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(argv[0], argv)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    os.set_blocking(fd, False)
    try:
        yield pid, fd
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(fd)


def read(fd: int, seen: bytearray) -> bytes:
    with suppress(BlockingIOError, OSError):
        seen += os.read(fd, 65536)
    return bytes(seen)


def sessions(server: Server) -> list[bytes]:
    return server.run("list-sessions", "-F", "#{session_name}").split()


@contextmanager
def viewed(server: Server, pane: Pane, view: str = "view-1") -> Iterator[tuple[int, int]]:
    """A view of the pane, once it shows the pane at the terminal's size."""
    seen = bytearray()
    with terminal(attach_argv(server, pane.window, view, "ctrl+q")) as (pid, fd):
        wait_until(lambda: b"29 100" in read(fd, seen) and b"ctrl+q returns" in seen)
        yield pid, fd


@pytest.mark.tmux
def test_the_leader_key_returns_and_all_other_keys_are_the_panes(server: Server) -> None:
    pane = run_shell(server, SHOW_SIZE)
    seen = bytearray()

    with viewed(server, pane) as (pid, fd):
        assert server.has_screens()
        os.write(fd, b"typed\x02")
        wait_for_text(server, pane.id, b"typed^B")
        os.write(fd, b"\x11")
        wait_until(lambda: read(fd, seen) and os.waitpid(pid, os.WNOHANG)[0])

    end_view(server, pane.window, (80, 24))
    assert sessions(server) == [b"hub"]
    wait_until(lambda: any(b"24 80" in row for row in server.capture(pane.id)[1:]))


@pytest.mark.tmux
def test_a_terminal_that_does_not_read_its_goodbye_harms_nobody(server: Server) -> None:
    """With the view's session ended by tmux itself the server died of it."""
    pane = run_shell(server, SHOW_SIZE)

    with viewed(server, pane) as (_, fd):
        os.write(fd, b"\x11")
        wait_until(lambda: not server.has_screens())
        end_view(server, pane.window, (80, 24))

    assert sessions(server) == [b"hub"]


@pytest.mark.tmux
def test_a_view_whose_terminal_died_is_ended_by_the_next(server: Server) -> None:
    pane, other = run_shell(server, SHOW_SIZE), run_shell(server, SHOW_SIZE, name="s2-1")

    with viewed(server, other, "view-2"):
        with viewed(server, pane) as (pid, _):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: b"0" in server.run("list-sessions", "-F", "#{session_attached}"))
        end_view(server, pane.window, (80, 24))
        assert sessions(server) == [b"hub", b"view-2"]


@pytest.mark.tmux
def test_other_windows_keep_their_size(server: Server) -> None:
    pane, other = run_shell(server, SHOW_SIZE), run_shell(server, SHOW_SIZE, name="s2-1")

    with viewed(server, pane):
        found = server.find_window("s2-1")

    assert found is not None
    assert (found.cols, found.lines) == (other.cols, other.lines)


def test_a_key_tmux_cannot_bind_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot leave a view"):
        attach_argv(Server(places()), "@1", "view-1", "x ; kill-server")


def test_a_window_is_named_by_id() -> None:
    with pytest.raises(TmuxError, match="not an id"):
        attach_argv(Server(places()), "s1-1", "view-1")
