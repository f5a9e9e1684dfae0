"""Who gets what the person types in TYPE: one pane, and the screen for the leader.

It fits `driver.Typist`. Bytes go to the pane in the order they came; the leader ends it.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PaneTypist:
    """The hands on one pane."""

    type_keys: Callable[[bytes], None]
    type_paste: Callable[[bytes], None]
    end: Callable[[], None]
    tell: Callable[[str], None]
    scroll_pages: Callable[[float], None]

    def keys(self, data: bytes) -> None:
        """Bytes for the pane, untouched."""
        self.type_keys(data)

    def paste(self, data: bytes) -> None:
        """A pasted text; it goes through a tmux buffer, whatever its size."""
        self.type_paste(data)

    def leader(self) -> None:
        """The person wants the keys back."""
        self.end()

    def scroll(self, pages: int) -> None:
        """Back by so many pages, forward below 0; only where those keys are reserved."""
        self.scroll_pages(pages)

    def note(self, sentence: str) -> None:
        """Something the person should know."""
        self.tell(sentence)
