"""A real tmux pane into which a test prints bytes, and frames made of what tmux captured."""

import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from agentmux.mux.frame import Frame

DONE = b"\x1b]2;printed\x07"
DEADLINE_S = 10.0


class RealPane:
    """One pane of a tmux server of its own."""

    def __init__(self, folder: Path, cols: int, lines: int) -> None:
        self.cols, self.lines = cols, lines
        self._folder = folder
        self.base = ["tmux", "-u", "-S", str(folder / "s"), "-f", "/dev/null"]

    def tmux(self, *arguments: str) -> bytes:
        """Run one tmux command; its output."""
        return subprocess.run([*self.base, *arguments], capture_output=True, check=True).stdout

    def show(self, data: bytes) -> None:
        """Print `data` into a new pane, line ends as they are, and wait until tmux has read it."""
        printed = self._folder / "printed"
        printed.write_bytes(data + DONE)
        script = f"stty raw; cat {shlex.quote(str(printed))}; exec sleep 60"
        size = ["-x", str(self.cols), "-y", str(self.lines)]
        self.tmux("new-session", "-d", *size, "sh", "-c", script)
        deadline = time.monotonic() + DEADLINE_S
        while self.tmux("display-message", "-p", "#{pane_title}") != b"printed\n":
            assert time.monotonic() < deadline, "tmux did not read what was printed"

    def rows(self, *options: str) -> list[bytes]:
        """The rows as agentmux captures them."""
        return self.tmux("capture-pane", "-epN", *options).removesuffix(b"\n").split(b"\n")

    async def history(self, first: int, count: int) -> Sequence[bytes]:
        """Rows of scrollback and screen, counted as tmux does."""
        return self.rows("-S", str(first), "-E", str(first + count - 1))

    def frame(self, **changes: object) -> Frame:
        """The pane as a frame."""
        asked = "#{cursor_x} #{cursor_y} #{history_size}"
        x, y, history = map(int, self.tmux("display-message", "-p", asked).split())
        return frame_of(
            self.rows(), self.cols, self.lines, cursor=(x, y), history=history, **changes
        )


@contextmanager
def real_pane(data: bytes, cols: int = 40, lines: int = 8) -> Iterator[RealPane]:
    """A pane that shows `data`; its server is always killed."""
    with tempfile.TemporaryDirectory(prefix="am") as folder:
        pane = RealPane(Path(folder), cols, lines)
        try:
            pane.show(data)
            yield pane
        finally:
            subprocess.run([*pane.base, "kill-server"], capture_output=True, check=False)


def frame_of(rows: Sequence[bytes], cols: int, lines: int, **changes: object) -> Frame:
    """A frame with these rows, blank ones below them."""
    filled = (*rows, *[b""] * (lines - len(rows)))
    fields: dict[str, object] = {
        "pane": "%1",
        "seq": 1,
        "rows": filled,
        "cols": cols,
        "lines": lines,
        "cursor": (0, 0),
        "title": "",
        "alternate": False,
        "mouse": frozenset(),
        "history": 0,
        "dead": False,
    }
    return Frame(**{**fields, **changes})  # type: ignore[arg-type]
