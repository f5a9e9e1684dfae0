"""One picture of a pane, made from a capture and the picture before it.

A view that is smaller than its pane shows the tail, and only that is captured: the rows above it
are then those of the picture before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agentmux.tmux.client import Capture

RESET = b"\x0f\x1b[m\x1b]8;;\x1b\\"
"""What a first row is captured behind: no line drawing, no colour, no link."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a pane. A row equal to the one before it there is the same object."""

    pane: str
    seq: int
    """Counts the pictures of this pane that differed."""
    rows: tuple[bytes, ...]
    """`lines` rows as captured: SGR sequences kept, their state running on from row to row."""
    cols: int
    lines: int
    cursor: tuple[int, int] | None
    """Column and row from 0; None while hidden."""
    title: str
    """As the program set it, not cleaned."""
    alternate: bool
    mouse: frozenset[str]
    """Which of `any standard button all sgr` the program asked for."""
    history: int
    """Lines of scrollback above."""
    dead: bool
    first: int = 0
    """The first row that is of this picture; those above may be of an older one."""

    def top(self, height: int) -> int:
        """The first row that a view of `height` lines shows."""
        return first_row(self.rows, self.cursor, height)

    def is_true_in(self, height: int) -> bool:
        """Whether all that a view of `height` lines shows is of this picture."""
        return self.first == 0 or self.top(height) >= self.first


def next_frame(capture: Capture, before: Frame | None, first: int = 0) -> Frame | None:
    """The picture after `before`; None when it is the same, or a first one with nothing on it.

    The capture begins with row `first`. tmux leaves blank rows at the bottom out of it; they are
    put back.
    """
    screen = capture.screen
    taken = capture.rows
    if first and before is not None:
        taken = (*before.rows[:first], *(RESET + row for row in taken[:1]), *taken[1:])
    rows = (taken + (b"",) * screen.lines)[: screen.lines]
    if before is not None:
        kept = before.rows + rows[len(before.rows) :]
        rows = tuple(old if old == row else row for old, row in zip(kept, rows, strict=False))
    elif not (any(map(bytes.strip, rows)) or screen.history or screen.dead):
        return None
    frame = Frame(
        pane=screen.pane,
        seq=before.seq if before else 0,
        rows=rows,
        cols=screen.cols,
        lines=screen.lines,
        cursor=screen.cursor,
        title=screen.title,
        alternate=screen.alternate,
        mouse=screen.mouse,
        history=screen.history,
        dead=screen.dead,
        first=first,
    )
    return None if frame == before else replace(frame, seq=frame.seq + 1)


def first_row(rows: Sequence[bytes], cursor: tuple[int, int] | None, height: int) -> int:
    """The first of a pane's rows that a view of `height` lines shows.

    The tail is shown, from the last row with something on it, and the cursor is always in view.
    """
    filled = next((y for y in range(len(rows) - 1, -1, -1) if rows[y].strip()), 0)
    bottom = max(filled, cursor[1]) if cursor else filled
    top = max(0, bottom + 1 - height)
    return min(top, cursor[1]) if cursor else top
