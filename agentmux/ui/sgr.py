"""A captured row of bytes into styled cells: colour and width are kept, everything else is dropped.

tmux does not reset at line ends, so the pen runs on from row to row and is part of a row's key in
the cache. A row has exactly the width asked for whatever tmux thought of its characters: a wrong
idea of one emoji's width stays inside its row. Which sequences a capture holds, and that
`ESC[5:3m` is overline, was measured: `docs/design/engine.md` 4.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

CACHED_BYTES = 700_000
"""Some 3,000 usual rows, six full screens of nine panes. With what Textual makes of it a row takes
20 times its bytes and more (1.5 MB here made the screen 36 MB larger): counted in rows, a cache of
frames in full colour would grow past all bounds."""
ROW_BYTES = 100
"""What a row costs besides its text."""

BOLD, DIM, ITALIC, UNDERLINE, BLINK, REVERSE, CONCEAL, STRIKE, OVERLINE, DRAWING = (
    1 << bit for bit in range(10)
)
ALL = (1 << 10) - 1
"""Bits of `Pen.attributes`; DRAWING is the line-drawing character set (SO), not a style."""

_RGB = 1 << 24
_SET = {
    "1": BOLD, "2": DIM, "3": ITALIC, "4": UNDERLINE, "5": BLINK, "6": BLINK, "7": REVERSE,
    "8": CONCEAL, "9": STRIKE, "21": UNDERLINE, "53": OVERLINE, "5:3": OVERLINE,
}  # fmt: skip
_UNSET = {
    "22": BOLD | DIM, "23": ITALIC, "24": UNDERLINE, "25": BLINK, "27": REVERSE, "28": CONCEAL,
    "29": STRIKE, "55": OVERLINE, "4:0": UNDERLINE,
}  # fmt: skip

# 30-37, 90-97 and 39; those of backgrounds are ten more.
_FOREGROUND = {39: -1} | {30 + n: n for n in range(8)} | {90 + n: 8 + n for n in range(8)}

_TOKEN = re.compile(
    "\x1b\\[(?P<sgr>[0-9:;]*)m"
    "|(?P<shift>[\x0e\x0f])"
    "|(?P<tab>\t)"
    "|\x1b\\]8;[^;\x07\x1b]*;(?P<link>[^\x07\x1b]*)(?:\x07|\x1b\\\\)"
    # All other sequences and controls: OSC and the other strings, CSI, escapes, C0, DEL, C1.
    "|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\|$)"
    "|\x1b\\[[0-?]*[ -/]*[@-~]?"
    "|\x1b[ -/]*[0-~]?"
    "|[\x00-\x1f\x7f-\x9f]"
    # Bidi controls and marks: they would move other cells of the line.
    "|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_PLAIN = re.compile(rb"[ -~]*")
_DRAWING = str.maketrans("`afgijklmnopqrstuvwxyz{|}~0", "◆▒°±␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·█")
_HARMLESS_LINK = re.compile(r"(?:https?|mailto|file)://?[!-~]{1,2000}|mailto:[!-~]{1,500}")


class Pen(NamedTuple):
    """How the next character is drawn."""

    color: int = -1
    """-1 the terminal's own, 0-255 its palette, above that 0x1000000 and red, green, blue."""
    background: int = -1
    attributes: int = 0
    link: str = ""


BLANK = Pen()


class Decoded(NamedTuple):
    """A row with the pen it began with, what came of it, and the pen it left."""

    row: bytes
    pen: Pen
    strip: Strip
    after: Pen


class RowCache:
    """The rows decoded last, as many as `limit` bytes of captured text make."""

    def __init__(self, limit: int = CACHED_BYTES) -> None:
        self._rows: dict[tuple[Pen, bytes, int], tuple[Strip, Pen]] = {}
        self._room = limit

    def decode(self, row: bytes, pen: Pen, width: int) -> tuple[Strip, Pen]:
        """As `decode`; equal arguments give the same strip object while it is kept."""
        key = (pen, row, width)
        if (found := self._rows.pop(key, None)) is None:
            found = decode(row, pen, width)
            self._room -= len(row) + ROW_BYTES
            while self._room < 0 and self._rows:
                _, oldest, _ = gone = next(iter(self._rows))
                del self._rows[gone]
                self._room += len(oldest) + ROW_BYTES
        self._rows[key] = found
        return found

    def decode_all(
        self, rows: Sequence[bytes], width: int, before: Sequence[Decoded] = ()
    ) -> list[Decoded]:
        """All rows of a capture; one that is the same object as in `before` is not looked up."""
        pen, decoded = BLANK, []
        for y, row in enumerate(rows):
            kept = before[y] if y < len(before) else None
            if not (
                kept and kept.row is row and kept.pen == pen and kept.strip.cell_length == width
            ):
                kept = Decoded(row, pen, *self.decode(row, pen, width))
            decoded.append(kept)
            pen = kept.after
        return decoded


def decode(row: bytes, pen: Pen, width: int) -> tuple[Strip, Pen]:
    """The row as a strip of exactly `width` cells, and the pen it leaves to the next row."""
    if _PLAIN.fullmatch(row) and not pen.attributes & DRAWING:
        segments = [Segment(row.decode("ascii"), style_of(pen))] if row else []
    else:
        segments, pen = _segments(row.decode("utf-8", "replace"), pen)
    return Strip(_fit(segments, width), width), pen


