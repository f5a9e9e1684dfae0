"""Looking closer at a session: a peek, and its pane's past to scroll, search and copy."""

from __future__ import annotations

from functools import partial

from textual import events

from agentmux.core.session import Session
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError
from agentmux.ui import labels
from agentmux.ui.layout import Rect, beside
from agentmux.ui.screens.peek import Peek
from agentmux.ui.screens.prompt import Prompt
from agentmux.ui.screens.typing import Typing
from agentmux.ui.widgets.tile import Tile
from agentmux.ui.widgets.tile_pane import TilePane


class Scrolling(Typing):
    """The mode in which a pane shows its past."""

    @property
    def pane(self) -> TilePane | None:
        """The selected session's pane, when it is on the screen."""
        tile = self.tiles.get(self.selected or "")
        return tile.pane if tile is not None and tile.is_attached else None

    def give_hands(self, tile: Tile, pane: str) -> None:
        """Let the tile's view reach its pane."""
        panes = self._mux.panes
        tile.pane.send = partial(panes.send_bytes, pane)
        tile.pane.history = partial(panes.history, pane)
        tile.pane.on_scroll = partial(self._wheel, tile)

    def _wheel(self, tile: Tile, lines: int) -> None:
        """The wheel goes back in any mode; in COMMAND the keys follow it."""
        if self.mode == "command" and tile.session == self.selected:
            self.mode = "scroll"
        self.carry_out(self._scroll(tile.pane, lines))

    async def _scroll(self, pane: TilePane, lines: int) -> None:
        await pane.scroll(lines)
        if self.mode == "scroll" and not pane.is_scrolled:
            self.mode = "command"
        self.sync()

    def scroll_typed(self, pages: float) -> None:
        if self.pane is not None:
            self.carry_out(self.pane.scroll_pages(pages))

    def action_scroll(self) -> None:
        if self.pane is not None:
            self.mode = "scroll"

    def action_scroll_leave(self) -> None:
        if self.pane is not None:
            self.pane.leave_past()
        self.mode = "command"

    async def action_scroll_by(self, lines: int) -> None:
        if self.pane is not None:
            await self.pane.scroll(lines)

    async def action_scroll_pages(self, pages: float) -> None:
        if self.pane is not None:
            await self.pane.scroll_pages(pages)

    async def action_scroll_start(self) -> None:
        if self.pane is not None:
            await self.pane.scroll_to_start()

    def action_scroll_end(self) -> None:
        if self.pane is not None:
            self.pane.leave_past()

    def action_peek(self) -> None:
        session = self.session
        if session is not None:
            mark = labels.mark_of(session, self.view.glyphs)
            state = labels.state_of(mark, labels.age_of(session, self.view.now))
            who = f"{labels.slot_of(session)} {labels.name_of(session)}"
            title = f"{who} {mark.glyph} {state}"
            peek = Peek(self.keymap, title, partial(self._room_beside, session))
            self.app.push_screen(peek, self._peeked)
            self.carry_out(self._tell_lines(peek, session))
            self.carry_out(self._tell_git(peek, session))

    def _room_beside(self, session: Session) -> Rect:
        return beside(self.view.plan, session.id, *self.app.size)

    async def _tell_lines(self, peek: Peek, session: Session) -> None:
        lines = [clean(line, one_line=True) for line in session.last_lines]
        if session.is_live and session.pane is not None:
            rows = await self._mux.panes.history(session.pane, 0, session.size[1], joined=True)
            lines = [clean(row.decode(errors="replace"), one_line=True).rstrip() for row in rows]
        peek.lines = [line for line in lines if line]

    async def _tell_git(self, peek: Peek, session: Session) -> None:
        try:
            said = await self._mux.summarize(session)
        except AgentmuxError as error:
            said = [error.message]
        peek.git = [clean(line, one_line=True) for line in said] or ["no change since its base"]

    async def _peeked(self, event: events.Key | None) -> None:
        """A key that closed the peek does what it does without one."""
        if event is not None:
            await self.press_key(event)

    async def press_key(self, event: events.Key) -> None:
        """Do what the key does here."""
        raise NotImplementedError

    def action_search(self) -> None:
        def done(text: str | None) -> None:
            if text and self.pane is not None:
                self.carry_out(self._search(self.pane, text))

        self.app.push_screen(Prompt(self.keymap, "search"), done)

    async def _search(self, pane: TilePane, text: str) -> None:
        if not await pane.search(text):
            self.say(f"{text} is not in the scrollback")

    async def action_search_again(self, step: int) -> None:
        if self.pane is not None and not await self.pane.search_again(step):
            self.say("no further match")

    def action_copy(self) -> None:
        session, pane = self.session, self.pane
        if session is not None and not session.is_live:
            self.copy("\n".join(session.last_lines), "copied its last lines")
        elif pane is not None:
            chosen = pane.selected_text()
            text = chosen or pane.visible_text()
            self.copy(text, "copied the selection" if chosen else "copied what the pane shows")

    def copy(self, text: str, sentence: str) -> None:
        """Give `text` to the terminal's clipboard (OSC 52)."""
        self.app.copy_to_clipboard(text)
        self.say(sentence)
