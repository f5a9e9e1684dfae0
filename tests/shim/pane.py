"""A pane for tests: the outer end of a pty, a shim in it, and the rows it writes."""

import contextlib
import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SHIM = ROOT / "agentmux" / "shim" / "__main__.py"
IN_TERMINAL = "import os, sys; os.login_tty(int(sys.argv[1])); os.execv(sys.argv[2], sys.argv[2:])"
BARE = [sys.executable, "-I", "-S"]

Row = dict[str, Any]


def program(text: str, *words: str) -> list[str]:
    """The argv of a small Python program; `os`, `sys` and `tty` are imported."""
    return [*BARE, "-c", f"import os, sys, tty\n{text}", *words]


def until(condition: Callable[[], Any], what: str, seconds: float = 15) -> Any:
    """The first true value of `condition`; fails when there is none in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        select.select([], [], [], 0.005)
    return value


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Pane:
    """One shim and its agent; `screen` is everything that was read from the pane so far."""

    def __init__(self, folder: Path, argv: list[str], size: tuple[int, int] = (40, 120)) -> None:
        self.folder = folder
        self.screen = b""
        self._expected = 0
        self.spec: Row = {
            "argv": argv,
            "cwd": str(folder),
            "env": dict(os.environ),
            "spool": str(folder / "spool.jsonl"),
            "modes": str(folder / "modes.json"),
            "terminal": str(folder / "terminal.json"),
            "quiet_s": 0.3,
            "oom_score": 500,
            "grace_s": 0.3,
        }
        self.shim = [*BARE, str(SHIM)]
        self.spec_file = folder / "spec.json"
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self.resize(*size)

    def start(self, **spec: Any) -> "Pane":
        """Run the shim; keyword arguments change the spec."""
        self.spec_file.write_text(json.dumps(self.spec | spec))
        self.spec_file.chmod(0o600)
        launcher = [*BARE, "-c", IN_TERMINAL, str(self.slave)]
        command = [*launcher, *self.shim, str(self.spec_file)]
        self.process = subprocess.Popen(command, pass_fds=[self.slave], cwd=ROOT)
        os.close(self.slave)
        return self

    def close(self) -> None:
        """Kill the shim, which ends the agent, and reap it."""
        self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """The terminal goes away, as when tmux dies."""
        if self.master >= 0:
            os.close(self.master)
        self.master = -1

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def read(self) -> bytes:
        """What the pane shows now; empty when nothing new, or when it has hung up."""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return b""
        self.screen += data
        return data

    def expect(self, text: bytes) -> None:
        """Read until `text` is shown, after what was expected before."""

        def shown() -> bool:
            self.read()
            return text in self.screen[self._expected :]

        until(shown, f"{text[:80]!r}, not {self.screen[-200:]!r}")
        self._expected = self.screen.index(text, self._expected) + len(text)

    def write(self, data: bytes) -> None:
        """Type `data`, all of it, also into a slow pane."""
        end = time.monotonic() + 20
        while data:
            assert time.monotonic() < end, f"{len(data)} bytes were not taken"
            select.select([], [self.master], [], 1)
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(self.master, data) :]

    def finish(self) -> int:
        """Read to the end; the exit code, negative for a signal."""

        def ended() -> bool:
            while self.read():
                pass
            return self.process.poll() is not None

        until(ended, "the shim's end")
        while self.read():
            pass
        return int(self.process.returncode)

    def rows(self, kind: str | None = None) -> list[Row]:
        """The complete rows of the spool, of one kind or all."""
        path = Path(self.spec["spool"])
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        rows = [json.loads(line) for line in lines if line]
        return [row for row in rows if kind in (None, row["e"])]

    def row(self, kind: str, **fields: Any) -> Row:
        """Wait for a row of this kind with these fields."""

        def found() -> Row | None:
            self.read()
            hits = (r for r in self.rows(kind) if fields.items() <= r.items())
            return next(hits, None)

        row: Row = until(found, f"a row {kind} {fields} in {self.rows()}")
        return row

    @property
    def agent(self) -> int:
        """The agent's pid, once it runs."""
        return int(self.row("started")["pid"])

    def signal(self, number: signal.Signals) -> None:
        """Send the shim a signal."""
        self.process.send_signal(number)
