"""A person's seat: the screen in a terminal that tmux draws, keys pressed, text read back.

The terminal is an outer tmux server of the test's own; what it shows is what a person would see.
"""

import os
import signal
import subprocess
import sys

from tests.support.cockpit import ROOT, Cockpit, eventually

KEYS = {
    "enter": "\r", "esc": "\x1b", "tab": "\t", "leader": "\x11", "down": "\x1b[B",
    "right": "\x1b[C", "backspace": "\x7f",
}  # fmt: skip
"""Names of keys that are not their own character."""


class Seat:
    """One terminal with `agentmux` (and more words) in it."""

    def __init__(
        self, cockpit: Cockpit, *argv: str, size: tuple[int, int] = (120, 36), name: str = "outer"
    ) -> None:
        self._socket = str(cockpit.home / f"{name}.sock")
        run = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
        words = ["env", "-i", *(f"{key}={value}" for key, value in run.items())]
        words += [sys.executable, "-m", "agentmux", *argv]
        columns, rows = map(str, size)
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", columns, "-y", rows,
                   "-c", str(cockpit.repo), *words, ";",
                   "set-option", "-g", "remain-on-exit", "on", ";",
                   "set-option", "-g", "status", "off")  # fmt: skip

    def press(self, *keys: str) -> None:
        """Press keys one after the other: `3`, `+`, `enter`, `leader`."""
        for key in keys:
            self._send(KEYS.get(key, key))

    def type(self, text: str) -> None:
        """Type a text in one piece."""
        self._send(text)

    def text(self) -> str:
        """What stands on the screen."""
        return self._tmux("capture-pane", "-p")

    def top(self) -> str:
        return self.text().splitlines()[0]

    def bottom(self) -> str:
        return self.text().rstrip("\n").splitlines()[-1]

    def sees(self, *texts: str) -> None:
        """Wait until all of `texts` stand on the screen at once."""
        shown = ""

        def are_there() -> bool:
            nonlocal shown
            shown = self.text()
            return all(text in shown for text in texts)

        try:
            eventually(are_there, "seen")
        except AssertionError:
            missing = [text for text in texts if text not in shown]
            raise AssertionError(f"{missing} never stood on the screen:\n{shown}") from None

    def sees_no(self, text: str) -> None:
        """Wait until `text` is gone."""
        eventually(lambda: text not in self.text(), f"no {text!r}")

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def pid(self) -> int:
        """The process of the screen."""
        return int(self._tmux("display-message", "-p", "#{pane_pid}"))

    def kill(self) -> None:
        """`kill -9` of the screen."""
        os.kill(self.pid, signal.SIGKILL)
        self.has_ended()

    def has_ended(self) -> None:
        """Wait until the program has ended."""
        eventually(
            lambda: self._tmux("display-message", "-p", "#{pane_dead}") == "1\n", "the screen's end"
        )

    def close(self) -> None:
        """End the terminal, as a closed window does."""
        subprocess.run(
            ["tmux", "-S", self._socket, "kill-server"], capture_output=True, check=False
        )

    def _send(self, text: str) -> None:
        self._tmux("send-keys", "-H", *(f"{byte:02x}" for byte in text.encode()))

    def _tmux(self, *argv: str) -> str:
        done = subprocess.run(["tmux", "-S", self._socket, *argv], capture_output=True, check=True)
        return done.stdout.decode()
