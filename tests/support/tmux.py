"""A real tmux server for one test, programs to run in its panes, and ways to wait for them."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agentmux.paths import places
from agentmux.tmux.formats import Pane
from agentmux.tmux.server import Server

PATIENCE_S = 15.0


@pytest.fixture
def server(private_home: Path) -> Iterator[Server]:
    """A server of the test's own, started, with its keeper; ended with everything in it."""
    where = places()
    where.make()
    server = Server(where)
    server.start(history=500)
    yield server
    server.kill()


def run_python(server: Server, script: str, *args: str, name: str = "s1-1", **size: int) -> Pane:
    """A pane that runs a Python script with these arguments."""
    argv = [sys.executable, "-I", "-S", "-c", script, *args]
    return server.open_window(name, argv, (size.get("cols", 80), size.get("lines", 24)))


def run_shell(server: Server, script: str, *args: str, name: str = "s1-1") -> Pane:
    """A pane that runs a shell script with these arguments."""
    return server.open_window(name, ["sh", "-c", script, "sh", *args], (80, 24))


def wait_until(holds: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Return as soon as `holds()` is true; the test fails when it does not become so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


async def until(holds: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """As `wait_until`, leaving the loop free."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.005)


def has_keeper(server: Server) -> bool:
    """Whether the keeper is connected; a fraction of a second after its start it is."""
    flags = server.run("list-clients", "-F", "#{client_flags}").decode()
    return any("no-output" in client.split(",") for client in flags.splitlines())


def remind_of_deaths(server: Server) -> None:
    """Have tmux look for dead children: 3.3a misses the end of one program in twenty.

    It then shows a dead pane without a status until any other child ends. agentmux does not rely
    on it (the shim's spool has the status); tests of tmux's own word do.
    """
    pid = int(server.identity().partition(":")[0])
    os.kill(pid, signal.SIGCHLD)


def wait_for_text(server: Server, pane: str, text: bytes) -> None:
    """Return as soon as the pane or its scrollback shows `text`."""
    wait_until(lambda: any(text in row for row in server.capture(pane, history=True)))
