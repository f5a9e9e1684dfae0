"""One line to type into, at the bottom of the screen: a new name, a task, a filter, a search."""

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agentmux.ui.keymap import Key
from agentmux.ui.layout import LEAST_MAIN
from agentmux.ui.screens.keyed import press


class Prompt(ModalScreen[str | None]):
    """The text on Enter; None when it was left with Esc."""

    CSS = """
    Prompt { align: center bottom; background: transparent; }
    Prompt > Horizontal { height: 1; background: $role-panel; }
    Prompt #label { width: auto; height: 1; color: $role-background; background: $role-accent;
        text-style: bold; }
    Prompt #keys { width: auto; height: 1; color: $role-dim; background: $role-panel; }
    Prompt.-narrow #keys { display: none; }
    Prompt Input { width: 1fr; height: 1; padding: 0 1; border: none; background: $role-panel;
        color: $role-text; }
    Prompt Input:focus { border: none; }
    """

    def __init__(
        self,
        keymap: Sequence[Key],
        label: str,
        text: str = "",
        *,
        on_change: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._keymap = keymap
        self._label = label
        self._text = text
        self._on_change = on_change

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(Content(f" {self._label} "), id="label")
            yield Input(self._text, compact=True, select_on_focus=False)
            yield Static("enter done · esc back ", id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False

    def on_resize(self) -> None:
        self.set_class(self.size.width < LEAST_MAIN, "-narrow")

    async def on_key(self, event: events.Key) -> None:
        await press(self, self._keymap, "dialog", event)

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._on_change is not None:
            self._on_change(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_accept(self) -> None:
        self.dismiss(self.query_one(Input).value)

    def action_cancel(self) -> None:
        self.dismiss(None)
