"""An agent's own menu, read off its screen so that it can be answered from elsewhere.

Reading decides nothing: that the agent asks is known from better sources. A menu is taken only
where it stands whole at the end of the screen, numbered from 1 with one choice marked; what
answers it is the dialect of that agent (`Dialect`). Its fingerprint says whether it is still the
same question.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Way = Literal["digit", "hint", "arrows"]
"""How an agent's menu is answered: by the number alone, by the key the choice names in brackets,
or by moving there and pressing Enter."""

BELOW = 8
"""Lines with text that may follow the last choice: hints and status lines."""
ABOVE = 14
"""Lines with text above the first choice that belong to the question."""
DOWN, UP, ENTER, ESC = b"\x1b[B", b"\x1b[A", b"\r", b"\x1b"

_FRAME = " │┃║|█╭╮╰╯"
_CHOICE = re.compile(r"^(?P<mark>\S{1,2}\s+)?(?P<number>\d)\.\s+(?P<label>\S.*)$")
_RULE = re.compile(r"[\W_]*")
_HINT = re.compile(r"\((?P<key>[a-z]|esc)\)\s*$")
_YES = re.compile(r"(?i)^(yes|allow|approve|proceed|ok)\b")
_NO = re.compile(r"(?i)^(no|deny|reject|don't|cancel)\b")


@dataclass(frozen=True)
class Dialect:
    """How one agent shows its menus and takes an answer."""

    way: Way
    marks: str
    """The characters that stand before the choice which Enter would take."""


@dataclass(frozen=True)
class Menu:
    """A menu on the screen."""

    options: tuple[str, ...]
    """The agent's own words, in its order."""
    marked: int
    """Which one Enter would take, from 0."""
    fingerprint: str
    """The same while the same question stands there, whatever is marked."""
    question: tuple[str, ...] = ()
    """The lines above the options, without rules and blank ones."""

    def index_of(self, choice: str) -> int | None:
        """Which option a person means: its number, `yes`, `no`, or how it begins; None: none."""
        word = choice.strip().casefold()
        if word.isascii() and word.isdecimal():
            return int(word) - 1 if 0 < int(word) <= len(self.options) else None
        kind = {"yes": _YES, "y": _YES, "no": _NO, "n": _NO}.get(word)
        hits = [
            index
            for index, option in enumerate(self.options)
            if (kind.match(option) if kind else word and option.casefold().startswith(word))
        ]
        return hits[0] if hits and (kind or len(hits) == 1) else None


def read_menu(lines: Sequence[str], dialect: Dialect) -> Menu | None:
    """The menu at the end of a screen's `lines`; None when there is none that is whole."""
    bare = [line.strip(_FRAME) for line in lines]
    bare = [line for line in bare if line]
    found = [(at, choice) for at, line in enumerate(bare) if (choice := _CHOICE.match(line))]
    run = _last_run(found)
    if len(run) < 2 or len(bare) - 1 - run[-1][0] > BELOW:
        return None
    signs = [(choice["mark"] or "").strip() for _, choice in run]
    marked = [at for at, sign in enumerate(signs) if sign and sign in dialect.marks]
    if len(marked) != 1:
        return None
    first, last = run[0][0], run[-1][0]
    options = tuple(_label(bare, run, at) for at in range(len(run)))
    question = bare[max(0, first - ABOVE) : first]
    text = "\n".join([*question, *options, str(last - first)])
    said = tuple(line.strip() for line in question if not _RULE.fullmatch(line))
    return Menu(options, marked[0], hashlib.sha256(text.encode()).hexdigest()[:16], said)


def answer_keys(menu: Menu, index: int, dialect: Dialect) -> bytes:
    """What to type so that the option `index` is taken."""
    match dialect.way:
        case "digit":
            return str(index + 1).encode()
        case "hint":
            hint = _HINT.search(menu.options[index])
            if hint is not None:
                return ESC if hint["key"] == "esc" else hint["key"].encode()
            return _moves(menu, index)
        case _:
            return _moves(menu, index)


def _moves(menu: Menu, index: int) -> bytes:
    steps = index - menu.marked
    return (DOWN if steps > 0 else UP) * abs(steps) + ENTER


def _last_run(found: list[tuple[int, re.Match[str]]]) -> list[tuple[int, re.Match[str]]]:
    """The last choices that are numbered 1, 2, 3 … without a gap."""
    run: list[tuple[int, re.Match[str]]] = []
    for at, choice in found:
        number = int(choice["number"])
        if number == 1:
            run = [(at, choice)]
        elif run and number == len(run) + 1:
            run.append((at, choice))
        else:
            run = []
    return run


def _label(bare: list[str], run: list[tuple[int, re.Match[str]]], at: int) -> str:
    """The words of a choice, with a key in brackets that has wrapped onto the next line."""
    line, choice = run[at]
    label = choice["label"].rstrip()
    following = bare[line + 1].strip() if line + 1 < len(bare) else ""
    return f"{label} {following}" if _HINT.fullmatch(following) else label
