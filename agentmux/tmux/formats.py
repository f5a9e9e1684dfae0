"""Every format tmux is asked for, each with the parser of its answer.

Formats are constants, never built from data: tmux runs `#(command)` found in one. Fields are
separated by `|`; all but the last hold numbers and ids, and the last one takes the rest.
"""

import re
from dataclasses import dataclass

from agentmux.errors import TmuxError

_ID = re.compile("[%@$][0-9]+")


def require_id(word: str) -> str:
    """`word`, when it is an id tmux gave (`%4`, `@3`, `$1`); else TmuxError.

    Everything that names a target in a command passes through here.
    """
    if _ID.fullmatch(word) is None:
        raise TmuxError(f"{word!r} is not an id of tmux.")
    return word


@dataclass(frozen=True)
class Pane:
    """One pane and the window it has for itself."""

    id: str
    window: str
    pid: int
    """Process id of its first program; kept after that one's death."""
    cols: int
    lines: int
    dead: bool
    code: int | None
    """Exit code of a dead pane; None for one that lives or was ended by a signal."""
    signal: int | None
    """Signal that ended it; always None before tmux 3.3."""
    name: str
    """The window's name, an id of ours."""


PANE = (
    "#{pane_id}|#{window_id}|#{pane_pid}|#{window_width}|#{window_height}"
    "|#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}|#{window_name}"
)


def parse_pane(line: bytes) -> Pane:
    """One line of `PANE`."""
    pane, window, pid, cols, lines, dead, code, signal, name = line.decode().split("|", 8)
    size = (int(cols), int(lines))
    return Pane(pane, window, int(pid), *size, dead == "1", _number(code), _number(signal), name)


@dataclass(frozen=True)
class Screen:
    """What tmux says of a pane's screen, beside its rows."""

    pane: str
    cols: int
    lines: int
    cursor: tuple[int, int] | None
    """Column and row from 0; None while the program hides it."""
    alternate: bool
    mouse: frozenset[str]
    """Which of `any standard button all sgr` the program has switched on."""
    history: int
    """Lines of scrollback above the screen."""
    dead: bool
    code: int | None
    signal: int | None
    title: str
    """As the program set it: text from outside, to be cleaned when shown."""


_MOUSE = ("any", "standard", "button", "all", "sgr")

SCREEN = (
    "#{pane_id}|#{pane_width}|#{pane_height}|#{cursor_x}|#{cursor_y}|#{cursor_flag}"
    "|#{alternate_on}|#{mouse_any_flag}|#{mouse_standard_flag}|#{mouse_button_flag}"
    "|#{mouse_all_flag}|#{mouse_sgr_flag}|#{history_size}"
    "|#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}|#{pane_title}"
)


def parse_screen(line: bytes) -> Screen | None:
    """One line of `SCREEN`; None when the pane is gone."""
    pane, *fields = line.decode(errors="replace").split("|", 16)
    if not pane:
        return None
    cols, lines, x, y, shown, alternate, *mouse, history, dead, code, signal, title = fields
    return Screen(
        pane=pane,
        cols=int(cols),
        lines=int(lines),
        cursor=(int(x), int(y)) if shown == "1" else None,
        alternate=alternate == "1",
        mouse=frozenset(kind for kind, flag in zip(_MOUSE, mouse, strict=True) if flag == "1"),
        history=int(history),
        dead=dead == "1",
        code=_number(code),
        signal=_number(signal),
        title=title,
    )


@dataclass(frozen=True)
class Status:
    """What a subscription tells of one pane, at most once a second and only when it changed."""

    pane: str
    window: str
    dead: bool
    code: int | None
    signal: int | None
    bell: bool
    """It rang since its window was last selected."""
    title: str
    """As the program set it."""


STATUS = "#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}|#{window_bell_flag}|#{pane_title}"


def parse_status(pane: str, window: str, value: bytes) -> Status:
    """One value of `STATUS`."""
    dead, code, signal, bell, title = value.decode(errors="replace").split("|", 4)
    return Status(pane, window, dead == "1", _number(code), _number(signal), bell == "1", title)


def _number(text: str) -> int | None:
    return int(text) if text else None
