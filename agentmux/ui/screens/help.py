"""Every key of the program, searchable; what cannot be used now says why."""

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentmux.ui.keymap import Key, matching, spoken
from agentmux.ui.layout import LEAST_MAIN
from agentmux.ui.screens.keyed import key_name, press

WHY = {
    "session": "no session yet",
    "live": "needs a running session",
    "ended": "needs an ended session",
    "lost": "no session was lost",
    "worktree": "needs a session with its own worktree",
    "waiting": "nobody waits for you",
    "asking": "needs a session that asks",
    "several": "needs a second session",
}
"""`Key.needs` → why the action cannot run now."""


class Help(ModalScreen[None]):
    """The table of keys by group."""

    CSS = """
    Help { align: center middle; background: $role-background 40%; }
    Help > Vertical { width: 84; max-width: 100%; height: 90%; min-height: 8; max-height: 100%;
        background: $role-panel; border: round $role-line; padding: 0 1;
        border-title-color: $role-text; border-title-style: bold;
        border-subtitle-color: $role-dim; }
    Help Input { height: 1; border: none; padding: 0; background: $role-select; color: $role-text; }
    Help Input:focus { border: none; }
    Help VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; scrollbar-color: $role-line;
        scrollbar-background: $role-panel; }
    Help .rows { height: auto; color: $role-dim; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, keymap: Sequence[Key], impossible: frozenset[str]) -> None:
        super().__init__()
        self._keymap = keymap
        self._impossible = impossible
        """Ids of rows that have nothing to act on now."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Keys"
            box.border_subtitle = "type to search · esc back"
            yield Input(placeholder="search", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(self._content(""), classes="rows")

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False

    def on_resize(self) -> None:
        self._fill()

    def on_input_changed(self) -> None:
        self._fill()
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _fill(self) -> None:
        self.query_one(".rows", Static).update(self._content(self.query_one(Input).value))

    async def on_key(self, event: events.Key) -> None:
        pages = self.query_one(VerticalScroll)
        match key_name(event):
            case "down":
                pages.scroll_relative(y=1, animate=False)
            case "up":
                pages.scroll_relative(y=-1, animate=False)
            case "pagedown":
                pages.scroll_page_down(animate=False)
            case "pageup":
                pages.scroll_page_up(animate=False)
            case "enter":
                self.dismiss(None)
            case _:
                await press(self, self._keymap, "dialog", event)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_accept(self) -> None:
        self.dismiss(None)

    def _content(self, text: str) -> Content:
        rows = matching(self._keymap, text)
        if not rows:
            return Content("No key does that.")
        lines: list[Content] = []
        for group in dict.fromkeys(row.group for row in rows):
            lines.append(Content.styled(group, "bold $role-text"))
            lines += [self._line(row) for row in merged(rows, group)]
            lines.append(Content(""))
        return Content("\n").join(lines[:-1])

    def _line(self, row: Key) -> Content:
        keys = f"{'leader ' if row.mode == 'leader' else ''}{spoken(row)}"
        gap = " " * max(1, 17 - cell_len(keys))
        why = f"  ({WHY[row.needs]})" if row.id in self._impossible else ""
        told = row.help if self.app.size.width >= LEAST_MAIN else row.label
        return Content.assemble(
            "  ", (keys, "bold $role-text"), gap, (told, "$role-dim"), (why, "$role-faint")
        )


def merged(rows: Sequence[Key], group: str) -> list[Key]:
    """The rows of a group, the nine digits as one."""
    shown = []
    for row in rows:
        if row.group != group:
            continue
        if row.keys in {(str(n),) for n in range(2, 10)}:
            continue
        if row.keys == ("1",):
            told = row.help.replace("session 1", "a session")
            row = replace(row, keys=("1-9",), help=told)
        shown.append(row)
    return shown
