"""A small app on the real driver that writes down what it gets, one JSON object a line.

Argument 1: the file to write to. Argument 2: the modes of its agent. Key `t` enters TYPE, `x`
raises, `e` ends behind Textual's back, `l` lends the terminal away, `q` leaves; every other key
is only written down.
"""

import atexit
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App

from agentmux.ui.driver import RawDriver, driver_of


class EchoApp(App[None], inherit_bindings=False):
    """Writes down keys, pastes, mouse reports and focus, and what each mode got."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, log: Callable[..., None], modes: dict[str, Any]) -> None:
        super().__init__(driver_class=RawDriver, ansi_color=True)
        self.note_down = log
        self.agent_modes = modes

    @property
    def driver(self) -> RawDriver:
        driver = driver_of(self)
        assert driver is not None
        return driver

    def on_ready(self) -> None:
        if self.agent_modes.get("reserve_scroll"):
            self.driver.set_leaders(["ctrl+q"], reserve_scroll=True)
        self.driver.on_terminal = lambda found: self.note_down("terminal", **found.as_record())
        found = self.driver.terminal
        self.note_down("ready", size=list(self.size), **(found.as_record() if found else {}))

    def on_key(self, event: events.Key) -> None:
        self.note_down("command", key=event.key)
        if event.key == "t":
            self.driver.raw = Echo(self)
            self.driver.enter_type(self.agent_modes)
            self.note_down("type")
        elif event.key == "x":
            raise RuntimeError("planted")
        elif event.key == "e":
            threading.Thread(target=end_abruptly).start()
        elif event.key == "l":
            with self.suspend():
                for _ in range(100):
                    self.driver.write("LENT")
                self.note_down("lent")
        elif event.key == "q":
            self.exit()

    def on_paste(self, event: events.Paste) -> None:
        self.note_down("command paste", text=event.text)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.note_down("mouse down", x=event.screen_x, y=event.screen_y)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.note_down("wheel up")

    def on_app_blur(self) -> None:
        self.note_down("blur")


def end_abruptly() -> None:
    """End while Textual's loop still runs, as an interpreter does that is going down."""
    atexit._run_exitfuncs()
    os._exit(3)


class Echo:
    """The agent of the test: writes down what it would get."""

    def __init__(self, app: EchoApp) -> None:
        self.app = app

    def keys(self, data: bytes) -> None:
        self.app.note_down("keys", hex=data.hex())

    def paste(self, data: bytes) -> None:
        self.app.note_down("paste", hex=data.hex())

    def leader(self) -> None:
        self.app.note_down("leader")
        self.app.driver.raw = None
        self.app.driver.leave_type()

    def scroll(self, pages: int) -> None:
        self.app.note_down("scroll", pages=pages)

    def note(self, sentence: str) -> None:
        self.app.note_down("note", text=sentence)


def main() -> int:
    with open(sys.argv[1], "a", buffering=1) as log:

        def note_down(kind: str, **more: object) -> None:
            log.write(json.dumps({"kind": kind, **more}) + "\n")

        app = EchoApp(note_down, json.loads(sys.argv[2]))
        app.run()
        note_down("exit", code=app.return_code, borrowed=os.environ.get("TEXTUAL_FPS"))
        return app.return_code or 0


if __name__ == "__main__":
    raise SystemExit(main())
