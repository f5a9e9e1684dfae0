"""The bytes that put the outer terminal into an agent's keyboard modes, and back.

Bytes then mean the same inside as outside: an agent that asked for Kitty keys gets Shift+Enter as
Kitty sends it. The stack of Kitty flags holds one entry of ours at any time, Textual's in COMMAND
and the agent's in TYPE, so Textual's own exit pops the right one even in the middle of TYPE.
Bracketed paste, mouse and focus reports stay on in both modes: the scanner sorts them out.
Table: `docs/design/engine.md` 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass

COMMAND_KITTY = 0b11001
"""What Textual pushes at its start: disambiguate, all keys as codes, associated text."""

RESET = (
    "\x1b[>4m\x1b[?1l\x1b>"  # modifyOtherKeys, cursor keys, keypad
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse
    "\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # focus, bracketed paste, in-band resize
)
"""Undoes every mode that we or Textual may have set; harmless where none was set."""

LEAVE_ALTERNATE = "\x1b[?1047l"
"""Ends an alternate screen that a killed run left on; unlike 1049 it never moves the cursor."""

RESTORE = RESET + "\x1b[<u\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
"""Everything at once, for a process that cannot take its time. Kitty flags are kept per screen,
so they are popped before the alternate screen goes."""


@dataclass(frozen=True)
class KeyModes:
    """The modes of an agent that change what the terminal sends for a key."""

    kitty: int = 0
    """Flags on top of the agent's stack."""
    modify_other_keys: int = 0
    cursor_keys: bool = False
    keypad: bool = False


def parse_modes(record: Mapping[str, object]) -> KeyModes:
    """The modes in a shim's record; what is missing or not of its type counts as not asked for."""
    stack = record.get("kitty")
    flags = stack[-1] if isinstance(stack, list | tuple) and stack else 0
    level = record.get("modify_other_keys")
    return KeyModes(
        kitty=flags if isinstance(flags, int) and 0 <= flags < 32 else 0,
        modify_other_keys=level if level in (1, 2) and isinstance(level, int) else 0,
        cursor_keys=record.get("cursor_keys") is True,
        keypad=record.get("keypad") is True,
    )


def enter_type(wanted: KeyModes) -> str:
    """From COMMAND into the modes `wanted`."""
    return f"\x1b[<u\x1b[>{wanted.kitty}u" + change(KeyModes(), wanted, kitty=False)


def leave_type(held: KeyModes) -> str:
    """From the modes `held` back to COMMAND."""
    return change(held, KeyModes(), kitty=False) + f"\x1b[<u\x1b[>{COMMAND_KITTY}u"


def change(old: KeyModes, new: KeyModes, *, kitty: bool = True) -> str:
    """From `old` to `new` within TYPE; empty when nothing differs."""
    parts = []
    if kitty and old.kitty != new.kitty:
        parts.append(f"\x1b[<u\x1b[>{new.kitty}u")
    if old.modify_other_keys != new.modify_other_keys:
        level = new.modify_other_keys
        parts.append(f"\x1b[>4;{level}m" if level else "\x1b[>4m")
    if old.cursor_keys != new.cursor_keys:
        parts.append("\x1b[?1h" if new.cursor_keys else "\x1b[?1l")
    if old.keypad != new.keypad:
        parts.append("\x1b=" if new.keypad else "\x1b>")
    return "".join(parts)
