"""Key presses looked up in the one table, for every screen alike."""

from collections.abc import Iterable
from typing import Any

from textual.events import Key as KeyPress
from textual.screen import Screen

from agentmux.ui.keymap import Key, find_key


def key_name(event: KeyPress) -> str:
    """The pressed key as the table writes it: `?`, `R`, `space`, `ctrl+q`."""
    character = event.character
    if character is not None and event.is_printable and character != " ":
        return character
    return event.key


async def press(screen: Screen[Any], keymap: Iterable[Key], where: str, event: KeyPress) -> bool:
    """Run the action of the pressed key on `screen`; False when no row has it."""
    row = find_key(keymap, key_name(event), where)
    if row is None:
        return False
    event.stop()
    event.prevent_default()
    await screen.run_action(row.action)
    return True
