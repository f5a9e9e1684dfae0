"""The keys that may be the leader, and every encoding a terminal may send them in.

One key has many spellings: the byte of a legacy terminal, CSI-u with and without event types and
alternate codes (Kitty), and `CSI 27;5;n~` (modifyOtherKeys), which an agent may switch on while
it has the keys. All of them must be seen, or the person cannot get out of TYPE.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from agentmux.errors import ConfigError

_LOCKS = (0, 64, 128, 192)
"""Caps lock and num lock ride along in the modifier field and change nothing."""

_TAKEN = {
    "ctrl+c": "agents are interrupted with it",
    "ctrl+d": "agents are ended with it",
    "ctrl+h": "it is Backspace on many terminals",
    "ctrl+i": "it is Tab",
    "ctrl+j": "it is a new line",
    "ctrl+m": "it is Enter",
    "ctrl+[": "it is Esc",
}

_FUNCTION_KEYS: dict[str, tuple[bytes, ...]] = {
    "f1": (b"\x1bOP", b"\x1b[P", b"\x1b[11~", b"\x1b[[A"),
    "f2": (b"\x1bOQ", b"\x1b[Q", b"\x1b[12~", b"\x1b[[B"),
    "f3": (b"\x1bOR", b"\x1b[R", b"\x1b[13~", b"\x1b[[C"),
    "f4": (b"\x1bOS", b"\x1b[S", b"\x1b[14~", b"\x1b[[D"),
    "f5": (b"\x1b[15~", b"\x1b[[E"),
} | {
    f"f{number}": (b"\x1b[%d~" % code,)
    for number, code in zip(range(6, 13), (17, 18, 19, 20, 21, 23, 24), strict=True)
}


class Leader(NamedTuple):
    """One leader key."""

    name: str
    forms: tuple[bytes, ...]
    """The spellings without event types; the first is what `leader.literal` sends."""
    pattern: bytes
    """A regular expression of every spelling of its press."""
    echo: bytes
    """A regular expression of its release and of its repetition, which reach nobody."""


def parse_leader(name: str) -> Leader:
    """The leader called `name`: `ctrl+q`, `ctrl+]`, `ctrl+space`, `f12`; else ConfigError."""
    name = name.strip().lower()
    if name in _FUNCTION_KEYS:
        return _function_leader(name)
    key = {"space": " "}.get(name[5:], name[5:])
    if not name.startswith("ctrl+") or not re.fullmatch(r"[a-z\[\]\\^_ ]", key):
        raise ConfigError(
            f"{name!r} cannot be a leader key.",
            "Use ctrl+ and a letter, ] \\ ^ _ or space; or f12.",
        )
    if name in _TAKEN:
        raise ConfigError(f"{name} cannot be the leader: {_TAKEN[name]}.", "ctrl+q is the default.")
    return _control_leader(name, ord(key))


def leader_forms(name: str) -> tuple[bytes, ...]:
    """What a terminal may send for the leader `name`; the first is its plain byte form."""
    return parse_leader(name).forms


def any_leader(leaders: Iterable[Leader]) -> tuple[bytes, bytes]:
    """Two regular expressions for all `leaders` together: press, and release or repetition."""
    leaders = tuple(leaders)
    never = b"(?!)"
    press = b"|".join(leader.pattern for leader in leaders) or never
    echo = b"|".join(leader.echo for leader in leaders) or never
    return press, echo


def _control_leader(name: str, code: int) -> Leader:
    byte = bytes([0 if code == 32 else code & 0x1F])
    forms = (byte, b"\x1b[%d;5u" % code, b"\x1b[27;5;%d~" % code)
    # Either the key itself or, on another layout, the key in its place (third field).
    key = rb"(?:%d(?::[\d:]*)?|\d+:\d*:%d)" % (code, code)
    held = b"|".join(b"%d" % (5 + locks) for locks in _LOCKS)
    reported = rb"\x1b\[%b;(?:%b)%%b(?:;[\d:]*)?u" % (key, held)
    press = b"|".join((re.escape(byte), reported % b"(?::1)?", re.escape(forms[2])))
    return Leader(name, forms, press, reported % b":[23]")


def _function_leader(name: str) -> Leader:
    forms = _FUNCTION_KEYS[name]
    held = b"|".join(b"%d" % (1 + locks) for locks in _LOCKS)
    plain = b"|".join(re.escape(form) for form in forms)
    tilde = [form[2:-1] for form in forms if form.endswith(b"~")]
    numbers = [rb"(?:%b);(?:%b)%%b~" % (b"|".join(tilde), held)] if tilde else []
    letters = [rb"1;(?:%b)%%b%b" % (held, forms[0][-1:])] if forms[0].startswith(b"\x1bO") else []
    reported = rb"\x1b\[(?:%b)" % b"|".join(numbers + letters)
    press = plain + b"|" + reported.replace(b"%b", b"(?::1)?")
    return Leader(name, forms, press, reported.replace(b"%b", b":[23]"))
