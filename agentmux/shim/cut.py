"""The agent's output cut into text and the few escape sequences the shim cares about.

Sans-io, and the same pieces for any split of the stream. Only a read that ends inside such a
sequence is held, never text before it; the relay lets go of what is held after `hold_s`.
"""

from __future__ import annotations

import re

Piece = tuple[str, bytes]
"""A kind (`text`, or a group name of `_SEQUENCE`) and its bytes; joined they are the stream."""

STRING_LIMIT = 128 * 1024
"""Bytes of one OSC or APC string; a longer one is text."""

# One cheap look finds the few escapes worth a closer one: in coloured output nearly all begin an
# ordinary CSI, and those cost 25 ns each this way instead of 280 ns. The private modes of every
# frame, cursor and synchronised update, are left out for the same reason.
_CANDIDATE = re.compile(rb"\x1b(?!\[[^?<>=!])")
_SEQUENCE = re.compile(
    rb"\x1b(?:"
    rb"(?P<query>\[\?u)"
    rb"|(?P<private>\[\?(?!25[hl]|2026[hl])[0-9;]{1,64}[hl])"
    rb"|(?P<keyboard>\[[<>=][0-9;]{0,64}[umn])"
    rb"|(?P<reset>c|\[!p)"
    rb"|(?P<keypad>[=>])"
    rb"|(?P<osc>\](?:7501|52|11|10|2|0);)"
    rb"|(?P<apc>_)"
    rb"|(?P<partial>(?:\[(?:[?<>=][0-9;]{0,64}|!)?|\](?:7|75|750|7501|5|52|1|10|11|2|0)?)?\Z)"
    rb")"
)
# A string ends with ST, an OSC with BEL too; CAN, SUB and any other escape cancel it.
_STRING_END = {
    "osc": re.compile(rb"[\x07\x18\x1a]|\x1b\\|\x1b(?=[^\\])"),
    "apc": re.compile(rb"[\x18\x1a]|\x1b\\|\x1b(?=[^\\])"),
}
_OPEN, _TOO_LONG = -1, -2


class Cutter:
    """Cuts one stream; holds at most one unfinished sequence."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._string = ""
        """The kind of string that `_held` is the beginning of."""
        self._searched = 0
        """How far that string was searched for its end: one byte at a time must stay linear."""

    @property
    def hold_s(self) -> float | None:
        """Seconds to wait for more before `release`; None when nothing is held."""
        if not self._held:
            return None
        # An open string shows nothing in any terminal: a slow writer may take its time.
        return 1.0 if self._string else 0.02

    def release(self) -> bytes:
        """Give up waiting: what was held, to be treated as text."""
        held = bytes(self._held)
        self._held.clear()
        self._string, self._searched = "", 0
        return held

    def is_text(self, data: bytes) -> bool:
        """Whether the next bytes are nothing but text; then they need not be fed."""
        return not self._held and _next_sequence(data, 0) is None

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next bytes, split anywhere."""
        if not self._held:
            return self._cut(data, 0) if b"\x1b" in data else [("text", data)]
        self._held += data
        if self._string and self._is_open():
            return []
        searched = self._searched
        return self._cut(self.release(), searched)

    def _is_open(self) -> bool:
        """Whether the held string still lacks its end; looks only at what is new."""
        if _STRING_END[self._string].search(self._held, self._searched):
            return False
        self._searched = _length_but_escape(self._held)
        return self._searched <= STRING_LIMIT

    def _cut(self, data: bytes, searched: int) -> list[Piece]:
        """Cut from the ground state; a string at the very start was `searched` that far."""
        pieces: list[Piece] = []
        done = look = 0
        while match := _next_sequence(data, look):
            kind = match.lastgroup or ""
            start, stop = match.span()
            if kind in _STRING_END:
                stop = _string_end(data, kind, start, max(stop, 0 if start else searched))
            if stop == _TOO_LONG:
                look = match.end()
                continue
            if start > done:
                pieces.append(("text", data[done:start]))
            if kind == "partial" or stop == _OPEN:
                self._hold(data[start:], kind if stop == _OPEN else "")
                return pieces
            pieces.append((kind, data[start:stop]))
            done = look = stop
        if done < len(data):
            pieces.append(("text", data[done:]))
        return pieces

    def _hold(self, data: bytes, string: str) -> None:
        self._held += data
        self._string = string
        self._searched = _length_but_escape(data) if string else 0


def _next_sequence(data: bytes, look: int) -> re.Match[bytes] | None:
    """The first sequence of interest at or after `look`, strings by their introducer only."""
    while candidate := _CANDIDATE.search(data, look):
        if match := _SEQUENCE.match(data, candidate.start()):
            return match
        look = candidate.end()
    return None


def _string_end(data: bytes, kind: str, start: int, look: int) -> int:
    """Where the string that begins at `start` ends; what cancels it is not part of it."""
    end = _STRING_END[kind].search(data, look)
    length = (end.start() if end else _length_but_escape(data)) - start
    if length > STRING_LIMIT:
        return _TOO_LONG
    if end is None:
        return _OPEN
    return end.end() if end.group() in (b"\x07", b"\x1b\\") else end.start()


def _length_but_escape(data: bytes | bytearray) -> int:
    """The length without a last ESC, which may be half of the end mark."""
    return len(data) - data.endswith(b"\x1b")
