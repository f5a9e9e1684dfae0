"""What the outer terminal can do: Kitty keys and its colours, asked once before anything is drawn.

Every terminal answers the last question, device attributes, so its answer ends the waiting; a
terminal that is silent costs `PROBE_LIMIT_S`. What the person typed meanwhile is kept, and an
answer that comes too late is recognised by the scanner and typed into nothing.
"""

import os
import re
import select
import termios
import tty
from dataclasses import asdict, dataclass, replace
from time import monotonic

PROBE_LIMIT_S = 0.15

QUERY = b"\x1b[?u\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[c"

_KITTY = re.compile(rb"\x1b\[\?\d+u")
_COLOUR = re.compile(rb"\x1b\](1[01]);(rgba?:[0-9a-fA-F/]+)(?:\x07|\x1b\\)")
_ATTRIBUTES = re.compile(rb"\x1b\[\?([\d;]*)c")
_ANSWERS = re.compile(b"|".join(kind.pattern for kind in (_KITTY, _COLOUR, _ATTRIBUTES)))


@dataclass(frozen=True)
class Terminal:
    """The outer terminal as far as it has answered."""

    kitty: bool = False
    background: str | None = None
    """As the terminal writes it, `rgb:1e1e/1e1e/2e2e`; None when it did not say."""
    foreground: str | None = None

    def as_record(self) -> dict[str, object]:
        """The object that shims read, to answer their agents' questions."""
        return asdict(self)

    @property
    def is_light(self) -> bool | None:
        """Whether the background is light; None when the terminal did not say."""
        if self.background is None:
            return None
        parts = self.background.partition(":")[2].split("/")[:3]
        red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in parts)
        return bool(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)


@dataclass(frozen=True)
class Probe:
    """What came of asking."""

    terminal: Terminal
    typed: bytes
    """What else was read: the person's own keys."""
    complete: bool
    """False when the terminal was silent for the whole limit."""
    clipboard: bool = False
    """Whether its device attributes name the clipboard (52); many that have one do not say so."""


def learn(terminal: Terminal, data: bytes) -> Terminal:
    """`terminal` with the answers in `data` added; answers to other questions change nothing."""
    if _KITTY.search(data):
        terminal = replace(terminal, kitty=True)
    for which, colour in _COLOUR.findall(data):
        name = "foreground" if which == b"10" else "background"
        if len(parts := colour.decode().partition(":")[2].split("/")) >= 3 and all(parts):
            terminal = replace(terminal, **{name: colour.decode()})
    return terminal


def parse_probe(data: bytes) -> Probe:
    """Sort what was read after `QUERY` into answers and the person's keys."""
    attributes = _ATTRIBUTES.search(data)
    clipboard = attributes is not None and b"52" in attributes[1].split(b";")[1:]
    typed = _ANSWERS.sub(b"", data)
    return Probe(learn(Terminal(), data), typed, attributes is not None, clipboard)


def probe(fileno: int, limit_s: float = PROBE_LIMIT_S) -> Probe:
    """Ask the terminal behind `fileno` and wait for its answers, at most `limit_s`.

    The terminal's line mode is as before when this returns; not a terminal: nothing is known.
    """
    try:
        before = termios.tcgetattr(fileno)
    except termios.error:
        return Probe(Terminal(), b"", False)
    try:
        tty.setraw(fileno, termios.TCSANOW)
        os.write(fileno, QUERY)
        return parse_probe(_read_until_answered(fileno, monotonic() + limit_s))
    finally:
        termios.tcsetattr(fileno, termios.TCSANOW, before)


def _read_until_answered(fileno: int, deadline: float) -> bytes:
    data = b""
    while not _ATTRIBUTES.search(data):
        ready, _, _ = select.select([fileno], [], [], max(0.0, deadline - monotonic()))
        if not ready or not (new := os.read(fileno, 4096)):
            break
        data += new
    return data
