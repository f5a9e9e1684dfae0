"""Cells of a row set off from the others (cursor, selection, match), and the text they hold.

Marks are attributes, never colours: they are seen on any background and without any colour.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.strip import Strip

_PLAIN = Style()
_REVERSE = {False: Style(reverse=True), True: Style(reverse=False)}
MATCH = Style(underline=True, bold=True)


class Mark(NamedTuple):
    """Cells of a row that are set off; without a style they are reversed."""

    first: int
    end: int
    style: Style | None = None


class Line(NamedTuple):
    """One line of a view: what was decoded, what is laid over it, and the two together."""

    base: Strip
    marks: tuple[Mark, ...]
    note: str
    """Words at the right end."""
    drawn: Strip


def draw(base: Strip, marks: tuple[Mark, ...], note: str, before: Line | None) -> Line:
    """The line; `before` itself when nothing differs, so that it need not be repainted."""
    same = before and (before.base is base or before.base == base)
    if before and same and before.marks == marks and before.note == note:
        return before
    drawn = base
    for first, end, style in marks:
        drawn = mark(drawn, first, end, style)
    if note and len(note) < drawn.cell_length:
        words = Strip([Segment(note, _REVERSE[False])], len(note))
        drawn = Strip.join([drawn.crop(0, drawn.cell_length - len(note)), words])
    return Line(base, marks, note, drawn)


def changed_rows(old: Sequence[Line], new: Sequence[Line]) -> list[int]:
    """The rows that differ; `old` and `new` are equally long."""
    return [y for y, line in enumerate(new) if line is not old[y]]


def selected_cells(drag: tuple[Offset, Offset] | None, width: int) -> dict[int, Mark]:
    """Line → the cells between two corners, as a person reads; nothing for a mere click."""
    if drag is None or drag[0] == drag[1]:
        return {}
    start, end = sorted(drag, key=lambda place: (place.y, place.x))
    return {
        y: Mark(start.x if y == start.y else 0, end.x + 1 if y == end.y else width)
        for y in range(start.y, end.y + 1)
    }


def mark(strip: Strip, first: int, end: int, style: Style | None = None) -> Strip:
    """`strip` with `style` on the cells from `first` up to `end`; without one they are reversed.

    A wide character that is touched is marked as a whole.
    """
    segments: list[Segment] = []
    left = 0
    for segment in strip:
        text, own, _ = segment
        right = left + cell_len(text)
        if right <= first or left >= end or end <= first:
            segments.append(segment)
        else:
            start, stop = _indices(text, first - left, end - left)
            marked = (own or _PLAIN) + (style or _REVERSE[bool(own and own.reverse)])
            parts = ((text[:start], own), (text[start:stop], marked), (text[stop:], own))
            segments += [Segment(part, look) for part, look in parts if part]
        left = right
    return Strip(segments, strip.cell_length)


def text_between(strip: Strip, first: int, end: int) -> str:
    """What stands in the cells from `first` up to `end`, wide characters whole."""
    text = strip.text
    start, stop = _indices(text, first, end)
    return text[start:stop]


def match_marks(strip: Strip, places: Sequence[tuple[int, int]], current: bool) -> list[Mark]:
    """Marks for slices of the strip's text; those of the current line are reversed."""
    text, style = strip.text, None if current else MATCH
    return [Mark(cell_len(text[:start]), cell_len(text[:end]), style) for start, end in places]


def _indices(text: str, first: int, end: int) -> tuple[int, int]:
    """The slice of `text` that covers the cells from `first` up to `end`."""
    if end <= first:
        return 0, 0
    if cell_len(text) == len(text):
        return max(first, 0), max(end, 0)
    start, stop, cell = len(text), 0, 0
    for begin, after, width in split_graphemes(text)[0]:
        if cell + width > first and start == len(text):
            start = begin
        if cell < end:
            stop = after
        cell += width
    return start, max(start, stop)
