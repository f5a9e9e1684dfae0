"""When a pane's picture is to be taken; the clock is an argument.

A program clears its screen and then paints it: captured at the first bell 22 % of large screens
were torn, captured once it had fallen quiet none. Figures: `docs/design/engine.md` 2 and 3.
"""

from dataclasses import dataclass

TYPING_S = 0.050
"""For so long after a key the focused pane is captured at once: a torn echo is mended by the
next bell, a late one is felt."""
TYPING_GAP_S = 0.004
QUIET_S = 0.005
"""A program that has printed nothing for so long has finished its picture."""
LONGEST_S = 0.033
"""One that never falls quiet is captured so long after it began."""
FOCUSED_GAP_S = 0.033
FLOODED_GAP_S = 0.100
"""After a picture in a flood: nobody reads one that stands for less, and drawing it takes the
time of the program that prints."""
TICK_S = 0.200
"""All panes that are not focused, together."""
TYPED_S = 1.0
"""For so long after a key they are taken a few at a time, or keys would wait for all of them."""
TYPED_TICK_S = 0.050
TYPED_SHARE = 2
LIVELY_S = 2 * TICK_S
"""A pane whose picture changed so lately is captured at the next tick without having rung: its
output stays paused, and the ring, the pause and the resuming are saved."""
VOLUME = 64 * 1024
"""Bytes since the last capture after which a pane is paused."""


@dataclass(slots=True)
class Pace:
    """What has happened to one pane; times in seconds on any one clock."""

    dirty: bool = False
    """It rang since the last capture."""
    busy: bool = False
    """A capture is on its way; there are never two."""
    paused: bool = False
    """tmux has been told to send no output of it."""
    count: int = 0
    """Bytes since the last capture."""
    flooded: bool = False
    """Whether the last capture came of a flood."""
    changed: bool = False
    """Whether the last capture showed something new."""
    first: float = float("-inf")
    """First bell since the last capture."""
    bell: float = float("-inf")
    last: float = float("-inf")
    """When the last capture was asked for."""
    typed: float = float("-inf")

    def is_typed(self, now: float) -> bool:
        """Whether somebody is typing into it."""
        return now - self.typed < TYPED_S

    def is_lively(self, now: float) -> bool:
        """Whether it has something new at one tick after another, and need not ring for the next.

        Asked before `take`.
        """
        return self.changed and now - self.last < LIVELY_S

    @property
    def is_flooding(self) -> bool:
        """Whether it printed more than a capture is worth waiting for."""
        return self.count > VOLUME

    def ring(self, now: float, size: int) -> None:
        """It printed about `size` bytes."""
        if not self.dirty:
            self.dirty, self.first = True, now
        self.bell = now
        self.count += size

    def take(self, now: float) -> None:
        """A capture has been asked for."""
        self.last = now
        self.flooded = self.is_flooding
        self.busy, self.dirty, self.count = True, False, 0

    def show(self, changed: bool) -> None:
        """The capture is here; whether it differs from the one before."""
        self.busy, self.changed = False, changed

    def due(self, now: float) -> float:
        """When the pane is to be captured, if it is focused and dirty; it may be in the past."""
        if now - self.typed < TYPING_S:
            return self.last + (FOCUSED_GAP_S if self.flooded else TYPING_GAP_S)
        gap = FLOODED_GAP_S if self.flooded else FOCUSED_GAP_S
        return max(min(self.bell + QUIET_S, self.first + LONGEST_S), self.last + gap)
