"""Bytes into Textual's key and mouse events, one key at a time.

A key may change the mode, so what was typed behind it must not have been parsed yet: `ctrl+q`,
`2`, `fix` sent in one piece is a jump and three letters for session 2, not a fork. Textual's
parser raises on two things Kitty sends only in modes Textual never asks for, and which therefore
arrive just after an agent's modes were left: event types and alternate codes. They are cut off.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator

from textual import constants
from textual._xterm_parser import XTermParser
from textual.message import Message

ESCAPE_DELAY_S = constants.ESCAPE_DELAY

_EVENT = re.compile(rb"\x1b\[(\d+)(?::[\d:]*)?(?:;(\d*)(?::(\d))?)?((?:;[\d:]*)?[u~A-HPQRS])")
_REPORT = re.compile(rb"\x1b\[(?:<[\d;-]+[Mm]|[IO]|48;[\d:;]+t|\?[\d;]+\$y)")


class CommandKeys:
    """Textual's parser and what it has not finished."""

    def __init__(self, debug: bool = False) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)
        self._decoder = getincrementaldecoder("utf-8")("surrogateescape")

    def feed(self, data: bytes) -> tuple[list[Message], bytes]:
        """The first key or other event and the bytes behind it, which are not parsed yet."""
        text = self._decoder.decode(_EVENT.sub(_plain, data))
        for index, character in enumerate(text):
            if messages := list(self._parse(character)):
                rest = text[index + 1 :].encode("utf-8", "surrogateescape")
                unfinished, _ = self._decoder.getstate()
                self._decoder.reset()
                return messages, rest + unfinished
        return [], b""

    def report(self, data: bytes) -> list[Message]:
        """The events of one report of the terminal; none for an answer Textual did not ask for."""
        return list(self._parse(data.decode("ascii"))) if _REPORT.fullmatch(data) else []

    def tick(self) -> list[Message]:
        """The key that is complete because nothing followed it; due `ESCAPE_DELAY_S` after it."""
        return list(self._parser.tick())

    def _parse(self, text: str) -> Iterator[Message]:
        text = text.encode("utf-8", "replace").decode() if "\udc80" <= text <= "\udcff" else text
        try:
            yield from self._parser.feed(text)
        except (ValueError, OverflowError):
            # A key code that is none: the generator inside is spent, so begin again.
            self._parser = XTermParser(self._debug)


def _plain(found: re.Match[bytes]) -> bytes:
    """A Kitty key without event type and alternate codes; a release is nothing at all."""
    code, modifiers, event, end = found.groups()
    if event == b"3":
        return b""
    return b"\x1b[" + code + (b"" if modifiers is None else b";" + modifiers) + end
