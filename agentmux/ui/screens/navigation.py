"""Moving about: which session is selected, which layout, what is filtered, which key does what."""

from __future__ import annotations

from dataclasses import replace

from textual import events

from agentmux.core.session import Session
from agentmux.ui import labels
from agentmux.ui.keymap import Key, find_key, spoken
from agentmux.ui.layout import LAYOUTS, default_layout, nearest
from agentmux.ui.screens.attention import Attention
from agentmux.ui.screens.help import WHY, Help
from agentmux.ui.screens.keyed import key_name
from agentmux.ui.screens.palette import Choice, Palette
from agentmux.ui.screens.prompt import Prompt
from agentmux.ui.view import is_possible


class Navigation(Attention):
    """The fleet's keys that change nothing but what is seen."""

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        await self.press_key(event)

    async def press_key(self, event: events.Key) -> None:
        """Do what the key does: first the one after the leader, then a command of this place."""
        self.pressed_at = self._mux.now()
        name = key_name(event)
        if self.mode == "type":  # only where no raw driver reads the keys before Textual
            if find_key(self.keymap, name, "fleet", "type"):
                self.action_leader()
            return
        row = None
        if self.mode == "leader":
            self.mode = "command"
            row = find_key(self.keymap, name, "fleet", "leader")
            if row is None and name == "escape":  # it takes back the leader and nothing else
                self.sync()
                return
        place = "scroll" if self.mode == "scroll" else "fleet"
        await self.run_row(row or find_key(self.keymap, name, place))

    async def run_row(self, row: Key | None) -> None:
        """Do what the row says, or say why it cannot be done now."""
        self.notice = None
        if row is not None and not is_possible(row, self.view):
            self.say(f"{row.label}: {WHY[row.needs]}")
        elif row is not None:
            self.deed = row.id
            await self.run_action(row.action)
        self.sync()

    async def action_do(self, id_: str) -> None:
        """The row of that id, from a click or the palette: as its key does it."""
        await self.run_row(next((row for row in self.keymap if row.id == id_), None))

    def action_back(self) -> None:
        """One thing that hides something, taken back: filter, zoom, tour."""
        if self.filter:
            self.filter = ""
            self.settle_selection()
        elif self.zoomed:
            self.zoomed = False
        elif self.tour is not None:
            self.tour = replace(self.tour, is_shown=False)

    def shown_sessions(self) -> tuple[Session, ...]:
        """The sessions that the filter lets through, in the order of the list."""
        words = self.filter.lower().split()
        return tuple(s for s in self.fleet.present if all(w in _text(s) for w in words))

    def settle_selection(self) -> None:
        """Keep the selection on a session that is there; a new one of our own making gets it."""
        ids = [s.id for s in self.shown_sessions()]
        if self.awaited in ids:
            self.select(self.awaited or "")
            self.chosen = False  # it came by itself: its digit was not pressed yet
            self.awaited = None
            self.deed = "started"
        elif self.selected not in ids:
            self.end_typing()
            self.selected, self.chosen = ids[0] if ids else None, False
        session = self.fleet.sessions.get(self.selected or "")
        if self.mode == "type" and (session is None or not session.is_live):
            self.end_typing()
        if self.previous not in ids:
            self.previous = None

    def select(self, session: str) -> None:
        """Make it the selected one and remember where we came from."""
        self.chosen = True
        if session == self.selected or session not in self.fleet.sessions:
            return
        self.mark_seen()
        self.end_typing()
        self.previous, self.selected = self.selected, session
        self.sync()

    def action_go(self, slot: int) -> None:
        session = self.fleet.in_slot(slot)
        if session is None:
            self.say(f"slot {slot} is empty")
        elif session.id == self.selected and self.chosen:
            self.action_enter()
        else:
            if session.id == self.selected:
                self.say(f"{slot} again types into {labels.name_of(session)}")
            self.select(session.id)

    def action_go_type(self, slot: int) -> None:
        session = self.fleet.in_slot(slot)
        if session is None:
            self.say(f"slot {slot} is empty")
        else:
            self.select(session.id)
        self.begin_typing()

    def action_go_last(self) -> None:
        if self.previous is not None:
            self.select(self.previous)

    def action_go_last_type(self) -> None:
        self.action_go_last()
        self.begin_typing()

    def action_step(self, by: int) -> None:
        ids = [session.id for session in self.shown_sessions()]
        if ids:
            at = ids.index(self.selected) if self.selected in ids else 0
            self.select(ids[(at + by) % len(ids)])

    def action_move(self, where: str) -> None:
        """To the nearest tile on that side; where there are no tiles, along the list."""
        rects = dict(self.view.plan.tiles)
        here = rects.get(self.selected or "")
        if self.view.plan.list or len(rects) < 2 or here is None:
            self.action_step(1 if where in ("down", "right") else -1)
            return
        target = nearest(here, rects, where)
        if target is not None:
            self.select(target)

    def action_layout(self, by: int) -> None:
        self.set_layout(LAYOUTS[(LAYOUTS.index(self._base_layout()) + by) % len(LAYOUTS)])

    def action_set_layout(self, name: str) -> None:
        self.set_layout(name)

    def set_layout(self, name: str) -> None:
        """Use this layout until another is chosen."""
        self.zoomed = False
        self.layout_name = name

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed

    def _base_layout(self) -> str:
        """The layout in force, with `auto` and zoom resolved."""
        if self.zoomed:
            return "focus"
        named = self.layout_name in LAYOUTS
        return self.layout_name if named else default_layout(*self.app.size)

    def action_filter(self) -> None:
        before = self.filter

        def changed(text: str) -> None:
            self.filter = text
            self.settle_selection()
            self.sync()

        def done(text: str | None) -> None:
            changed(before if text is None else text)

        self.app.push_screen(Prompt(self.keymap, "filter", before, on_change=changed), done)

    def action_help(self) -> None:
        impossible = frozenset(r.id for r in self.keymap if not is_possible(r, self.view))
        self.app.push_screen(Help(self.keymap, impossible))

    def action_palette(self) -> None:
        self.app.push_screen(Palette(self.keymap, self._choices()), self._run_choice)

    def _choices(self) -> list[Choice]:
        """Everything that can be done now."""
        rows = [
            Choice(row.help, f"do('{row.id}')", spoken(row))
            for row in self.keymap
            if (row.where, row.mode) == ("fleet", "command")
            and not row.id.startswith(("go.", "move.", "back", "palette"))
            and is_possible(row, self.view)
        ]
        rows += [
            Choice(f"Go to {labels.name_of(s)}", f"choose('{s.id}')", labels.slot_of(s))
            for s in self.fleet.present
        ]
        rows += [Choice(f"Layout {name}", f"set_layout('{name}')") for name in LAYOUTS]
        rows += [Choice(f"Theme {name}", f"app.use_theme('{name}')") for name in self.theme_names]
        return rows

    async def _run_choice(self, action: str | None) -> None:
        if action is not None:
            await self.run_action(action)
            self.sync()

    def action_choose(self, session: str) -> None:
        self.select(session)

    def action_leave(self) -> None:
        self.app.exit()

    def action_stay(self) -> None:
        keys = {row.id: row.keys for row in self.keymap}
        leave = keys["leave"][0] if keys["leave"] else "the palette"
        self.say(f"{leave} leaves; the sessions keep running")


def _text(session: Session) -> str:
    """What the filter looks at."""
    parts = (labels.name_of(session), labels.agent_of(session), session.branch or "")
    return " ".join((*parts, session.state, session.task or "")).lower()
