"""The person's input, watched for Esc and Ctrl-C: who interrupted a turn is then no guess.

Pure, and holds nothing back: input has gone to the agent before it is looked at here.
"""

from __future__ import annotations

import re

PASTE_S = 2.0
"""Seconds of silence after which a paste without an end mark counts as over."""
RELEASED = b"3"
_LOCKS = 64 | 128
"""Caps lock and num lock are no part of what was pressed."""
_PASTE_END = b"\x1b[201~"
_EVENT = re.compile(
    rb"(?P<ctrl_c>\x03|\x1b\[27;5;99~)"
    rb"|\x1b\[(?P<code>27|99)(?::[\d:]*)?(?:;(?P<mods>\d{0,3})(?::(?P<kind>\d))?(?:;[\d:]*)?)?u"
    rb"|(?P<paste>\x1b\[200~)"
)
_PARTIAL = re.compile(rb"\x1b(?:\[[\d:;]{0,32})?\Z")


class KeyWatch:
    """Follows one stream of input over any number of reads."""

    def __init__(self) -> None:
        self._tail = b""
        """The last bytes of the reads before, when they may begin a key or a mark."""
        self._pasting = False
        self._at = 0.0

    def feed(self, data: bytes, now: float) -> list[str]:
        """The presses of `esc` and `ctrl-c` that this read completes; `now` in seconds."""
        if self._pasting and now - self._at > PASTE_S:
            self._pasting, self._tail = False, b""
        self._at = now
        if data == b"\x1b" and not self._pasting:
            self._tail = data
            return ["esc"]
        if not (self._tail or self._pasting or b"\x1b" in data or b"\x03" in data):
            return []
        return self._read(self._tail + data)

    def _read(self, data: bytes) -> list[str]:
        pressed: list[str] = []
        look = 0
        self._tail = b""
        while True:
            if self._pasting:
                end = data.find(_PASTE_END, look)
                if end < 0:
                    self._tail = data[max(look, len(data) - len(_PASTE_END) + 1) :]
                    return pressed
                look = end + len(_PASTE_END)
                self._pasting = False
            event = _EVENT.search(data, look)
            if event is None:
                break
            look = event.end()
            self._pasting = event["paste"] is not None
            if not self._pasting and (key := _pressed(event)):
                pressed.append(key)
        if partial := _PARTIAL.search(data, look):
            self._tail = partial.group()
        return pressed


def _pressed(event: re.Match[bytes]) -> str | None:
    """The key that went down, if it is one of ours with exactly its modifiers."""
    if event["ctrl_c"]:
        return "ctrl-c"
    if event["kind"] == RELEASED:
        return None
    modifiers = (int(event["mods"] or b"1") - 1) & ~_LOCKS
    return {(b"27", 0): "esc", (b"99", 4): "ctrl-c"}.get((event["code"], modifiers))
