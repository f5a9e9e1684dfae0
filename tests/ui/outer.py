"""An outer terminal for tests: a pty, what was written to it, and what the app wrote down."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil

from agentmux.ui import TEXTUAL_SETTINGS

DEADLINE_S = 20.0


class Outer:
    """A program on a pty of ours; `screen` is everything it has written so far."""

    def __init__(self, argv: Sequence[str], log: Path, env: dict[str, str]) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.log = log
        self.screen = b""
        self.answers: dict[bytes, bytes] = {}
        """What the terminal answers when the program writes the key."""
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,
        )

    def read(self, timeout: float) -> None:
        """Take what the program wrote, and answer what it asked."""
        if select.select([self.master], [], [], timeout)[0]:
            try:
                new = os.read(self.master, 65_536)
            except OSError:  # The last program on the pty has gone.
                return
            self.screen += new
            for question, answer in self.answers.items():
                if question in new:
                    self.type(answer)

    def type(self, data: bytes) -> None:
        """Send bytes as the terminal does, reading meanwhile so that nobody blocks."""
        while data:
            _, writable, _ = select.select([], [self.master], [], 0.05)
            if writable:
                data = data[os.write(self.master, data[:2048]) :]
            self.read(0)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Read until `condition` holds."""
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"no {what}: {self.entries()[-12:]} {self.screen[-300:]!r}")
            self.read(0.02)

    def entries(self) -> list[dict[str, Any]]:
        """What the app wrote down."""
        text = self.log.read_text() if self.log.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line]

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.entries()]

    def wait(self, kind: str, times: int = 1) -> dict[str, Any]:
        """The newest entry of `kind`, once there are `times` of them."""
        self.until(lambda: self.kinds().count(kind) >= times, kind)
        return [entry for entry in self.entries() if entry["kind"] == kind][-1]

    def typed(self) -> bytes:
        """All bytes that TYPE handed on as keys."""
        found = [entry["hex"] for entry in self.entries() if entry["kind"] == "keys"]
        return bytes.fromhex("".join(found))

    def wait_typed(self, data: bytes) -> None:
        self.until(lambda: len(self.typed()) >= len(data), f"{data!r}")
        assert self.typed() == data

    def wait_end(self) -> int:
        """The exit code; negative for a signal, as `subprocess` has it."""
        self.until(lambda: self.process.poll() is not None, "end")
        for _ in range(20):
            self.read(0.01)
        assert self.process.returncode is not None
        return self.process.returncode

    def is_stopped(self) -> bool:
        """Whether the program sleeps after Ctrl+Z."""
        return psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED

    def hang_up(self) -> None:
        """Close the terminal's window."""
        os.close(self.master)
        self.master = os.open(os.devnull, os.O_RDWR)

    def close(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.slave)
        os.close(self.master)


def start_echo(
    log: Path,
    modes: dict[str, Any],
    env: dict[str, str] | None = None,
    answers: dict[bytes, bytes] | None = None,
) -> Outer:
    """The echo app on an outer terminal."""
    argv = [sys.executable, "-m", "tests.ui.echo_app", str(log), json.dumps(modes)]
    # The tests themselves may have borrowed settings of Textual.
    unwanted = {"NO_COLOR", "COLUMNS", "LINES", *TEXTUAL_SETTINGS}
    inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
    outer = Outer(argv, log, {**inherited, "TERM": "xterm-256color", **(env or {})})
    outer.answers = answers or {}
    return outer
