"""The person's terminal: types bytes into a program, and reads what stands on the screen.

tmux draws (a server of the test's own), `kitty.py` adds Kitty's keyboard protocol. Whatever the
program is, agent, shim or the whole of agentmux, it runs on a real terminal of a known size.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from tests.conftest import RUN_ID

DEADLINE_S = 60.0
END_S = 15.0
LOOK_S = 0.05
"""Seconds between two looks at the screen."""
DIALOG_S = 1.0
"""Seconds a dialog may take to go once answered; agents swallow keys just after drawing one."""


class Terminal:
    """One program on one screen; `with` ends it and its tmux server."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        folder: Path,
        size: tuple[int, int] = (120, 40),
    ) -> None:
        """Start `argv` with exactly `env`; `folder` is short, private and holds our files."""
        self.socket = folder / "terminal.sock"
        self.flags_log = folder / "kitty.log"
        self.flags_log.touch()
        relay = [sys.executable, "-I", str(Path(__file__).with_name("kitty.py"))]
        run = {name: os.environ[name] for name in (RUN_ID,) if name in os.environ}
        given = [f"{name}={value}" for name, value in {**env, **run}.items()]
        command = ["env", "-i", *given, *relay, str(self.flags_log), *argv]
        columns, rows = map(str, size)
        self._tmux("new-session", "-d", "-x", columns, "-y", rows, "-c", str(cwd), "--", *command)
        self._tmux("set-option", "-g", "remain-on-exit", "on")
        self._tmux("set-option", "-g", "status", "off")

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *details: object) -> None:
        """End it as a closed window would, and wait: agents still write into their home then."""
        pids = self._tmux("list-panes", "-a", "-F", "#{pane_pid}").split()
        found = [_tree(int(pid)) for pid in pids]
        self._tmux("kill-server")
        _, alive = psutil.wait_procs([process for tree in found for process in tree], END_S)
        for process in alive:
            process.kill()

    def press(self, data: bytes) -> None:
        """Send bytes as the terminal would; tmux hands them on untouched."""
        self._tmux("send-keys", "-H", *(f"{byte:02x}" for byte in data))

    def press_shift_enter(self) -> None:
        """What Kitty sends for it: told apart from Enter only where the program asked for that."""
        self.press(b"\x1b[13;2u" if self.flags[-1:] and self.flags[-1] & 1 else b"\r")

    def type(self, text: str) -> None:
        """Type one line and wait until it stands on the screen, as a person would before Enter."""
        self.press(text.encode())
        self.wait_for(re.escape(text[-20:]))

    def screen(self) -> str:
        """What stands there now; rows are joined where the program's text was wrapped."""
        return self._tmux("capture-pane", "-p", "-J")

    def rows(self) -> list[str]:
        """The rows as they are seen, without what trails."""
        return [row.rstrip() for row in self._tmux("capture-pane", "-p").splitlines()]

    @property
    def is_alternate(self) -> bool:
        """Whether the program draws on the alternate screen, which has no scrollback."""
        return self._tmux("display-message", "-p", "#{alternate_on}").strip() == "1"

    @property
    def flags(self) -> list[int]:
        """Every state of Kitty's keyboard flags so far, the current one last."""
        return [int(line) for line in self.flags_log.read_text().split()]

    def shows(self, pattern: str) -> bool:
        """Whether `pattern` is on the screen; `^` and `$` stand for the ends of a row."""
        return re.search(pattern, self.screen(), re.MULTILINE) is not None

    def wait_for(self, *patterns: str) -> str:
        """The first of `patterns` to be on the screen."""
        self.wait_until(lambda: any(map(self.shows, patterns)), " or ".join(patterns))
        return next((p for p in patterns if self.shows(p)), patterns[-1])

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Look until `condition` holds; the failure shows the screen."""
        if not holds_within(condition, DEADLINE_S):
            raise AssertionError(f"never saw {what!r} on this screen:\n{self.screen()}")

    def answer(self, data: bytes, dialog: str) -> None:
        """Answer a dialog, and again should its first moments have swallowed the key."""
        self.wait_for(dialog)

        def is_gone() -> bool:
            if self.shows(dialog):
                self.press(data)
            return holds_within(lambda: not self.shows(dialog), DIALOG_S)

        self.wait_until(is_gone, f"the end of {dialog}")

    def answer_until(self, said: str, data: bytes, dialog: str) -> None:
        """Answer every `dialog` with `data` until `said` is on the screen."""
        while self.wait_for(said, dialog) == dialog:
            self.answer(data, dialog)

    def _tmux(self, *args: str) -> str:
        argv = ["tmux", "-S", str(self.socket), "-f", os.devnull, *args]
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=True)
        return done.stdout


def _tree(pid: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def holds_within(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether `condition` comes true in time; looks again and again."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_S)
    return True
