"""Rows written past the compositor: the terminal shows what Textual would have drawn."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cockpit import ROOT
from tests.support.tmux import wait_until

pytestmark = pytest.mark.timeout(60)
ROUNDS = 12


class Watched:
    """The app of two panes in a real tmux pane."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.log = folder / "log"
        argv = [sys.executable, "-m", "tests.ui.painter_app", str(self.log), *arguments]
        size = ["-x", "80", "-y", "20"]
        self.tmux("new-session", "-d", *size, "-c", str(ROOT), *argv)

    def tmux(self, *words: str, check: bool = True) -> str:
        base = ["tmux", "-u", "-f", "/dev/null", "-S", str(self.log.parent / "s")]
        done = subprocess.run([*base, *words], capture_output=True, check=check)
        return done.stdout.decode()

    def report(self, number: int) -> dict[str, Any]:
        """What the app said after its round `number`."""
        lines: list[str] = []

        def is_there() -> bool:
            if self.log.exists():
                lines[:] = self.log.read_text().splitlines()
            return len(lines) > number

        wait_until(is_there)
        found: dict[str, Any] = json.loads(lines[number])
        return found

    def shown(self) -> list[str]:
        lines = [line.rstrip() for line in self.tmux("capture-pane", "-p").splitlines()]
        return lines + [""] * (20 - len(lines))


Watch = Callable[..., Watched]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Start the app with a seed and kinds of rounds."""
    opened: list[Watched] = []

    def begin(*arguments: object) -> Watched:
        opened.append(Watched(tmp_path, *map(str, arguments)))
        opened[0].report(0)
        return opened[0]

    yield begin
    for app in opened:
        app.tmux("kill-server", check=False)


@pytest.mark.parametrize("kinds", [("toast",), ("dialog", "toast"), ("divide", "hide")])
def test_the_terminal_shows_what_textual_would_have_drawn(
    watch: Watch, kinds: tuple[str, ...]
) -> None:
    watched = watch(0, *kinds)
    for number in range(1, ROUNDS + 1):
        watched.tmux("send-keys", "k")
        report = watched.report(number)
        assert watched.shown() == report["text"], (number, report["step"])


def test_new_pictures_alone_go_past_the_compositor(watch: Watch) -> None:
    watched = watch(0, "frames")
    for number in range(1, 4):
        watched.tmux("send-keys", "k")
        assert watched.report(number)["drawn"] == 0
