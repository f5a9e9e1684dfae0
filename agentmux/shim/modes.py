"""What the agent has asked of its terminal: keyboard, paste, focus and mouse modes.

tmux 3.3a cannot tell us later, and the screen has to put the outer terminal into the same modes
while the person types. Kitty flags are a stack, and the main and the alternate screen have one
each, as in the terminals that know the protocol.
"""

from __future__ import annotations

MOUSE = (1000, 1002, 1003, 1006, 1015, 1016)
ALTERNATE = (47, 1047, 1049)
FLAGS = 0b11111
"""The Kitty keyboard flags that exist."""
DEPTH = 16
"""A stack that is pushed further forgets its oldest entry, as terminals do."""


class Modes:
    """The modes asked for so far; `as_fields` is the shape the screen reads."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything: the terminal was reset."""
        self._stacks: list[list[int]] = [[], []]
        self._alternate = False
        self._set: set[int] = set()
        self._keypad = False
        self._modify_other_keys = 0

    @property
    def kitty_flags(self) -> int:
        """The flags in force now."""
        return self._stack[-1] if self._stack else 0

    @property
    def _stack(self) -> list[int]:
        return self._stacks[self._alternate]

    def as_fields(self) -> dict[str, object]:
        return {
            "kitty": list(self._stack),
            "modify_other_keys": self._modify_other_keys,
            "cursor_keys": 1 in self._set,
            "keypad": self._keypad,
            "bracketed_paste": 2004 in self._set,
            "focus": 1004 in self._set,
            "mouse": [number for number in MOUSE if number in self._set],
        }

    def set_private(self, numbers: list[int], on: bool) -> None:
        """DECSET or DECRST of several modes; those that mean nothing here are ignored."""
        for number in numbers:
            if number in ALTERNATE:
                self._alternate = on
            elif on:
                self._set.add(number) if number in _KEPT else None
            else:
                self._set.discard(number)

    def set_keypad(self, on: bool) -> None:
        self._keypad = on

    def set_modify_other_keys(self, level: int) -> None:
        self._modify_other_keys = min(level, 2)

    def push_kitty(self, flags: int) -> None:
        self._stack.append(flags & FLAGS)
        del self._stack[:-DEPTH]

    def pop_kitty(self, count: int) -> None:
        """Pop `count` entries (at least one); more than there are empties the stack."""
        del self._stack[-max(count, 1) :]

    def set_kitty(self, flags: int, how: int) -> None:
        """Change the newest entry: 1 set, 2 add flags, 3 remove flags."""
        old = self._stack.pop() if self._stack else 0
        changed = {1: flags, 2: old | flags, 3: old & ~flags}
        self._stack.append(changed.get(how, old) & FLAGS)


_KEPT = frozenset((1, 1004, 2004, *MOUSE))
