"""The outer terminal: raw bytes to the agent in TYPE, Textual's events in COMMAND, order after us.

The one place that knows Textual's private side. The loop itself reads the terminal, so a key is
one call away from its pane and no thread decides in which mode a byte is read. Whatever way the
program ends, the terminal gets its modes back: on leaving, Ctrl+Z, SIGTERM, SIGHUP and a crash
here, after `kill -9` by the reset with which the next start begins.
"""

import asyncio
import atexit
import os
import signal
import termios
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.widget import Widget

from agentmux.ui import BORROWED, modes
from agentmux.ui.command_keys import ESCAPE_DELAY_S, CommandKeys
from agentmux.ui.leaders import parse_leader
from agentmux.ui.outlet import Outlet
from agentmux.ui.painter import Painter, row_regions
from agentmux.ui.scanner import SCROLL_UP, Item, Scanner, Typist
from agentmux.ui.terminal import Terminal, learn, probe

for _name in BORROWED:  # Textual has read them by now; agents must not inherit them.
    os.environ.pop(_name, None)

READ_SIZE = 65_536
REFUSED = "The paste is over 8 MiB and was not taken: save it to a file and name that."
SETTLE_LIMIT_S = 0.25
"""How long the keys behind a command wait for it at most."""


class RawDriver(LinuxDriver):
    """Textual's driver for Linux and macOS with a TYPE mode."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert self._file is not None
        self._outlet = Outlet(self._file)
        self._file = self._outlet  # type: ignore[assignment]
        self.painter = Painter(app)
        self.raw: Typist | None = None
        """Who has the keys; None in COMMAND."""
        self.terminal: Terminal | None = None
        """What the outer terminal can do; None before the first start."""
        self.on_terminal: Callable[[Terminal], None] | None = None
        """Told when a late answer changed `terminal`."""
        self._type_modes: modes.KeyModes | None = None
        self._typing = Scanner([parse_leader("ctrl+q")])
        self._commanding = Scanner()
        self._commands = CommandKeys(debug)
        self._ahead = b""
        self._settling = False
        self._wait: asyncio.TimerHandle | None = None
        self._tick: asyncio.TimerHandle | None = None
        self._signals: dict[int, Any] = {}

    # ------------------------------------------------------------------ modes

    def set_leaders(self, names: Iterable[str], reserve_scroll: bool = False) -> None:
        """Use these leader keys from now on; an impossible one raises ConfigError."""
        self._typing.set_leaders([parse_leader(name) for name in names], reserve_scroll)

    def enter_type(self, record: Mapping[str, object]) -> None:
        """Give the terminal the modes of a shim's record; again whenever the record changes."""
        wanted, held = modes.parse_modes(record), self._type_modes
        self._type_modes = wanted
        self.write(modes.enter_type(wanted) if held is None else modes.change(held, wanted))

    def leave_type(self) -> None:
        """Take the agent's modes back; nothing happens when there are none."""
        held, self._type_modes = self._type_modes, None
        if held is not None:
            self.write(modes.leave_type(held))

    # ------------------------------------------------------------------ input

    def run_input_thread(self) -> None:
        """Nothing: the loop reads the terminal. Textual's thread ends at once."""

    def _read(self) -> None:
        """The terminal has bytes; none of them means that it is gone."""
        try:
            data = os.read(self.fileno, READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._receive(data)
        else:
            self._loop.remove_reader(self.fileno)
            self._app.exit(return_code=128 + signal.SIGHUP)

    def _receive(self, data: bytes) -> None:
        """Sort what was read, each item in the mode in which the item before left us."""
        self._ahead += data
        while self._ahead and not self._settling:
            raw = self.raw
            scanner = self._scanner
            data, self._ahead = self._ahead, b""
            for item in scanner.feed(data):
                self._hand_on(item)
                if self.raw is not raw or self._ahead or self._settling:
                    self._ahead += scanner.release()
                    break
        self._set_timer()

    @property
    def _scanner(self) -> Scanner:
        return self._commanding if self.raw is None else self._typing

    def _hand_on(self, item: Item) -> None:
        if item.kind == "ours":
            self._report(item.data)
        elif self.raw is None:
            self._command(item)
        elif item.kind == "keys":
            self.raw.keys(item.data)
        elif item.kind == "paste":
            self.raw.paste(item.data)
        elif item.kind == "leader":
            self.raw.leader()
        elif item.kind == "scroll":
            self.raw.scroll(1 if item.data.startswith(SCROLL_UP) else -1)
        else:
            self.raw.note(REFUSED)

    def _report(self, data: bytes) -> None:
        """A report for Textual, or an answer to what `probe` asked that came too late for it."""
        for message in self._commands.report(data):
            self.process_message(message)
        known = self.terminal or Terminal()
        if (terminal := learn(known, data)) != known:
            self.terminal = terminal
            if self.on_terminal is not None:
                self.on_terminal(terminal)

    def _command(self, item: Item) -> None:
        """One event for Textual; what stands behind a key waits until it has had its effect."""
        if item.kind == "keys":
            messages, self._ahead = self._commands.feed(item.data)
            self._post(messages)
            if self._tick is not None:
                self._tick.cancel()
            self._tick = self._loop.call_later(ESCAPE_DELAY_S + 0.001, self._end_key)
        elif item.kind == "paste":
            self._post([events.Paste(item.data.decode(errors="replace").replace("\0", ""))])
        elif item.kind == "refused":
            self._app.notify(REFUSED, severity="warning")

    def _end_key(self) -> None:
        self._post(self._commands.tick())

    def _post(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)
            if isinstance(message, events.Key):
                self._settling = True
                self._loop.call_soon(self._settle, self._loop.time() + SETTLE_LIMIT_S, 0)

    def _settle(self, deadline: float, quiet: int) -> None:
        """Wait until no widget has had a message waiting for three turns of the loop."""
        busy = any(pump.message_queue_size for pump in self._app._registry)
        quiet = 0 if busy or self._app.message_queue_size else quiet + 1
        if quiet < 3 and self._loop.time() < deadline:
            self._loop.call_soon(self._settle, deadline, quiet)
        elif self._settling:
            self._settling = False
            self._receive(b"")

    def send_message(self, message: Message) -> None:
        """Post without the detour over another thread: the loop is where we are."""
        self._app.post_message(message)

    def _set_timer(self) -> None:
        """Pass on what the scanner holds back, once the rest of it can be said not to come."""
        if self._wait is not None:
            self._wait.cancel()
            self._wait = None
        if (hold := self._scanner.hold) is not None:
            self._wait = self._loop.call_later(hold, self._flush)

    def _flush(self) -> None:
        self._wait = None
        for item in self._scanner.flush():
            self._hand_on(item)
        self._receive(b"")

    # ------------------------------------------------------------------ output

    def write(self, data: str) -> None:
        """Write to the terminal; while it belongs to another program nothing is written."""
        if (writer := self._writer_thread) is not None and writer.is_alive():
            self._outlet.put(data.encode(errors="surrogateescape"), writer)

    def _get_terminal_size(self) -> tuple[int, int]:
        """The terminal's own word; COLUMNS and LINES of the environment may be stale."""
        try:
            width, height = os.get_terminal_size(self.fileno)
        except OSError:
            width, height = 80, 25
        return width or 80, height or 25

    # ------------------------------------------------------------------ coming and going

    def start_application_mode(self) -> None:
        """Take the terminal over, at the start and after Ctrl+Z or another program."""
        typed = b""
        self._put(modes.LEAVE_ALTERNATE + modes.RESET)
        if self.terminal is None:
            answer = probe(self.fileno)
            self.terminal, typed = answer.terminal, answer.typed
        before = self._key_thread
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._key_thread is before:  # We are in the background and own nothing.
            return
        atexit.register(self._restore)
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._signals[number] = signal.signal(number, self._leave)
        if self._type_modes is not None:
            self.write(modes.enter_type(self._type_modes))
        self._loop.add_reader(self.fileno, self._read)
        self._loop.call_soon(self._receive, typed)

    def disable_input(self) -> None:
        """Read no more; what is typed from now on is for the shell."""
        self._loop.remove_reader(self.fileno)
        super().disable_input()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        if self._type_modes is not None:
            self.write(modes.leave_type(self._type_modes))
        super().stop_application_mode()
        self.write(modes.RESET)
        for number, handler in self._signals.items():
            signal.signal(number, handler)
        self._signals.clear()
        atexit.unregister(self._restore)

    def close(self) -> None:
        """The program is ending."""
        super().close()
        self._outlet.close()

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        """SIGTERM or SIGHUP: leave in order; at the second one leave at once."""
        if self._app._exit:
            self._restore()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=128 + number))

    def _restore(self) -> None:
        """Everything at once and unbuffered, for an end that does not pass through Textual."""
        self._put(modes.RESTORE)
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def _put(self, data: str) -> None:
        with suppress(OSError):
            os.write(self._outlet.fileno(), data.encode())


def paint(widget: Widget, rows: Sequence[int]) -> None:
    """Bring these rows of a `Canvas` to the terminal, some turns of the loop from now."""
    if (driver := driver_of(widget.app)) is not None:
        driver.painter.add(widget, rows)
    else:
        widget.refresh(*row_regions(rows, widget.size.width))


def paint_now(widget: Widget) -> None:
    """Bring what a widget of the current screen has changed to the terminal at once.

    An echo is waited for.
    """
    if (driver := driver_of(widget.app)) is not None:
        driver.painter.flush()
    if widget._repaint_required and widget.screen.is_current:
        widget._repaint_required = False
        with widget.screen._context():
            widget.screen._dirty_widgets.add(widget)
            widget.screen._on_timer_update()


def driver_of(app: App[Any]) -> RawDriver | None:
    """The app's driver; None in a test without a terminal."""
    driver = app._driver
    return driver if isinstance(driver, RawDriver) else None
