"""The two that are compared: plain tmux, and agentmux as a user has it.

Both show the same programs in panes on a terminal of the same size. agentmux runs with
everything it needs: leader, shims, private server, one worktree for each session.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.bench.processes import tree
from tests.bench.terminal import Terminal, read_for
from tests.support.cockpit import ROOT, Cockpit

SIZE = (200, 60)
LEADER_KEY, ENTER = b"\x11", b"\r"
PROGRAMS = Path(__file__).parent / "programs"


def program(name: str, number: int, *args: object) -> list[str]:
    """The command line of a program for the pane with this number."""
    path = str(PROGRAMS / f"{name}.py")
    return [sys.executable, "-I", "-S", path, str(number), *map(str, args)]


def ready(number: int) -> bytes:
    """What the program of this pane shows once it runs."""
    return b"ready:%03d" % number


class Rig(Protocol):
    """A multiplexer with numbered panes, from 1."""

    name: str
    terminal: Terminal | None

    def open(self, programs: Sequence[list[str]]) -> None:
        """Start a pane for each program."""

    def attach(self, size: tuple[int, int] = SIZE) -> Terminal:
        """Show the panes on a new terminal."""

    def type_into(self, number: int) -> None:
        """Send the keys to this pane from now on."""

    def detach(self) -> None:
        """Leave the terminal; the panes run on."""

    def pids(self) -> dict[str, list[int]]:
        """Part → its processes, without the programs in the panes."""

    def close(self) -> None:
        """End everything."""


class Native:
    """A plain tmux server and a plain `tmux attach`."""

    name = "tmux"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.terminal: Terminal | None = None

    def _argv(self, *words: str) -> list[str]:
        return ["tmux", "-u", "-f", os.devnull, "-S", str(self.home / "native.sock"), *words]

    def tmux(self, *words: str) -> str:
        done = subprocess.run(self._argv(*words), capture_output=True, check=True)
        return done.stdout.decode().strip()

    def open(self, programs: Sequence[list[str]], size: tuple[int, int] = SIZE) -> None:
        columns, rows = map(str, size)
        self.tmux("new-session", "-d", "-s", "bench", "-x", columns, "-y", rows, "--", *programs[0])
        for argv in programs[1:]:
            self.tmux("split-window", "-t", "bench", "--", *argv)
            self.tmux("select-layout", "-t", "bench", "tiled")

    def attach(self, size: tuple[int, int] = SIZE) -> Terminal:
        argv = self._argv("attach-session", "-t", "bench")
        self.terminal = Terminal(argv, self.home, os.environ, size)
        return self.terminal

    def type_into(self, number: int) -> None:
        self.tmux("select-pane", "-t", f"bench.{number - 1}")

    def detach(self) -> None:
        if self.terminal is not None:
            self.terminal.close()
            self.terminal = None

    def pids(self) -> dict[str, list[int]]:
        panes = [int(pid) for pid in self.tmux("list-panes", "-F", "#{pane_pid}").split()]
        server = int(self.tmux("display-message", "-p", "#{pid}"))
        screen = [self.terminal.process.pid] if self.terminal else []
        return {"screen": screen, "server": tree(server, without=panes)}

    def close(self) -> None:
        self.detach()
        subprocess.run(self._argv("kill-server"), capture_output=True, check=False)


class Ours:
    """agentmux, its leader, its private server and a session for each program."""

    name = "agentmux"

    def __init__(self, home: Path) -> None:
        self.cockpit = Cockpit(home)
        self.terminal: Terminal | None = None
        self._agents: list[int] = []
        self._typing = False
        self._selected = 1

    def open(self, programs: Sequence[list[str]], size: tuple[int, int] = (120, 40)) -> None:
        shape = f"{size[0]}x{size[1]}"
        for argv in programs:
            self.cockpit.do("new", "--json", "--force", "--size", shape, "--", *argv)
        rows = self.cockpit.ls().values()
        self._agents = [row["pid"] for row in rows]

    def attach(self, size: tuple[int, int] = SIZE) -> Terminal:
        self._typing, self._selected = False, 1
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        argv = [sys.executable, "-m", "agentmux"]
        self.terminal = Terminal(argv, self.cockpit.repo, env, size)
        return self.terminal

    def type_into(self, number: int) -> None:
        assert self.terminal is not None
        digit = str(number).encode()
        if self._typing:
            keys = [LEADER_KEY, digit]
        elif number == self._selected:
            keys = [ENTER]
        else:
            keys = [digit, digit]
        self._press(keys)
        self._typing, self._selected = True, number

    def select(self, number: int) -> None:
        """Look at this pane; the keys stay commands."""
        if self._typing:
            self._press([LEADER_KEY, b"\x1b"])
            self._typing = False
        if number != self._selected:
            self._press([str(number).encode()])
            self._selected = number

    def zoom(self) -> None:
        """Give the selected pane the whole terminal but for the last line."""
        self._press([b"z"])

    def _press(self, keys: Sequence[bytes]) -> None:
        assert self.terminal is not None
        for key in keys:
            self.terminal.type(key)
            read_for(0.3)

    def detach(self) -> None:
        if self.terminal is not None:
            self.terminal.close()
            self.terminal = None

    def pids(self) -> dict[str, list[int]]:
        leader = self.cockpit.leader()
        assert leader is not None
        server = self.cockpit.server_pid()
        inside = tree(server, without=[*self._agents, leader])
        shims = [pid for pid in inside if b"/shim/" in _command(pid)]
        return {
            "screen": tree(self.terminal.process.pid) if self.terminal else [],
            "leader": tree(leader),
            "shims": shims,
            "server": [pid for pid in inside if pid not in shims],
        }

    def close(self) -> None:
        self.detach()
        self.cockpit.close()


def _command(pid: int) -> bytes:
    return Path("/proc", str(pid), "cmdline").read_bytes()


@contextmanager
def home() -> Iterator[Path]:
    """A person's home for one benchmark, on a short path, gone afterwards with what ran in it."""
    folder = Path(tempfile.mkdtemp(prefix="amb-", dir="/tmp"))
    (folder / "gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.invalid\n")
    before = dict(os.environ)
    for name in before:
        if name.startswith(("XDG_", "TMUX", "GIT_", "LC_", "AGENTMUX_")) or name == "NO_COLOR":
            del os.environ[name]
    os.environ |= {
        "HOME": str(folder),
        "AGENTMUX_HOME": str(folder / "agentmux"),
        "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "SHELL": "/bin/sh",
    }
    try:
        yield folder
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def native() -> Iterator[Native]:
    """Plain tmux in a home of its own."""
    with home() as folder:
        rig = Native(folder)
        try:
            yield rig
        finally:
            rig.close()


@contextmanager
def ours() -> Iterator[Ours]:
    """agentmux in a home of its own."""
    with home() as folder:
        rig = Ours(folder)
        try:
            yield rig
        finally:
            rig.close()
