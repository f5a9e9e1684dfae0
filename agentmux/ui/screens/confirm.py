"""A question before something is ended or lost: it names what, and Esc never decides.

It stands at the bottom, so that the pane it speaks about stays in sight.
"""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from agentmux.core.text import clean
from agentmux.ui.keymap import Key, short
from agentmux.ui.screens.keyed import press


class Confirm(ModalScreen[bool]):
    """True for yes."""

    CSS = """
    Confirm { align: center bottom; background: $role-background 40%; }
    Confirm > Vertical {
        height: auto; max-height: 100%; background: $role-panel; padding: 0 1;
        border-top: heavy $role-asking;
    }
    Confirm Static { height: auto; }
    """

    def __init__(
        self, keymap: Sequence[Key], question: str, lost: Sequence[str] = (), *, verb: str
    ) -> None:
        super().__init__()
        self._keymap = keymap
        self._question = question
        self._lost = lost
        self._verb = verb
        """What yes does, in one word."""

    def compose(self) -> ComposeResult:
        keys = {row.id: short(row) for row in self._keymap if row.where == "confirm" and row.keys}
        with Vertical():
            yield Static(Content.styled(clean(self._question), "bold $role-text"))
            for line in self._lost:
                yield Static(Content.styled(clean(line), "$role-text"))
            yield Static(
                Content.assemble(
                    (keys.get("confirm.yes", "y"), "bold $role-asking"), f" {self._verb}   ",
                    (keys.get("confirm.no", "n"), "bold $role-text"), " leave it",
                )
            )  # fmt: skip

    async def on_key(self, event: events.Key) -> None:
        await press(self, self._keymap, "confirm", event)
        event.stop()

    def action_accept(self) -> None:
        self.dismiss(True)

    def action_cancel(self) -> None:
        self.dismiss(False)
