"""Where a view stands in a pane's history, and the search through it.

Lines are counted as tmux does: 0 is the first row on the screen, -1 the last that scrolled off.
The history is never kept here: a page is fetched when it is shown or searched.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from agentmux.mux.frame import Frame
from agentmux.ui.sgr import plain_text

PAGE = 1000
"""Lines searched in one go; one reply of tmux is not flow-controlled and must stay small."""

History = Callable[[int, int], Awaitable[Sequence[bytes]]]
"""First line and count → rows as captured, fewer where the pane has no more."""


@dataclass(frozen=True)
class Query:
    """What is searched for; capitals count only when there are some in it."""

    text: str

    def places(self, line: str) -> list[tuple[int, int]]:
        """Where it stands in `line`, as slices that do not overlap."""
        sought, line = (self.text, line) if self._exact else (self.text.lower(), line.lower())
        found, at = [], line.find(sought) if sought else -1
        while at >= 0:
            found.append((at, at + len(sought)))
            at = line.find(sought, at + len(sought))
        return found

    @property
    def _exact(self) -> bool:
        return self.text != self.text.lower()


class Past:
    """The part of a pane's history that a view shows instead of the live picture."""

    def __init__(self) -> None:
        self.top: int | None = None
        """The line that the view's first line shows; None while the picture is live."""
        self.rows: tuple[bytes, ...] = ()
        self.query = Query("")
        self.match: int | None = None
        """The line that was found last."""

    def grow(self, lines: int) -> None:
        """So many lines have scrolled off the screen meanwhile: what is shown stays."""
        if self.top is not None and lines > 0:
            self.top -= lines
            self.match = None if self.match is None else self.match - lines

    async def go(self, history: History, frame: Frame, top: int, height: int) -> None:
        """Show the lines from `top` on, or the nearest there are."""
        last = frame.top(height)
        self.top = max(-frame.history, min(top, last))
        self.rows = tuple(await history(self.top, height))[:height]

    async def find(self, history: History, frame: Frame, start: int, step: int) -> bool:
        """Set `match` to the nearest line with a match, upward from `start` when `step` is -1."""
        oldest, newest = -frame.history, frame.lines - 1
        first = min(start, newest)
        while oldest <= first <= newest and self.query.text:
            last = max(oldest, first - PAGE + 1) if step < 0 else min(newest, first + PAGE - 1)
            low, high = min(first, last), max(first, last)
            lines = list(enumerate(await history(low, high - low + 1), low))
            for number, row in lines[::step]:
                if self.query.places(plain_text(row)):
                    self.match = number
                    return True
            first = last + step
        return False
