"""Where in a file a key is written, found in the text: the TOML parser tells values only.

A line inside a multi-line string can look like a key: that costs a wrong line number, no more.
"""

import re
from collections.abc import Iterator

from agentmux.config.values import Key

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED = rf"({_PART}(?:\s*\.\s*{_PART})*)"
_HEADER = re.compile(rf"\s*\[\[?\s*{_DOTTED}\s*\]")
_ASSIGNMENT = re.compile(rf"\s*{_DOTTED}\s*=")
_BARE = re.compile(rf"\s*{_DOTTED}")
_OPEN_HEADER = re.compile(rf"\s*\[\[?\s*{_DOTTED}")


def line_of(text: str, key: Key) -> int | None:
    """The line on which `key`, or else the table that holds it, is written."""
    best, found = 0, None
    for number, table, own in _written(text):
        written = table + own
        shared = len(written) if key[: len(written)] == written else 0
        if written[: len(key)] == key:
            return number
        if shared > best:
            best, found = shared, number
    return found


def key_at(text: str, number: int) -> Key | None:
    """The key whose setting the parser was reading on this line: there, or begun above it."""
    above = [table + own for line, table, own in _written(text) if line <= number]
    return above[-1] if above else None


def key_without_value(text: str, number: int) -> Key | None:
    """The key on a line that is neither an assignment nor a whole table header."""
    line = text.split("\n")[number - 1]
    if header := _OPEN_HEADER.match(line):
        return _parts(header[1])
    table = [table for at, table, _ in _written(text) if at <= number][-1:]
    bare = _BARE.match(line)
    return None if bare is None else (*(table[0] if table else ()), *_parts(bare[1]))


def _written(text: str) -> Iterator[tuple[int, Key, Key]]:
    """Line, table and own key of every assignment; of every table header, with an empty key."""
    table: Key = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            yield number, table, ()
        elif assignment := _ASSIGNMENT.match(line):
            yield number, table, _parts(assignment[1])


def _parts(dotted: str) -> Key:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
