"""Finished rows of a widget that draws them itself, past Textual's style cache.

Textual asks every visible widget for all its lines whenever one cell of the screen has changed:
one echo in a wall of nine panes asks for 700. So they are there already when they are asked for.
"""

from collections.abc import Sequence

from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_NONE = Strip([])


class Finished:
    """The rows with the filters applied; a row that is the same object is not done again."""

    def __init__(self) -> None:
        self._filters: Sequence[LineFilter] = ()
        self._rows: Sequence[Strip] = ()
        self._done: list[Strip] = []

    def update(self, widget: Widget, rows: Sequence[Strip]) -> None:
        """`rows`, all of one width, are what `widget` shows from now on."""
        filters = widget.get_line_filters()
        if filters != self._filters or len(rows) != len(self._rows):
            self._filters, self._rows, self._done = filters, [_NONE] * len(rows), [*rows]
        pairs = enumerate(zip(self._rows, rows, strict=True))
        if new := [y for y, (old, row) in pairs if row is not old]:
            background = widget.background_colors[1]  # walks up to the screen: once is enough
            for y in new:
                self._done[y] = _filtered(rows[y], filters, background)
        self._rows = rows

    def row(self, y: int) -> Strip:
        """One row, as of the last update."""
        return self._done[y]

    def lines(self, widget: Widget, crop: Region) -> list[Strip]:
        """The part that Textual asks for, through the filters of now (ground, NO_COLOR)."""
        if widget.get_line_filters() != self._filters:
            self.update(widget, self._rows)
        lines = self._done[crop.y : crop.bottom]
        lines += [Strip.blank(crop.right)] * (crop.height - len(lines))
        if lines and (crop.x or crop.width < lines[0].cell_length):
            return [line.crop(*crop.column_span) for line in lines]
        return lines


def _filtered(row: Strip, filters: Sequence[LineFilter], background: Color) -> Strip:
    for line_filter in filters:
        row = row.apply_filter(line_filter, background)
    return row
