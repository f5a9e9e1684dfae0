"""Two panes on the real driver, changed at random; what Textual thinks is shown is written down.

Arguments: the file to write to, a seed, and the kinds of rounds between those of frames alone.
Each key press makes one round of changes.
"""

import io
import json
import random
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Static

from agentmux.ui.driver import RawDriver
from agentmux.ui.widgets.pane_view import PaneView
from tests.ui.panes import frame_of

WORDS = (b"plain", "日本".encode(), b"\x1b[31mred\x1b[0m", b"\x1b[7m rev \x1b[0m", b"~" * 30, b"")


class Dialog(ModalScreen[None]):
    """A box over the middle of both panes."""

    DEFAULT_CSS = "Dialog { align: center middle; } Dialog Static { width: 20; height: 3; }"

    def compose(self) -> ComposeResult:
        yield Static("a dialog")


class Two(App[None], inherit_bindings=False):
    """A round: frames, and now and then a toast, a dialog, or another division of the screen."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "PaneView { width: 1fr; }"

    def __init__(self, log: Callable[..., None], seed: str, kinds: Sequence[str]) -> None:
        super().__init__(driver_class=RawDriver, ansi_color=True)
        self.log_line, self.chance, self.kinds = log, random.Random(seed), kinds
        self.panes = [PaneView(), PaneView()]
        self.drawn = 0
        self.last = "frames"

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield from self.panes

    def _display(self, screen: Any, renderable: Any) -> None:
        self.drawn += 1
        super()._display(screen, renderable)

    def on_ready(self) -> None:
        self.set_timer(0.1, self.report)

    def on_key(self) -> None:
        self.step("frames" if self.last != "frames" else self.chance.choice(self.kinds))

    def step(self, what: str) -> None:
        self.last, self.drawn = what, 0
        for _ in range(self.chance.randint(1, 4)):
            self.new_frame(self.chance.choice(self.panes))
        match what:
            case "toast":
                self.notify("a toast", timeout=self.chance.choice([0.3, 30]))
            case "dialog" if isinstance(self.screen, Dialog):
                self.pop_screen()
            case "dialog":
                self.push_screen(Dialog())
            case "divide":
                self.panes[0].styles.width = self.chance.randint(10, 60)
            case "hide":
                self.panes[1].display = not self.panes[1].display
        for _ in range(self.chance.randint(0, 2)):
            self.new_frame(self.chance.choice(self.panes))
        self.set_timer(0.5, self.report)

    def new_frame(self, pane: PaneView) -> None:
        """A picture in which some rows are as before."""
        rows = list(pane.frame.rows) if pane.frame else [b""] * 20
        for _ in range(self.chance.randint(1, 6)):
            words = self.chance.choices(WORDS, k=self.chance.randint(0, 4))
            rows[self.chance.randrange(20)] = b" ".join(words)
        pane.set_typing(pane is self.panes[0])
        place = (self.chance.randrange(5), self.chance.randrange(20))
        pane.show_frame(frame_of(rows, 40, 20, cursor=place))

    def report(self) -> None:
        """What a picture of the screen, made anew, holds."""
        drawn = self.drawn
        console = Console(file=io.StringIO(), width=80, height=20, record=True)
        whole = self.screen._compositor.render_update(
            full=True, screen_stack=self._background_screens
        )
        console.print(whole)
        text = [line.rstrip() for line in console.export_text().splitlines()]
        self.log_line(step=self.last, drawn=drawn, text=text)


def main() -> None:
    with open(sys.argv[1], "a", buffering=1) as file:
        app = Two(lambda **more: print(json.dumps(more), file=file), sys.argv[2], sys.argv[3:])
        app.run()


if __name__ == "__main__":
    main()
