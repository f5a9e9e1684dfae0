"""The main screen: all sessions in one of five layouts, drawn from one `View`.

The view is made anew at each change and handed to the widgets, which redraw what differs. What
the keys do stands in the classes this one is made of: `Navigation` on `Verbs` on `Scrolling`
on `Typing`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from agentmux.core.fleet import Fleet
from agentmux.ui.driver import paint_now
from agentmux.ui.layout import Rect, plan
from agentmux.ui.messages import SessionChosen
from agentmux.ui.screens.answer import Answer
from agentmux.ui.screens.confirm import Confirm
from agentmux.ui.screens.help import Help
from agentmux.ui.screens.navigation import Navigation
from agentmux.ui.screens.new_session import NewSession
from agentmux.ui.screens.palette import Palette
from agentmux.ui.tour import advance
from agentmux.ui.view import View
from agentmux.ui.widgets.alert_line import AlertLine
from agentmux.ui.widgets.empty_slot import EmptySlot
from agentmux.ui.widgets.hint_line import HintLine
from agentmux.ui.widgets.pane_view import PaneView
from agentmux.ui.widgets.places import Places
from agentmux.ui.widgets.session_list import SessionList
from agentmux.ui.widgets.tile import Tile
from agentmux.ui.widgets.top_bar import TopBar
from agentmux.ui.widgets.tour_bar import TourBar

if TYPE_CHECKING:
    from agentmux.mux.panes import Frame

TICK_S = 1.0
DIMMING = (Answer, Confirm, Help, NewSession, Palette)
"""Dialogs that have all the keys; a peek and a prompt leave the panes as they are."""
TOO_SMALL = "agentmux needs 40 columns and 10 rows."


class FleetScreen(Navigation):
    """Composes the widgets and keeps them up to date."""

    DEFAULT_CSS = """
    FleetScreen { background: $role-background; color: $role-text; overflow: hidden; }
    """

    @property
    def layout(self) -> Places:
        """Every widget stands where the plan says."""
        return self._places

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield SessionList()
        yield EmptySlot()
        yield AlertLine()
        yield TourBar()
        yield HintLine()
        yield Static(TOO_SMALL, markup=False)

    def on_mount(self) -> None:
        self._mux.panes.on_frame = self.take_frame
        self.sync()
        self.set_interval(TICK_S, self.tick)

    def on_unmount(self) -> None:
        self._mux.panes.on_frame = lambda frame: None  # the hot lane outlives the screen
        self.end_typing()

    def on_screen_suspend(self) -> None:
        self.sync()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.sync()

    def on_resize(self, event: events.Resize) -> None:
        self.sync()
        self.fit_typed_pane()

    def watch_fleet(self, old: Fleet, new: Fleet) -> None:
        if self.is_mounted:
            self.settle_selection()
            self.sync()

    def tick(self) -> None:
        """A second has passed: ages may read differently, an agent may want other key modes."""
        self.sync()
        self.renew_modes()
        self.tell_looked_at()

    def sync(self) -> None:
        """Draw the screen as it is now; what did not change is not redrawn."""
        self.view = self.make_view()
        if self.tour is not None:
            self.tour = advance(self.tour, self.view)
            self.view = replace(self.view, tour=self.tour)
        self._place(self.view)
        self.query_one(TopBar).show(self.view)
        self.query_one(HintLine).show(self.view)
        self.query_one(AlertLine).show(self.view)
        self.query_one(TourBar).show(self.view)
        self.query_one(SessionList).show(self.view)
        if self.view.plan.empty:
            self.query_one(EmptySlot).show(self.view, self.view.plan.empty)
        for session, rect in self.view.plan.tiles:
            self.tiles[session].show(self.view, rect)
        self.show_panes()

    def make_view(self) -> View:
        """Everything that is to be seen, at this moment."""
        now, mux = self._mux.now(), self._mux
        alert = self.current_alert(now)
        sessions = self.shown_sessions()
        width, height = self.app.size
        planned = plan(
            width,
            height,
            "focus" if self.zoomed else self.layout_name,
            [session.id for session in sessions],
            self.selected,
            typing=self.mode == "type",
            alert=alert is not None,
            tour=self.tour is not None and self.tour.is_shown,
        )
        return View(
            now, self.theme, planned, (width, height), self.fleet, sessions, self.selected,
            self.mode, alert, mux.config.glyphs, self.keymap, mux.repo, mux.branch, mux.leader,
            () if self.tour else mux.agents, self.filter, self.deed, self.tour,
            isinstance(self.app.screen, DIMMING),
        )  # fmt: skip

    def _place(self, view: View) -> None:
        """Give each widget its rectangle; lay out again only when one has changed."""
        planned = view.plan
        rects: dict[Widget, Rect] = {}
        for kind, rect in (
            (TopBar, planned.top),
            (SessionList, planned.list),
            (EmptySlot, planned.empty),
            (AlertLine, planned.alert),
            (TourBar, planned.tour),
            (HintLine, planned.hint if planned.has_room else None),
            (Static, None if planned.has_room else Rect(0, 0, *view.size)),
        ):
            if rect:
                rects[self.query_one(kind)] = rect
        for session, rect in planned.tiles:
            rects[self._tile(session)] = rect
        for gone in [
            i for i in self.tiles if i not in self.fleet.sessions or self.fleet.sessions[i].removed
        ]:
            self.tiles.pop(gone).remove()
        if rects != self._places.rects:
            self._places.rects = rects
            # A widget asks its ancestors to lay out again; asking the screen itself would not.
            self.query_one(TopBar).refresh(layout=True)

    def _tile(self, session: str) -> Tile:
        """The session's tile; made when it is first shown."""
        if session not in self.tiles:
            self.tiles[session] = Tile(session)
            self.mount(self.tiles[session])
        return self.tiles[session]

    def show_panes(self) -> None:
        """Tell the hot lane which panes are in sight, and draw what it has of them."""
        visible: dict[str, int] = {}
        frame = 2 * self.view.plan.framed
        for id_, rect in self.view.plan.tiles:
            session = self.fleet.sessions[id_]
            if session.pane and session.is_live:
                visible[session.pane] = rect.height - frame
                self._attach_pane(id_, session.pane)
        chosen = self.view.session
        focused = chosen.pane if chosen and chosen.pane in visible else None
        if (visible, focused) != self._shown:
            self._shown = (visible, focused)
            self._mux.panes.show(visible, focused, visible)

    def _attach_pane(self, session: str, pane: str) -> None:
        """The tile shows this pane from now on, beginning with its latest frame."""
        if self.pane_tiles.get(pane) is self.tiles[session]:
            return
        self.pane_tiles = {p: t for p, t in self.pane_tiles.items() if t is not self.tiles[session]}
        self.pane_tiles[pane] = self.tiles[session]
        self.give_hands(self.tiles[session], pane)
        latest = self._mux.panes.latest(pane)
        if latest is not None:
            self.tiles[session].pane.show_frame(latest)

    def take_frame(self, frame: Frame) -> None:
        """A pane was captured; the hot lane calls this directly."""
        tile = self.pane_tiles.get(frame.pane)
        if tile is not None and tile.pane.is_attached:  # tiles go before the screen does
            tile.pane.show_frame(frame)
            if tile.pane.typing:
                paint_now(tile.pane)

    def on_pane_view_selected(self, message: PaneView.Selected) -> None:
        self.copy(message.text, "copied the selection")

    def on_pane_view_link_chosen(self, message: PaneView.LinkChosen) -> None:
        self.copy(message.url, "copied the link")

    def on_session_chosen(self, message: SessionChosen) -> None:
        self.select(message.session)
        if message.twice:
            self.begin_typing()
