"""Who has the keys: COMMAND, TYPE, and the one key after the leader.

In TYPE the driver hands raw bytes to a `PaneTypist`; no key event of Textual's ever reaches an
agent. Entering TYPE gives the pane the size of its area, the only time a pane is resized.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from datetime import datetime
from functools import partial

from textual.reactive import reactive
from textual.screen import Screen

from agentmux.core.fleet import Fleet
from agentmux.core.session import Session
from agentmux.errors import AgentmuxError
from agentmux.ui.alerts import Alert, alerts, is_set_up_badly, set_up
from agentmux.ui.contract import ScreenMux
from agentmux.ui.driver import driver_of
from agentmux.ui.keymap import Key
from agentmux.ui.leaders import leader_forms
from agentmux.ui.screens.typist import PaneTypist
from agentmux.ui.theme import Theme
from agentmux.ui.tour import Tour
from agentmux.ui.view import View
from agentmux.ui.widgets.places import Places
from agentmux.ui.widgets.tile import Tile


class Typing(Screen[None]):
    """What the fleet's screen knows of itself, and the two modes of the keyboard."""

    fleet: reactive[Fleet] = reactive(Fleet, repaint=False, init=False)
    view: View

    def __init__(
        self,
        mux: ScreenMux,
        keymap: Sequence[Key],
        theme: Theme,
        theme_names: Sequence[str] = (),
        tour: Tour | None = None,
    ) -> None:
        super().__init__()
        self._mux = mux
        self.keymap = tuple(keymap)
        self.theme = theme
        self.theme_names = theme_names
        self.tour = tour
        self.deed = ""
        """What the person did last, as `View.deed` has it."""
        self.mode = "command"
        """`command`, `type`, `leader` or `scroll`."""
        self.pressed_at: datetime | None = None
        """When the person last pressed a key that was a command."""
        self.selected: str | None = None
        self.chosen = False
        """Whether the person made the selection: only then is its digit `the same again`."""
        self.previous: str | None = None
        self.awaited: str | None = None
        """A session we asked for: selected as soon as it is in the fleet."""
        self.layout_name: str = mux.config.layout
        self.zoomed = False
        self.filter = ""
        self.notice: Alert | None = None
        """What the last key has to say; the next key takes it away."""
        self.seen: set[tuple[str, int]] = set()
        """Ends that somebody has looked at: (session, run)."""
        self.tiles: dict[str, Tile] = {}
        self.pane_tiles: dict[str, Tile] = {}
        self._places = Places()
        self._shown: tuple[dict[str, int], str | None] = ({}, None)
        self.set_reactive(Typing.fleet, mux.fleet)
        self.selected = next((s.id for s in mux.fleet.present), None)

    def sync(self) -> None:
        """Draw the screen as it is now."""
        raise NotImplementedError

    @property
    def session(self) -> Session | None:
        """The selected session."""
        return self.fleet.sessions.get(self.selected or "")

    def begin_typing(self) -> None:
        """Hand the keys to the selected session's pane."""
        session = self.session
        if session is None or not session.is_live or session.pane is None:
            return
        self.mode = "type"
        self.sync()
        self.fit_typed_pane()
        self.renew_modes()
        driver = driver_of(self.app)
        if driver is not None:
            driver.raw = PaneTypist(
                partial(self.type_keys, session.pane),
                self.paste,
                self.action_leader,
                self.say,
                self.scroll_typed,
            )

    def end_typing(self) -> None:
        """Take the keys back; nothing happens in COMMAND."""
        for tile in self.tiles.values():
            tile.pane.set_typing(False)
        self.mode = "command"
        driver = driver_of(self.app)
        if driver is not None and driver.raw is not None:
            driver.raw = None
            driver.leave_type()

    def action_leader(self) -> None:
        """The leader was pressed while typing."""
        self.end_typing()
        self.mode = "leader"
        self.deed = "mode.command"
        self.sync()

    def action_send_leader(self) -> None:
        """Send the leader key itself, and go on typing."""
        session = self.session
        if session is not None and session.pane is not None:
            leader = next(iter(self._mux.config.leader))
            self._mux.panes.send_bytes(session.pane, leader_forms(leader)[0])
        self.begin_typing()

    def paste(self, data: bytes) -> None:
        """Give a pasted text to the selected pane."""
        session = self.session
        if session is not None and session.pane is not None:
            self.carry_out(self._mux.panes.paste(session.pane, data))

    def fit_typed_pane(self) -> None:
        """Give the pane that is typed into the size of its area, and the focus in tmux."""
        session = self.session
        if self.mode != "type" or session is None or session.window is None:
            return
        area = self.view.plan.area_of(session.id)
        if area is not None:
            self.carry_out(self._fit(session.window, area.width, area.height))

    async def _fit(self, window: str, columns: int, rows: int) -> None:
        await self._mux.panes.focus(window)
        await self._mux.panes.resize(window, columns, rows)

    def renew_modes(self) -> None:
        """The agent may have asked for other key modes since TYPE began."""
        session = self.session
        if self.mode != "type" or session is None:
            return
        modes = self._mux.modes(session)
        self.tiles[session.id].pane.set_typing(True, modes.get("cursor_keys") is True)
        driver = driver_of(self.app)
        if driver is not None:
            driver.enter_type(modes)

    def type_keys(self, pane: str, data: bytes) -> None:
        """Bytes for a pane; whoever types wants to see it as it is now."""
        tile = self.pane_tiles.get(pane)
        if tile is not None and tile.pane.is_scrolled:
            tile.pane.leave_past()
        self._mux.panes.send_bytes(pane, data)

    def scroll_typed(self, pages: float) -> None:
        """Show the past of the pane that is typed into, or come back from it."""
        raise NotImplementedError

    def carry_out(self, work: Coroutine[None, None, object]) -> None:
        """Run `work` beside the screen; what it refuses is said in the alert line."""
        self.run_worker(self._watched(work), exit_on_error=True)

    async def _watched(self, work: Coroutine[None, None, object]) -> None:
        try:
            await work
        except AgentmuxError as error:
            self.say(error.message, error.hint or "", word="refused")

    def say(self, sentence: str, hint: str = "", word: str = "note") -> None:
        """Put a sentence into the alert line until the next key."""
        role = {"refused": "failed", "withheld": "asking"}.get(word, "accent")
        self.notice = Alert(role, word, "", f"{sentence}  {hint}".rstrip(), passing=True)
        self.sync()

    def current_alert(self, now: datetime) -> Alert | None:
        """The notice, else the worst of what there is."""
        if self.notice is not None:
            return self.notice
        found = alerts(self.fleet, now, self._mux.leader, self.seen)
        return found[0] if found else None

    def mark_seen(self) -> None:
        """The person has looked at the selected session: its troubles are told no more."""
        session = self.session
        if session is not None and not session.is_live:
            self.seen.add((session.id, session.run))
        elif session is not None and self.chosen and is_set_up_badly(session):
            self.seen.add(set_up(session))
