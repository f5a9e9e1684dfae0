"""A look at one session without typing: what git says of its worktree, and its last lines.

It stands beside the session's tile wherever that leaves room. A key that does not close it is then
what it always is, so that a look leads straight on to an answer.
"""

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Static

from agentmux.ui.keymap import Key
from agentmux.ui.layout import Rect
from agentmux.ui.screens.keyed import press


class Peek(ModalScreen[events.Key | None]):
    """The key that was pressed when it is to be acted on; None when it was only closed."""

    CSS = """
    Peek { background: transparent; }
    Peek > Static { position: absolute; background: $role-panel; border: round $role-accent;
        padding: 0 1; border-title-color: $role-text; border-title-style: bold;
        border-subtitle-color: $role-dim; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    git: reactive[Sequence[str]] = reactive(("asking git…",), init=False)
    """What git says, cleaned, a line each."""
    lines: reactive[Sequence[str]] = reactive((), init=False)
    """The session's last lines, cleaned."""

    def __init__(self, keymap: Sequence[Key], title: str, place: Callable[[], Rect]) -> None:
        super().__init__()
        self._keymap = keymap
        self._title = title
        self._place = place

    def compose(self) -> ComposeResult:
        box = Static(markup=False)
        box.border_title = Content(self._title)
        box.border_subtitle = "space back"
        yield box

    def on_mount(self) -> None:
        self._fill()

    def on_resize(self) -> None:
        self._fill()

    def watch_git(self) -> None:
        self._fill()

    def watch_lines(self) -> None:
        self._fill()

    def _fill(self) -> None:
        """Git's lines above, of the session's as many as fit below."""
        if not self.is_mounted:
            return
        rect, box = self._place(), self.query_one(Static)
        room = rect.height - 2
        git = self.git[: max(2, room // 2)] if self.lines else self.git[:room]
        last = self.lines[-(room - len(git) - 1) :] if room > len(git) + 1 else ()
        rule = [Content.styled("─" * (rect.width - 4), "$role-line")] if last else []
        told = [Content.styled(line, "$role-dim") for line in git]
        shown = [Content.styled(line, "$role-text") for line in last]
        height = min(rect.height, len(told) + len(rule) + len(shown) + 2)
        box.styles.offset = (rect.x, rect.y if rect.y <= 1 else rect.bottom - height)
        box.styles.width, box.styles.height = rect.width, height
        box.update(Content("\n").join([*told, *rule, *shown]))

    async def on_key(self, event: events.Key) -> None:
        if event.key == "space":
            event.stop()
            self.dismiss(None)
        elif not await press(self, self._keymap, "dialog", event):
            event.stop()
            self.dismiss(event)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_accept(self) -> None:
        self.dismiss(None)
