"""Control-mode lines to replies and notifications; sans-io: bytes in, values out.

Text from a pane stands unescaped inside a reply, so a program can print what looks like the end
of the reply it will be part of, and guess its numbers (32 of 3,000 captures). Such text is
therefore asked for between two marks that hold a secret of this connection: after the opening
mark only the closing one ends it, and whatever stands between is rows.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from agentmux.tmux.formats import Status, parse_status


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one command. A line of n commands gets n, or fewer: none after a failure."""

    lines: tuple[bytes, ...]
    ok: bool = True
    own: bool = True
    """False for what this client did not ask for on its input, the attach itself for one."""


@dataclass(frozen=True, slots=True)
class Output:
    """A pane printed something: a doorbell. What it printed is read by capture, never here."""

    pane: str
    size: int
    """Bytes of the line that told it, a little more than what was printed."""


@dataclass(frozen=True, slots=True)
class Paused:
    """tmux stopped sending a pane's output because we were slow."""

    pane: str


@dataclass(frozen=True, slots=True)
class Resized:
    """A pane has a new size."""

    pane: str


@dataclass(frozen=True, slots=True)
class Exited:
    """The server lets this client go; nothing follows."""

    reason: str


Notification: TypeAlias = Reply | Output | Paused | Resized | Status | Exited

_LAYOUT = re.compile(rb"@\d+ \w+,\d+x\d+,0,0,(\d+) ")
_CHANGED = re.compile(rb"\S+ \S+ (@\d+) \S+ (%\d+) : (.*)", re.DOTALL)


class Parser:
    """Reads one connection; feed it bytes as they come, cut anywhere."""

    def __init__(self, secret: str) -> None:
        self.opening = f"{secret}("
        """Start of a line, printed as a reply of its own, that says: the next reply is text."""
        self.closing = f"{secret})"
        """The line, printed as a reply of its own, that says: the text ended before me."""
        self._opening = self.opening.encode()
        self._closing = self.closing.encode()
        self._rest = b""
        self._lines: list[bytes] = []
        self._tag: bytes | None = None
        """Time, number and flags of the open reply; None between replies."""
        self._text_next = False
        self._in_text = False

    def feed(self, data: bytes) -> list[Notification]:
        """What is complete now, in order."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        found: list[Notification] = []
        for line in lines:
            if self._tag is not None:
                self._read_reply(line, found)
            elif line.startswith(b"%begin "):
                self._tag = line[7:]
                self._in_text, self._text_next = self._text_next, False
            else:
                self._read_notification(line, found)
        return found

    def _read_reply(self, line: bytes, found: list[Notification]) -> None:
        if self._in_text:
            if line == self._closing:
                self._close_text(line, found)
            else:
                self._lines.append(line)
        elif line[:5] == b"%end " and line[5:] == self._tag:
            # A pane that is gone has no id to print; then no text follows but an error.
            self._text_next = bool(self._lines) and self._lines[0].startswith(self._opening + b"%")
            self._end(True, found)
        elif line[:7] == b"%error " and line[7:] == self._tag:
            self._end(False, found)
        else:
            self._lines.append(line)

    def _close_text(self, line: bytes, found: list[Notification]) -> None:
        """The closing mark stands in a reply of its own: two lines of protocol precede it."""
        begin = self._lines.pop()
        self._lines.pop()
        self._end(True, found)
        self._tag = begin[7:]
        self._lines.append(line)
        self._in_text = False

    def _end(self, ok: bool, found: list[Notification]) -> None:
        own = self._tag is not None and self._tag.endswith(b" 1")
        found.append(Reply(tuple(self._lines), ok, own))
        self._lines.clear()
        self._tag = None

    def _read_notification(self, line: bytes, found: list[Notification]) -> None:
        """One line between replies; kinds that mean nothing to us are passed over."""
        kind, _, rest = line.partition(b" ")
        match kind:
            case b"%output" | b"%extended-output":
                found.append(Output(_word(rest), len(rest)))
            case b"%pause":
                found.append(Paused(_word(rest)))
            case b"%layout-change":
                if layout := _LAYOUT.match(rest):
                    found.append(Resized(f"%{layout[1].decode()}"))
            case b"%subscription-changed":
                if changed := _CHANGED.fullmatch(rest):
                    pane, window = changed[2].decode(), changed[1].decode()
                    found.append(parse_status(pane, window, changed[3]))
            case b"%exit":
                found.append(Exited(rest.decode(errors="replace")))


def _word(rest: bytes) -> str:
    return rest.partition(b" ")[0].decode()
