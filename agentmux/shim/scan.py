"""The agent's output, read once: what goes on to tmux, what is answered, what is written down.

Sans-io: bytes in; bytes, answers and rows out, the same for any split of the stream. Taken out
is what tmux would misread (3.3a makes an APC string the pane's title) or cannot act on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from agentmux.shim.cut import Cutter
from agentmux.shim.modes import Modes

Row = dict[str, object]

STATUS_LIMIT = 4096
"""Bytes of one OSC 7501 report; its specification has terminals ignore longer ones."""
COPY_LIMIT = 100_000
"""Characters of base64 in one OSC 52 copy; a longer one is taken out and not written down."""
TITLE_LIMIT = 1000
"""Characters of a title that are written down."""
COLOURS = {b"10": "foreground", b"11": "background"}
_COLOUR = re.compile(r"rgba?:[0-9a-fA-F/]{3,24}")


class Scanned:
    """What became of some output."""

    __slots__ = ("answers", "passed", "rows")

    def __init__(self) -> None:
        self.passed: bytes | bytearray = bytearray()
        """For tmux."""
        self.answers = bytearray()
        """For the agent, before anything is passed on."""
        self.rows: list[Row] = []
        """For the spool, in order, without their times."""


class Scanner:
    """Reads the agent's output; `terminal` says what is known of the outer terminal now."""

    def __init__(self, terminal: Callable[[], Mapping[str, object]]) -> None:
        self.modes = Modes()
        self._terminal = terminal
        self._cutter = Cutter()
        self._told = self.modes.as_fields()
        self._is_passed: dict[str, Callable[[bytes, Scanned], bool]] = {
            "query": self._kitty_query,
            "private": self._private,
            "keyboard": self._keyboard,
            "keypad": self._keypad,
            "reset": self._reset,
            "osc": self._osc,
            "apc": lambda _piece, _scanned: False,
        }

    @property
    def hold_s(self) -> float | None:
        """Seconds to wait for more before `release`; None when nothing is held."""
        return self._cutter.hold_s

    def release(self) -> bytes:
        """Give up waiting: what was held, for tmux."""
        return self._cutter.release()

    def feed(self, data: bytes) -> Scanned:
        """Take the next bytes, split anywhere."""
        scanned = Scanned()
        if self._cutter.is_text(data):  # nearly all of it is
            scanned.passed = data
            return scanned
        for kind, piece in self._cutter.feed(data):
            if kind == "text" or self._is_passed[kind](piece, scanned):
                scanned.passed += piece
        return scanned

    def _kitty_query(self, _piece: bytes, scanned: Scanned) -> bool:
        """`CSI ? u` asks for the Kitty flags in force; tmux would not answer."""
        if self._terminal().get("kitty") is not True:
            return True
        scanned.answers += b"\x1b[?%du" % self.modes.kitty_flags
        return False

    def _private(self, piece: bytes, scanned: Scanned) -> bool:
        """`CSI ? a ; b h` or `l`: tmux needs them as much as we do."""
        self.modes.set_private(_numbers(piece[3:-1]), piece.endswith(b"h"))
        return self._note_modes(scanned)

    def _keyboard(self, piece: bytes, scanned: Scanned) -> bool:
        """Kitty's push, pop and set, and xterm's modifyOtherKeys."""
        numbers = _numbers(piece[3:-1])
        first, second = (*numbers, 0, 0)[:2]
        match piece[2:3] + piece[-1:]:
            case b">u":
                self.modes.push_kitty(first)
            case b"<u":
                self.modes.pop_kitty(first)
            case b"=u":
                self.modes.set_kitty(first, second or 1)
            case b">m" | b">n" if first == 4:
                self.modes.set_modify_other_keys(second)
            case _:
                return True
        self._note_modes(scanned)
        return False

    def _keypad(self, piece: bytes, scanned: Scanned) -> bool:
        """`ESC =` and `ESC >`: application and numeric keypad."""
        self.modes.set_keypad(piece == b"\x1b=")
        return self._note_modes(scanned)

    def _reset(self, _piece: bytes, scanned: Scanned) -> bool:
        """`ESC c` and `CSI ! p` take back every wish."""
        self.modes.clear()
        return self._note_modes(scanned)

    def _note_modes(self, scanned: Scanned) -> bool:
        """Write the modes down if they changed; a mode that is only noted is passed on."""
        fields = self.modes.as_fields()
        if fields != self._told:
            self._told = fields
            scanned.rows.append({"e": "modes", **fields})
        return True

    def _osc(self, piece: bytes, scanned: Scanned) -> bool:
        code, _, rest = piece[2:].partition(b";")
        body, end = _split_end(rest)
        match code:
            case b"7501":
                self._status(piece, body if end else None, scanned)
            case b"52":
                self._copy(body if end else b"", scanned)
            case b"10" | b"11":
                return not (body == b"?" and end and self._colour(code, end, scanned))
            case _:
                if end:
                    text = body.decode("utf-8", "replace")[:TITLE_LIMIT]
                    scanned.rows.append({"e": "title", "text": text})
                return True
        return False

    def _status(self, piece: bytes, body: bytes | None, scanned: Scanned) -> None:
        """OSC 7501: the query is answered by its own bytes; a cancelled report says nothing."""
        if body == b"?":
            scanned.answers += piece
        elif body is not None and len(piece) <= STATUS_LIMIT:
            scanned.rows.append({"e": "status", "data": body.decode("utf-8", "replace")})

    def _copy(self, body: bytes, scanned: Scanned) -> None:
        """OSC 52: a copy is written down; a question for the clipboard stays unanswered."""
        data = body.partition(b";")[2]
        if data and data != b"?" and len(data) <= COPY_LIMIT and data.isascii():
            scanned.rows.append({"e": "copy", "data": data.decode("ascii")})

    def _colour(self, code: bytes, end: bytes, scanned: Scanned) -> bool:
        """OSC 10 or 11 with `?`: answered if the colour is known, with the same end mark."""
        colour = self._terminal().get(COLOURS[code])
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            return False
        scanned.answers += b"\x1b]%b;%b%b" % (code, colour.encode(), end)
        return True


def _numbers(params: bytes) -> list[int]:
    """The parameters of a CSI sequence; an empty one is 0."""
    return [int(number or b"0") for number in params.split(b";")]


def _split_end(rest: bytes) -> tuple[bytes, bytes]:
    """A string's body and its end mark; a cancelled string has none."""
    for end in (b"\x07", b"\x1b\\"):
        if rest.endswith(end):
            return rest.removesuffix(end), end
    return rest, b""
