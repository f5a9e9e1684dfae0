"""Any action by its name: the keys' table, the sessions, the layouts and the themes in one list."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from agentmux.ui.keymap import Key
from agentmux.ui.screens.keyed import key_name, press


@dataclass(frozen=True)
class Choice:
    """One thing the palette can do."""

    text: str
    action: str
    """Action of the fleet's screen."""
    keys: str = ""


class Palette(ModalScreen[str | None]):
    """The action chosen; None when it was left with Esc."""

    CSS = """
    Palette { align: center top; background: $role-background 40%; }
    Palette > Vertical { width: 84; max-width: 100%; height: auto; max-height: 100%;
        background: $role-panel; border: round $role-line; padding: 0 1; margin: 1 0;
        border-title-color: $role-text; border-title-style: bold;
        border-subtitle-color: $role-dim; }
    Palette Input { height: 1; border: none; padding: 0; background: $role-select;
        color: $role-text; }
    Palette Input:focus { border: none; }
    Palette OptionList { height: auto; max-height: 16; border: none; padding: 0;
        background: $role-panel; color: $role-text; scrollbar-size-vertical: 1;
        scrollbar-color: $role-line; scrollbar-background: $role-panel;
        text-wrap: nowrap; text-overflow: ellipsis; }
    Palette OptionList > .option-list--option-highlighted { background: $role-select;
        color: $role-text; text-style: bold; }
    """

    def __init__(self, keymap: Sequence[Key], choices: Sequence[Choice]) -> None:
        super().__init__()
        self._keymap = keymap
        self._choices = choices
        self._shown: list[Choice] = []

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Actions"
            box.border_subtitle = "enter run · esc back"
            yield Input(placeholder="what to do", compact=True)
            options = OptionList()
            options.can_focus = False
            yield options

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        self._fill("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        self.action_accept()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index].action)

    async def on_key(self, event: events.Key) -> None:
        options = self.query_one(OptionList)
        match key_name(event):
            case "down" | "ctrl+n" | "tab":
                options.action_cursor_down()
            case "up" | "ctrl+p" | "shift+tab":
                options.action_cursor_up()
            case _:
                await press(self, self._keymap, "dialog", event)
                return
        event.stop()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_accept(self) -> None:
        at = self.query_one(OptionList).highlighted
        self.dismiss(self._shown[at].action if at is not None else None)

    def _fill(self, text: str) -> None:
        self._shown = rank(self._choices, text)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            Option(Content.assemble((f"{c.keys:>10}  ", "$role-dim"), c.text)) for c in self._shown
        )
        options.highlighted = 0 if self._shown else None


def rank(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Choices that hold every word of `text`; those that begin with it first."""
    words = text.lower().split()
    found = [c for c in choices if all(word in f"{c.text} {c.keys}".lower() for word in words)]
    return sorted(found, key=lambda c: not c.text.lower().startswith(text.lower().strip()))
