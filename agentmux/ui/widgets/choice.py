"""A row of words of which one is chosen, with left and right."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Choice(Widget, can_focus=True):
    """One line; the chosen word is marked by brackets, so that it shows without colour."""

    DEFAULT_CSS = """
    Choice { height: auto; width: 1fr; color: $role-dim; background: $role-panel; }
    Choice:focus { background: $role-select; }
    """

    at: reactive[int] = reactive(0, layout=True)

    class Changed(Message):
        """Another word is chosen."""

    def __init__(self, words: Sequence[str], chosen: str = "", *, field: str) -> None:
        super().__init__(id=field)
        self._words = tuple(words)
        if chosen in self._words:
            self.set_reactive(Choice.at, self._words.index(chosen))

    @property
    def value(self) -> str:
        """The chosen word; empty when there is none to choose from."""
        return self._words[self.at] if self._words else ""

    def render(self) -> Content:
        parts: list[Content] = []
        for i, word in enumerate(self._words):
            chosen = i == self.at
            text = f"[{word}]" if chosen else f" {word} "
            parts.append(Content.styled(text, "bold $role-text" if chosen else "$role-dim"))
        return Content("").join(parts)

    def on_key(self, event: events.Key) -> None:
        if event.key in ("left", "right") and self._words:
            event.stop()
            step = 1 if event.key == "right" else -1
            self.at = (self.at + step) % len(self._words)

    def on_click(self, event: events.Click) -> None:
        edge = 0
        for i, word in enumerate(self._words):
            edge += len(word) + 2
            if event.x < edge:
                self.at = i
                return

    def watch_at(self) -> None:
        self.post_message(self.Changed())
