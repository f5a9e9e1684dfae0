"""The terminal agentmux is looked at in, and what stands between it and the keyboard."""

import curses
import os
import shlex
import sys
from collections.abc import Iterator, Mapping

from agentmux.mux.checks.check import Check, Level, Subject
from agentmux.tmux.observer import outer_prefix

SMALLEST = (40, 10)
"""Columns and lines that show more than a list of names."""
OTHER_LEADER = "ctrl+]"
"""Proposed where the default leader does not arrive."""

ZELLIJ_KEYS = frozenset(f"ctrl+{key}" for key in "bghnopqst")
EDITORS = {
    "TERM_PROGRAM": {"vscode": "the terminal of VS Code", "zed": "the terminal of Zed"},
    "TERMINAL_EMULATOR": {"JetBrains-JediTerm": "the terminal of a JetBrains editor"},
}
"""Variable → value → what that terminal is called; such terminals keep keys for themselves."""


def check_terminal(subject: Subject) -> Iterator[Check]:
    """What the terminal is called, how many colours it has, and how large it is."""
    name = subject.env.get("TERM", "")
    if name in ("", "dumb"):
        message = f"TERM is {name!r}: no screen can be drawn there."
        yield Check("terminal", "warn", message, "export TERM=xterm-256color")
        return
    colours = _colours(subject.env, name)
    level: Level = "ok" if colours >= 256 else "warn"
    many = "true colour" if colours > 256 else f"{colours} colours"
    fix = None if level == "ok" else "export TERM=xterm-256color"
    yield Check("terminal", level, f"TERM is {name}, with {many}.", fix)
    if sys.stdout.isatty():
        yield judge_size(*os.get_terminal_size(sys.stdout.fileno()))
    else:
        yield Check("terminal.size", "ok", "No terminal here: its size is not known.")


def _colours(env: Mapping[str, str], name: str) -> int:
    if env.get("COLORTERM") in ("truecolor", "24bit"):
        return 1 << 24
    try:
        curses.setupterm(name, 1)
    except curses.error:
        return 0
    return max(curses.tigetnum("colors"), 0)


def judge_size(cols: int, lines: int) -> Check:
    """A small terminal works, but shows little."""
    if (cols, lines) < SMALLEST or lines < SMALLEST[1]:
        small = "{}x{}".format(*SMALLEST)
        message = f"The terminal is {cols}x{lines}: below {small} only a list fits."
        return Check("terminal.size", "warn", message, "Make the window larger.")
    return Check("terminal.size", "ok", f"The terminal is {cols}x{lines}.")


def check_locale(subject: Subject) -> Iterator[Check]:
    """The first of these variables that is set decides, as in every program."""
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    name = next((name for name in names if subject.env.get(name)), "LANG")
    value = subject.env.get(name, "")
    if "utf8" in value.lower().replace("-", ""):
        yield Check("locale", "ok", f"{name} is {value}: text is UTF-8.")
        return
    utf8 = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    message = f"{name} is {value!r}, which is not UTF-8: agents draw lines and signs with it."
    yield Check("locale", "warn", message, f"export {name}={utf8}")


def check_outer(subject: Subject) -> Iterator[Check]:
    """What else reads the keyboard first, and whether it wants the leader for itself."""
    leaders = subject.config.leader
    around, taken = _around(subject)
    if around is None:
        yield Check("outer", "ok", f"Nothing known stands before the leader {leaders[0]}.")
    elif free := [leader for leader in leaders if leader not in taken]:
        yield Check("outer", "ok", f"This is {around}; the leader {free[0]} passes it.")
    else:
        wanted = OTHER_LEADER
        message = f"This is {around}, which takes {leaders[0]} for itself: use {wanted} as leader."
        yield Check("outer", "warn", message, _set_leader(subject, wanted))


def _around(subject: Subject) -> tuple[str | None, frozenset[str]]:
    """What this terminal stands in, and the keys it does not pass on."""
    env = subject.env
    if env.get("TMUX"):
        prefix = outer_prefix(env)
        return f"tmux with the prefix {prefix or 'unset'}", frozenset({prefix or ""})
    if env.get("ZELLIJ") is not None:
        return "Zellij", ZELLIJ_KEYS
    if env.get("STY"):
        return "GNU screen", frozenset({"ctrl+a"})
    for name, editors in EDITORS.items():
        if env.get(name) in editors:
            return editors[env[name]], frozenset({"ctrl+q"})
    if env.get("NVIM") or env.get("VIM_TERMINAL"):
        return "the terminal of an editor (Vim)", frozenset({"ctrl+\\", "ctrl+w"})
    if env.get("WSL_DISTRO_NAME"):
        return "WSL, whose terminals may close on ctrl+q", frozenset({"ctrl+q"})
    return None, frozenset()


def _set_leader(subject: Subject, leader: str) -> str:
    """The command that sets the leader; where there is a file already, the person edits it."""
    file = subject.places.config_file
    path = shlex.quote(str(file))
    if file.exists():
        return f'Set leader = ["{leader}"] above the first table in {path}'
    folder = shlex.quote(str(file.parent))
    return f"mkdir -p {folder} && echo 'leader = [\"{leader}\"]' > {path}"
