"""Raw terminal input sorted into what the agent gets, what we get, and the leader.

Everything that is not one of ours goes on untouched, halves of characters included: an agent's
input is never rebuilt from key events, because Textual's parser loses Alt+Enter, Alt+digits and
more. The scanner has no clock: `hold` says how long the caller may wait for the rest of what is
held back before it calls `flush`. Table and figures: `docs/design/engine.md` 6.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, Protocol

from agentmux.ui.leaders import Leader, any_leader

PASTE_START = b"\x1b[200~"
PASTE_END = b"\x1b[201~"
PASTE_LIMIT = 8 * 1024 * 1024
"""Bytes; a longer paste is refused as a whole."""

HOLD_KEY = 0.02
"""Seconds for a beginning that may be a key of its own: Esc, Alt+[, Alt+]."""
HOLD_REPORT = 0.5
"""Seconds for a beginning that no key has, such as half a mouse report on a slow line."""
HOLD_PASTE = 2.0
"""Seconds of silence after which a paste without its end mark is taken as it is."""

# Reports and answers of the outer terminal; none of them begins like a key.
_REPORTS = rb"""
    \x1b\[<\d+;-?\d+;-?\d+[Mm]              # mouse, SGR
  | \x1b\[M[\s\S]{3}                        # mouse, the oldest form
  | \x1b\[\d+;\d+;\d+M                      # mouse, urxvt
  | \x1b\[[IO]                              # focus
  | \x1b\[[\d:;]*t                          # window size, in-band resize
  | \x1b\[\?[\d;:]*\$?[a-zA-Z]              # modes, device attributes, Kitty flags, colour scheme
  | \x1b\[[>=][\d;]*[a-zA-Z]                # further device attributes
  | \x1b\]\d+;[^\x07\x1b]{0,4096}(?:\x07|\x1b\\)                # colours and other OSC answers
  | \x1bP(?:[01][$+]r|>\||!\|)[^\x1b]{0,4096}\x1b\\             # version, settings
"""

# A proper beginning of one of them, of a paste mark or of a leader, at the end of a read.
_BEGINNING = rb"""
    \x1b(?:
        \[(?:<[\d;-]*|M[\s\S]{0,2}|\[|[\d:;]*|\?[\d;:]*\$?|[>=][\d;]*)?
      | \](?:\d+(?:;[^\x07\x1b]{0,4096}\x1b?)?)?
      | P(?:[01][$+]?|>|!|(?:[01][$+]r|>\||!\|)[^\x1b]{0,4096}\x1b?)?
      | O
    )?\Z
"""
# Shift+PageUp and Shift+PageDown, with the locks and event types that Kitty adds.
_SCROLL = rb"\x1b\[[56];(?:2|66|130|194)(?::[123])?~"
SCROLL_UP = b"\x1b[5"
"""How the upward one of them begins."""
_NO_KEY = re.compile(rb"\x1b(?:\[[<?>=M\d]|\]\d|P[01>!])")
_HALF_REPORT = re.compile(rb"\x1b(?:\[[<?]\d|\]\d+;|P[01>!][$+|])")


class Item(NamedTuple):
    """One thing the terminal sent."""

    kind: Literal["keys", "paste", "leader", "scroll", "ours", "refused"]
    """`refused` stands for a paste over the limit; the others are the rows of the table."""
    data: bytes
    """The bytes; a paste comes without its marks, a refused one without its text."""


class Typist(Protocol):
    """Who gets the items of TYPE; called on the loop, in the order of the bytes."""

    def keys(self, data: bytes) -> None:
        """Bytes for the pane, untouched; they may end in the middle of a character."""

    def paste(self, data: bytes) -> None:
        """A pasted text without its marks; ESC and C1 are still in it."""

    def leader(self) -> None:
        """The leader was pressed; set `RawDriver.raw` to None to read what follows as commands."""

    def scroll(self, pages: int) -> None:
        """Shift+PageUp (1) or Shift+PageDown (-1), where they are reserved."""

    def note(self, sentence: str) -> None:
        """Something the person should know, such as a paste that was refused."""


class Scanner:
    """Turns reads of the terminal into items; knows nothing of modes, clocks or files."""

    def __init__(self, leaders: Iterable[Leader] = (), paste_limit: int = PASTE_LIMIT) -> None:
        self._limit = paste_limit
        self._paste: bytearray | None = None
        """The paste so far; None outside of one."""
        self._held = b""
        self.set_leaders(leaders)

    def set_leaders(self, leaders: Iterable[Leader], reserve_scroll: bool = False) -> None:
        """Recognise these leaders from the next `feed` on; none means that nothing is one.

        `reserve_scroll` takes Shift+PageUp and Shift+PageDown as well.
        """
        press, echo = any_leader(leaders)
        scroll = _SCROLL if reserve_scroll else b"(?!)"
        self._token = re.compile(
            b"(?P<leader>%b)|(?P<echo>%b|\x1b\\[201~)|(?P<paste>\x1b\\[200~)|(?P<scroll>%b)"
            b"|(?P<ours>%b)|(?P<begin>%b)" % (press, echo, scroll, _REPORTS, _BEGINNING),
            re.VERBOSE,
        )

    @property
    def hold(self) -> float | None:
        """Seconds after the last `feed` at which to `flush`; None when nothing is held back."""
        if self._paste is not None:
            return HOLD_PASTE
        if self._held:
            return HOLD_REPORT if _NO_KEY.match(self._held) else HOLD_KEY
        return None

    def feed(self, data: bytes) -> Iterator[Item]:
        """Sort `data` lazily: take what is left with `release` if an item changes the mode."""
        self._held += data
        while self._held:
            if self._paste is not None:
                if (ended := self._grow_paste()) is None:
                    return
                yield ended
                continue
            found = self._token.search(self._held)
            yield from self._keys(found.start() if found else len(self._held))
            if found is None or found.lastgroup == "begin":
                return
            yield from self._take(found)

    def flush(self) -> Iterator[Item]:
        """The wait of `hold` is over: pass on what is held, as keys or as the paste it is.

        Half a report whose rest never came stays ours: it must not be typed into an agent.
        """
        if self._paste is not None:
            self._paste += self._held
            self._held = b""
            yield self._end_paste()
        elif _HALF_REPORT.match(self._held):
            half, self._held = self._held, b""
            yield Item("ours", half)
        yield from self._keys(len(self._held))

    def release(self) -> bytes:
        """Give back what has not been passed on yet and hold nothing."""
        rest, self._held = self._held, b""
        if self._paste is not None:
            rest, self._paste = PASTE_START + bytes(self._paste) + rest, None
        return rest

    def _keys(self, length: int) -> Iterator[Item]:
        keys, self._held = self._held[:length], self._held[length:]
        if keys:
            yield Item("keys", keys)

    def _take(self, found: re.Match[bytes]) -> Iterator[Item]:
        """Pass on the token that now stands at the beginning of what is held."""
        token = found.group()
        self._held = self._held[len(token) :]
        if found.lastgroup == "paste":
            self._paste = bytearray()
        elif found.lastgroup == "leader":
            yield Item("leader", token)
        elif found.lastgroup == "ours":
            yield Item("ours", token)
        elif found.lastgroup == "scroll" and not token.endswith(b":3~"):  # not its release
            yield Item("scroll", token)

    def _grow_paste(self) -> Item | None:
        """Add what is held to the paste, whose end is looked for in the new part only."""
        assert self._paste is not None
        end = self._held.find(PASTE_END)
        cut = end if end >= 0 else len(self._held) - _overlap(self._held)
        # Beyond the limit nothing more is kept than what shows that it was passed.
        self._paste += self._held[: min(cut, self._limit + 1 - len(self._paste))]
        self._held = self._held[cut:]
        if end < 0:
            return None
        self._held = self._held[len(PASTE_END) :]
        return self._end_paste()

    def _end_paste(self) -> Item:
        text, self._paste = bytes(self._paste or b""), None
        return Item("refused", b"") if len(text) > self._limit else Item("paste", text)


def _overlap(data: bytes) -> int:
    """How many bytes at the end of `data` may be the beginning of a paste's end mark."""
    sizes = range(len(PASTE_END) - 1, 0, -1)
    return next((size for size in sizes if data.endswith(PASTE_END[:size])), 0)
