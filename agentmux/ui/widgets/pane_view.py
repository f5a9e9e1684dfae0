"""A live picture of a pane: tmux's rows drawn cell for cell, its cursor, its mouse, its past.

`render_lines` is overridden rather than `render_line`: the rows are finished strips, and Textual's
style cache would cost more than all the rest. Only rows that differ are repainted. The view may be
smaller than the pane; then it shows the tail, never a squeezed copy.
"""

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agentmux.mux.frame import Frame
from agentmux.ui.driver import paint
from agentmux.ui.links import link_in
from agentmux.ui.marks import (
    Line,
    Mark,
    changed_rows,
    draw,
    match_marks,
    selected_cells,
    text_between,
)
from agentmux.ui.mouse import mouse_bytes, wheel_keys
from agentmux.ui.scrollback import History, Past, Query
from agentmux.ui.sgr import Decoded, RowCache
from agentmux.ui.widgets.strips import Finished

WHEEL_LINES = 3


class PaneView(Widget):
    """Shows the frames of one pane. The callables are given by the screen that owns it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "PaneView { background: transparent; }"

    @dataclass
    class Selected(Message):
        """The person dragged over a text and let go."""

        text: str

    @dataclass
    class LinkChosen(Message):
        """The person clicked on an address with ctrl held."""

        url: str

    cache = RowCache()
    """Shared by all panes."""

    def __init__(self) -> None:
        super().__init__()
        self.send: Callable[[bytes], None] | None = None
        """Types bytes into the pane: mouse reports, and arrow keys for the wheel."""
        self.history: History | None = None
        """Fetches rows of scrollback and screen, counted as tmux does."""
        self.on_scroll: Callable[[int], None] | None = None
        """Told by the wheel how many lines to go up (down below 0); else the view scrolls."""
        self.frame: Frame | None = None
        self.typing = False
        self.cursor_keys = False
        self._next: Frame | None = None
        self._decoded: list[Decoded] = []
        self._lines: list[Line] = []
        self._finished = Finished()
        self._past = Past()
        self._drag: tuple[Offset, Offset] | None = None
        self._dragging = False

    def show_frame(self, frame: Frame) -> None:
        """Show a newer frame; while the person drags over the old one it waits."""
        if self._dragging:
            self._next = frame
            return
        if self.frame is not None and self.frame.pane == frame.pane:
            self._past.grow(frame.history - self.frame.history)
        else:
            self._past, self._drag = Past(), None
        selected = self.selected_text() if self._drag else ""
        self.frame = frame
        self._redraw()
        if self._drag and selected != self.selected_text():  # The text moved from under it.
            self._drag = None
            self._redraw()

    def set_typing(self, typing: bool, cursor_keys: bool = False) -> None:
        """Whether this pane has the keys; `cursor_keys` is its program's DECCKM."""
        self.typing, self.cursor_keys = typing, cursor_keys
        self._redraw()

    @property
    def first_row(self) -> int:
        """The line, counted as tmux does, that the first line of the view shows."""
        if self._past.top is not None:
            return self._past.top
        return self.frame.top(self.outer_size.height) if self.frame else 0

    def on_resize(self) -> None:
        self._redraw()

    def _redraw(self) -> None:
        """Make the lines of the view anew and repaint those that differ."""
        width, height = self.outer_size
        strips = self._decode(width)[:height]
        strips += [Strip.blank(width)] * (height - len(strips))
        marks, old = self._marks(strips), self._lines
        self._lines = [
            draw(
                base,
                tuple(marks.get(y, ())),
                self._note() if y == 0 else "",
                old[y] if y < len(old) else None,
            )
            for y, base in enumerate(strips)
        ]
        self._finished.update(self, [line.drawn for line in self._lines])
        if len(old) != height:
            self.refresh()
        elif rows := changed_rows(old, self._lines):
            paint(self, rows)

    def _decode(self, width: int) -> list[Strip]:
        """The strips from the view's first line on; rows that are the same object are kept."""
        if self.frame is None or not width:
            return []
        rows = self._past.rows if self.is_scrolled else self.frame.rows
        self._decoded = self.cache.decode_all(rows, width, self._decoded)
        first = 0 if self.is_scrolled else self.first_row
        return [line.strip for line in self._decoded[first:]]

    def render_lines(self, crop: Region) -> list[Strip]:
        """The finished lines."""
        return self._finished.lines(self, crop)

    def finished_row(self, y: int) -> Strip:
        """Line `y` as it goes to the terminal."""
        return self._finished.row(y)

    def _marks(self, strips: list[Strip]) -> dict[int, list[Mark]]:
        marks: dict[int, list[Mark]] = {}
        if self._past.top is not None:
            for y, strip in enumerate(strips):
                current = self._past.top + y == self._past.match
                marks[y] = match_marks(strip, self._past.query.places(strip.text), current)
        for y, cells in selected_cells(self._drag, self.outer_size.width).items():
            marks.setdefault(y, []).append(cells)
        if (cursor := self._cursor()) is not None:
            marks.setdefault(cursor.y, []).append(Mark(cursor.x, cursor.x + 1))
            self.app.cursor_position = self.region.offset + cursor
        return marks

    def _cursor(self) -> Offset | None:
        """Where the cursor stands in the view; the hardware cursor is put there as well."""
        frame = self.frame
        if not self.typing or self.is_scrolled or frame is None or frame.cursor is None:
            return None
        # Behind the last character of a full line tmux counts one column too many.
        column = min(frame.cursor[0], frame.cols - 1)
        place = Offset(column, frame.cursor[1] - self.first_row)
        return place if self.outer_size.region.contains_point(place) else None

    @property
    def is_scrolled(self) -> bool:
        """Whether the view shows the past instead of the live picture."""
        return self._past.top is not None

    def _note(self) -> str:
        """Where in the past the view stands, at the right end of its first line."""
        if self._past.top is None or self.frame is None:
            return ""
        if not self.frame.history:
            return " nothing older "
        return f" {max(0, -self._past.top):,}/{self.frame.history:,} up "

    async def scroll(self, lines: int) -> None:
        """Go `lines` up into the past, down below 0; at the bottom the picture is live again."""
        await self._go(self.first_row - lines)

    async def scroll_pages(self, pages: float) -> None:
        """Go up by so many heights of the view, one line less each."""
        await self.scroll(round(pages * max(1, self.outer_size.height - 1)))

    async def scroll_to_start(self) -> None:
        """Go to the oldest line there is."""
        await self._go(-self.frame.history if self.frame else 0)

    def leave_past(self) -> None:
        """Show the live picture again and forget the search."""
        self._past, self._drag = Past(), None
        self._redraw()

    async def search(self, text: str) -> bool:
        """Look for `text` from the bottom of the view upward; False when it is nowhere."""
        self._past.query, self._past.match = Query(text), None
        return await self.search_again(-1)

    async def search_again(self, step: int) -> bool:
        """Go to the next line with a match, upward at -1 and downward at 1; False without one."""
        if self.history is None or self.frame is None:
            return False
        match = self._past.match
        start = self.first_row + self.outer_size.height - 1 if match is None else match + step
        if not await self._past.find(self.history, self.frame, start, step):
            return False
        await self._go((self._past.match or 0) - self.outer_size.height // 2, stay=True)
        return True

    async def _go(self, top: int, *, stay: bool = False) -> None:
        """Show the lines from `top` on; without `stay` the bottom is the live picture."""
        frame = self.frame
        if frame is None or self.history is None:
            return
        if not stay and top >= frame.top(self.outer_size.height):
            if self.is_scrolled:
                self.leave_past()
            return
        await self._past.go(self.history, frame, top, self.outer_size.height)
        self._drag = None
        self._redraw()

    def _forward(self, event: events.MouseEvent) -> bool:
        """Give the event to a program that asked for the mouse and has the keys."""
        if self.frame is None or self.send is None or not self.typing or self.is_scrolled:
            return False
        if "any" not in self.frame.mouse:
            return False
        if (data := mouse_bytes(event, self.frame, self.first_row)) is not None:
            self.send(data)
        event.stop()
        return True

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.capture_mouse()
        if not self._forward(event) and event.button == 1:
            self._drag = (event.offset, event.offset)
            self._dragging = True
            self._redraw()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging and self._drag is not None:
            self._drag = (self._drag[0], _clamped(event.offset, self.outer_size.region))
            self._redraw()
        else:
            self._forward(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self.release_mouse()
        if not self._dragging:
            self._forward(event)
            return
        self._dragging = False
        if text := self.selected_text():
            self.post_message(self.Selected(text))
        if (frame := self._next) is not None:
            self._next = None
            self.show_frame(frame)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        await self._wheel(event, WHEEL_LINES)

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        await self._wheel(event, -WHEEL_LINES)

    async def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        if self._forward(event):
            return
        event.stop()
        if self.frame and self.frame.alternate and self.typing and self.send:
            if data := wheel_keys(event, self.cursor_keys):
                self.send(data)
        elif self.on_scroll is not None:
            self.on_scroll(lines)
        else:
            await self.scroll(lines)

    def on_click(self, event: events.Click) -> None:
        if event.ctrl and (url := self.link_at(event.x, event.y)):
            event.stop()
            self.post_message(self.LinkChosen(url))

    def selected_text(self) -> str:
        """What is selected, as lines without the blanks at their ends."""
        cells = selected_cells(self._drag, self.outer_size.width).items()
        lines = [text_between(self._lines[y].base, mark.first, mark.end) for y, mark in cells]
        return "\n".join(line.rstrip() for line in lines)

    def link_at(self, x: int, y: int) -> str | None:
        """The link over a cell: the program's own, else an address in the text."""
        return link_in(self._lines[y].base, x) if 0 <= y < len(self._lines) else None


def _clamped(place: Offset, region: Region) -> Offset:
    return Offset(min(max(place.x, 0), region.width - 1), min(max(place.y, 0), region.height - 1))