def _segments(text: str, pen: Pen) -> tuple[list[Segment], Pen]:
    segments: list[Segment] = []
    run = ""
    start = 0
    for found in _TOKEN.finditer(text):
        run += _drawn(text[start : found.start()], pen)
        start = found.end()
        if found["tab"]:
            before = sum(cell_len(segment.text) for segment in segments) + cell_len(run)
            run += " " * (8 - before % 8)
        elif (new := _moved(pen, found)) != pen:
            if run:
                segments.append(Segment(run, style_of(pen)))
            run, pen = "", new
    run += _drawn(text[start:], pen)
    if run:
        segments.append(Segment(run, style_of(pen)))
    return segments, pen


def _drawn(text: str, pen: Pen) -> str:
    return text.translate(_DRAWING) if pen.attributes & DRAWING else text


def _moved(pen: Pen, found: re.Match[str]) -> Pen:
    """The pen behind a sequence; the same pen where it is one that is dropped."""
    if (parameters := found["sgr"]) is not None:
        return apply_sgr(pen, parameters)
    if shift := found["shift"]:
        attributes = pen.attributes | DRAWING if shift == "\x0e" else pen.attributes & ~DRAWING
        return pen._replace(attributes=attributes)
    if (link := found["link"]) is not None:
        return pen._replace(link=link if _HARMLESS_LINK.fullmatch(link) else "")
    return pen


def apply_sgr(pen: Pen, parameters: str) -> Pen:
    """The pen after `ESC[…m`; unknown parameters change nothing."""
    color, background, kept, added = _change(parameters)
    return Pen(
        pen.color if color is None else color,
        pen.background if background is None else background,
        pen.attributes & kept | added,
        pen.link,
    )


@lru_cache(4096)
def _change(parameters: str) -> tuple[int | None, int | None, int, int]:
    """New colours (None: as before), the attributes that stay, and those that are added."""
    color: int | None = None
    background: int | None = None
    kept, added = ALL, 0
    left = parameters.split(";")[::-1]
    while left:
        code = left.pop()
        if code in ("", "0"):
            color, background, kept, added = -1, -1, DRAWING, 0
        elif code in _UNSET:
            kept, added = kept & ~_UNSET[code], added & ~_UNSET[code]
        elif code in _SET or code.startswith("4:"):
            added |= _SET.get(code, UNDERLINE)
        elif code[:2] == "38":
            color = _extended(code, left, color)
        elif code[:2] == "48":
            background = _extended(code, left, background)
        elif code[:2] == "58":
            _extended(code, left, None)
        elif code.isdecimal():
            color = _FOREGROUND.get(int(code), color)
            background = _FOREGROUND.get(int(code) - 10, background)
    return color, background, kept, added


def _extended(code: str, left: list[str], old: int | None) -> int | None:
    """A colour by number or by red, green and blue, its parameters behind `;` or `:`."""
    if ":" in code:
        kind, *values = code.split(":")[1:]
        values = values[-3:] if kind == "2" else values[:1]
    else:
        kind = left.pop() if left else ""
        values = [left.pop() for _ in range({"2": 3, "5": 1}.get(kind, 0)) if left]
    numbers = [int(value) if value.isdecimal() else 0 for value in values]
    if any(number > 255 for number in numbers):
        return old
    if kind == "5" and len(numbers) == 1:
        return numbers[0]
    if kind == "2" and len(numbers) == 3:
        return _RGB | numbers[0] << 16 | numbers[1] << 8 | numbers[2]
    return old


@lru_cache(2048)
def style_of(pen: Pen) -> Style | None:
    """Rich's style for a pen; None for the terminal's own."""
    if pen._replace(attributes=pen.attributes & ~DRAWING) == BLANK:
        return None

    def has(bit: int) -> bool | None:
        return True if pen.attributes & bit else None

    return Style(
        color=_color(pen.color),
        bgcolor=_color(pen.background),
        bold=has(BOLD),
        dim=has(DIM),
        italic=has(ITALIC),
        underline=has(UNDERLINE),
        blink=has(BLINK),
        reverse=has(REVERSE),
        conceal=has(CONCEAL),
        strike=has(STRIKE),
        overline=has(OVERLINE),
        link=pen.link or None,
    )


@lru_cache(2048)
def _color(value: int) -> Color | None:
    if value < 0:
        return None
    if value < 256:
        return Color.from_ansi(value)
    return Color.from_rgb(value >> 16 & 255, value >> 8 & 255, value & 255)


def _fit(segments: list[Segment], width: int) -> list[Segment]:
    """The segments cut or filled to `width` cells; what is filled in has no style."""
    room = width
    fitted = []
    for segment in segments:
        length = cell_len(segment.text)
        if length > room:
            if room:
                fitted.append(Segment(set_cell_size(segment.text, room), segment.style))
            return fitted
        fitted.append(segment)
        room -= length
    if room:
        fitted.append(Segment(" " * room))
    return fitted


def plain_text(row: bytes) -> str:
    """What a row says, without its colours and without the blanks at its end."""
    text = row.decode("utf-8", "replace")
    return (_TOKEN.sub("", text) if not text.isprintable() else text).rstrip()
