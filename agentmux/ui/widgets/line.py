"""A row of styled text of an exact width, and the one-line widget that shows it.

A line redraws only when its text changed, so that a clock tick costs nothing where nothing ticks.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from agentmux.ui.labels import cut

Span = tuple[str, Style]
"""Text and how it looks."""


def width_of(spans: Iterable[Span]) -> int:
    """Cells the spans take."""
    return sum(cell_len(text) for text, _ in spans)


def cut_spans(spans: Iterable[Span], width: int) -> list[Span]:
    """The spans in at most `width` cells; the one that does not fit ends in `…`."""
    kept: list[Span] = []
    for text, style in spans:
        room = width - width_of(kept)
        if cell_len(text) > room:
            return [*kept, (cut(text, room), style)] if room > 0 else kept
        kept.append((text, style))
    return kept


def row(left: Sequence[Span], right: Sequence[Span], width: int, ground: Style) -> Strip:
    """`left` at the left and `right` at the right, never without a blank between them.

    `right` goes first when there is no room.
    """
    if width_of(left) + width_of(right) + 1 > width and width_of(right) > width // 2:
        right = ()
    air = 0 if not right or right[0][0].startswith(" ") else 1
    left = cut_spans(left, width - width_of(right) - air)
    gap = width - width_of(left) - width_of(right)
    spans = [*left, (" " * max(0, gap), ground), *right]
    return Strip([Segment(text, style) for text, style in spans if text], width)


class Line(Widget):
    """One row of the screen."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._content: tuple[list[Span], list[Span], Style] = ([], [], Style.null())

    def put(self, left: Sequence[Span], right: Sequence[Span], ground: Style) -> None:
        """Show these spans; nothing is redrawn when they are the ones shown."""
        content = (list(left), list(right), ground)
        if content != self._content:
            self._content = content
            self.refresh()

    def render_line(self, y: int) -> Strip:
        left, right, ground = self._content
        return row(left, right, self.size.width, ground)
