"""What stands on a terminal that only gets cursor places and text, as Textual writes them.

Colours are passed over. Not an emulator: enough to read the rows back after each frame.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"\x1b\[(?P<row>\d*);?(?P<column>\d*)H"
    r"|\x1b\[\?2026(?P<frame>[hl])"
    r"|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]"
    r"|(?P<control>[\r\n])|(?P<text>[^\x00-\x1f\x7f]+)|[\x00-\x1f\x7f]"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[ -/]*)?$")


class Grid:
    """Rows of characters; feed it what the terminal was sent."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.rows = [[" "] * size[0] for _ in range(size[1])]
        self._x = self._y = 0
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[None]:
        """Take output; yields after each frame, when the rows may be read."""
        text = (self._rest + data).decode(errors="surrogateescape")
        cut = _UNFINISHED.search(text)
        whole = text[: cut.start()] if cut else text
        self._rest = text[len(whole) :].encode(errors="surrogateescape")
        for token in _TOKEN.finditer(whole):
            if token["text"]:
                self._put(token["text"])
            elif token["control"]:
                self._x = 0
                self._y += token["control"] == "\n"
            elif token["frame"] == "l":
                yield
            elif token["row"] is not None:
                self._y = int(token["row"] or 1) - 1
                self._x = int(token["column"] or 1) - 1

    def _put(self, text: str) -> None:
        if self._y < len(self.rows):
            row = self.rows[self._y]
            row[self._x : self._x + len(text)] = text[: len(row) - self._x]
        self._x += len(text)

    def lines(self) -> list[str]:
        return ["".join(row) for row in self.rows]
