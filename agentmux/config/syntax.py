"""What is wrong with a file that is no TOML, in words that lead to the repair.

The parser names a line and its own rule. What a person needs is the setting they were writing,
and how it is written; a name that is no setting is told as well, for often both are wrong.
"""

import re
from typing import NamedTuple

from agentmux.config.lines import key_at, key_without_value, line_of
from agentmux.config.settings import Config
from agentmux.config.values import Key, nearest_key
from agentmux.core.text import clean


class Mistake(NamedTuple):
    """One mistake in a file."""

    line: int | None
    key: Key | None
    """The setting being written there, where one can be seen."""
    what: str
    hint: str | None


ADVICE = {
    "Expected '='": "A setting is written: name = value.",
    "Invalid initial character": "A setting is written: name = value.",
    "Expected ']": "A table is written on a line of its own: [name].",
    "Duplicate inline table key": "It is there twice: keep one of the two.",
    "Unclosed array": "A list ends with ] and has commas between its items.",
    "Unclosed inline table": "A table in braces stands on one line and ends with }.",
    "Unterminated string": "A text ends with the quotes it began with.",
    "Illegal character '\\n'": "A text ends with the quotes it began with, on the same line.",
    "Illegal character": "A control character is written as an escape: \\u001b.",
    "Found invalid character": "A control character has no place here: remove it.",
    "Invalid statement": "A line is a setting (name = value), a table ([name]) or a comment (#).",
    "Expected \"'": "A text ends with the quotes it began with.",
    "Unescaped": "In double quotes a backslash is written twice; in single quotes once.",
    "Exceeds the limit": "No setting needs a number of thousands of digits.",
}
"""Beginning of what the parser says → what to do about it."""

_POSITION = re.compile(r"(.*) \(at line (\d+), column \d+\)", re.DOTALL)
_AT_END = " (at end of document)"
_UNQUOTED = re.compile(r"""[^=]*=\s*([^\s"'\[{#][^"'#\[{]*?)\s*(?:#.*)?$""")
_KEY_RULES = ("Expected '='", "Expected ']")


def explain_syntax(said: str, text: str) -> Mistake:
    """The mistake about which `tomllib` said `said`, reading `text`."""
    if text.startswith("\ufeff"):
        what = "it begins with a byte order mark"
        return Mistake(1, None, what, "Save it as UTF-8 without one (in vim: set nobomb).")
    what, line = _what_and_line(said, text)
    if line is None:
        return Mistake(None, None, what, _advice(what))
    find = key_without_value if what.startswith(_KEY_RULES) else key_at
    key = find(text, line)
    advice = _quoting(what, text, line) or _repeated(what, text, key, line) or _advice(what)
    hints = [advice, _name_hint(key)]
    return Mistake(line, key, what, " ".join(filter(None, hints)) or None)


def _what_and_line(said: str, text: str) -> tuple[str, int | None]:
    """tomllib's message in its two parts; it has no attribute for the line before Python 3.14."""
    if found := _POSITION.fullmatch(said):
        return clean(found[1], one_line=True), int(found[2])
    what = clean(said.removesuffix(_AT_END), one_line=True)
    return what, text.count("\n") + 1 if said.endswith(_AT_END) else None


def _advice(what: str) -> str | None:
    return next((hint for start, hint in ADVICE.items() if what.startswith(start)), None)


def _quoting(what: str, text: str, line: int) -> str | None:
    """`leader = ctrl+q` and `size = 120x40` are what people write; so is `True`."""
    if not what.startswith(("Invalid value", "Expected newline", "Invalid date")):
        return None
    found = _UNQUOTED.match(text.split("\n")[line - 1])
    if found is None and what.startswith("Expected newline"):
        return "Each setting and each table stands on a line of its own."
    if found is None:
        return "A value is a text in quotes, a number, true, false, or a list in [ ]."
    value = clean(found[1], one_line=True)
    if value.lower() in ("true", "false"):
        return f"It is written small: {value.lower()}."
    return f'A text stands in quotes: "{value}".'


def _repeated(what: str, text: str, key: Key | None, line: int) -> str | None:
    """What is set twice, or a table that is begun twice."""
    if not what.startswith(("Cannot overwrite", "Cannot declare")):
        return None
    first = line_of(text, key) if key else None
    where = "Something above" if first is None or first >= line else f"Line {first}"
    return f"{where} has it already: keep one of the two."


def _name_hint(key: Key | None) -> str | None:
    """The nearest setting, for a key that is none."""
    near = nearest_key(Config, key) if key else None
    return f"Did you mean {clean('.'.join(near), one_line=True)}?" if near else None
