"""Rows of live panes to the terminal, past Textual's compositor.

For one changed row the compositor goes through every line of every visible widget: with nine busy
panes that was half of what the screen cost (docs/design/engine.md 3). It keeps no picture of its
own, so a row written past it is as good as one of its own, as long as nothing stands over the
pane; where something does, the compositor does it.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

Places = Mapping[Widget, tuple[Region, Region]]
"""A widget and where it and its clip stand on the screen, the uppermost widget first."""


class Canvas(Protocol):
    """A widget that holds its finished rows."""

    def finished_row(self, y: int) -> Strip: ...


class Painter:
    """Gathers the rows that changed and writes them together, once the loop has a turn to spare."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._changed: dict[Widget, set[int]] = {}
        self._flush_at: asyncio.Handle | None = None
        self._places: Places | None = None
        """What `_bare` was made from."""
        self._bare: dict[Widget, Region] = {}

    def add(self, widget: Widget, rows: Iterable[int]) -> None:
        """These rows of `widget`, a `Canvas`, are to be shown as they are when it comes to it."""
        self._changed.setdefault(widget, set()).update(rows)
        if self._flush_at is None:
            self._flush_at = asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Write what has been gathered."""
        if self._flush_at is not None:
            self._flush_at.cancel()
            self._flush_at = None
        changed, self._changed = self._changed, {}
        pieces: list[str] = []
        for widget, rows in changed.items():
            if not widget.is_attached:
                continue
            if (region := self._place(widget)) is None:
                widget.refresh(*row_regions(sorted(rows), widget.outer_size.width))
            else:
                pieces += self._rows(widget, region, rows)
        if pieces:
            self._write(pieces)

    def _place(self, widget: Widget) -> Region | None:
        """Where the widget stands, if every cell of it is its own; a layout to come repaints."""
        app, screen = self._app, widget.screen
        if screen is not app.screen or app._batch_count or not app._running or app._closed:
            return None
        places = screen._compositor.visible_widgets
        if places is not self._places:  # Textual makes another one when anything has moved
            self._places, self._bare = places, bare_regions(screen, places)
        region = self._bare.get(widget)
        return region if region is not None and region.size == widget.outer_size else None

    def _rows(self, widget: Any, region: Region, rows: Iterable[int]) -> Iterable[str]:
        console = self._app.console
        for y in sorted(rows):
            if y < region.height:
                yield f"\x1b[{region.y + y + 1};{region.x + 1}H"
                yield widget.finished_row(y).render(console)

    def _write(self, pieces: list[str]) -> None:
        app = self._app
        assert app._driver is not None
        cursor = app.screen.outer_size.clamp_offset(app.cursor_position)
        pieces.append(f"\x1b[{cursor.y + 1};{cursor.x + 1}H")
        if app._sync_available:
            pieces = [SYNC_START, *pieces, SYNC_END]
        app._driver.write("".join(pieces))


def bare_regions(screen: Screen[Any], places: Places) -> dict[Widget, Region]:
    """The widgets that hold their rows and that nothing stands over, and where they are."""
    bare: dict[Widget, Region] = {}
    above: list[Region] = []
    for widget, (region, clip) in places.items():
        shown = region.intersection(clip)
        is_canvas = hasattr(widget, "finished_row")
        if is_canvas and shown == region and not any(region.overlaps(one) for one in above):
            bare[widget] = region
        above.append(shown)
    return bare


def row_regions(rows: Iterable[int], width: int) -> list[Region]:
    """These rows, which ascend, with neighbours in one region."""
    regions: list[Region] = []
    for y in rows:
        if regions and regions[-1].bottom == y:
            regions[-1] = regions[-1].grow((0, 0, 1, 0))
        else:
            regions.append(Region(0, y, width, 1))
    return regions
