"""What to start: a private JSON file that is read once and removed.

It carries the agent's whole environment, secrets included, so it is unlinked before anything
else is done with it.
"""

from __future__ import annotations

import json
import os

HIDDEN = ("TMUX", "TMUX_PANE")
"""An agent that knows the socket owns every pane."""


class SpecError(Exception):
    """The spec file cannot be read or does not say what to start; one sentence."""


class Spec:
    """One agent to start; strings as `json` gives them, bytes outside UTF-8 as surrogates."""

    def __init__(self, fields: dict[str, object]) -> None:
        self.argv = _strings(fields, "argv")
        self.cwd = _string(fields, "cwd")
        self.env = _environment(fields)
        self.spool = _string(fields, "spool")
        self.modes = _string(fields, "modes")
        self.terminal = _string(fields, "terminal")
        self.quiet_s = _number(fields, "quiet_s", 2.0)
        self.grace_s = _number(fields, "grace_s", 5.0)
        self.oom_score = int(_number(fields, "oom_score", 500))


def load_spec(path: str) -> Spec:
    """Read and unlink the spec at `path`; raises SpecError."""
    try:
        text = _take(path)
    except FileNotFoundError:
        raise SpecError(f"{path} is gone: a spec file starts its agent once.") from None
    except OSError as error:
        raise SpecError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise SpecError(f"{path} is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise SpecError(f"{path} holds no JSON object.")
    return Spec(fields)


def _take(path: str) -> bytes:
    """The file's bytes; it is unlinked even if reading it fails."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    with open(fd, "rb") as file:
        os.unlink(path)
        if os.fstat(fd).st_uid != os.geteuid():
            raise PermissionError(1, "it belongs to another user")
        return file.read()


def _string(fields: dict[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value:
        raise SpecError(f"The spec has no text under {key!r}.")
    return value


def _strings(fields: dict[str, object], key: str) -> list[str]:
    value = fields.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(s, str) for s in value):
        raise SpecError(f"The spec has no list of words under {key!r}.")
    return value


def _environment(fields: dict[str, object]) -> dict[str, str]:
    value = fields.get("env")
    if not isinstance(value, dict) or not all(isinstance(s, str) for s in value.values()):
        raise SpecError("The spec has no environment under 'env'.")
    return {name: text for name, text in value.items() if name not in HIDDEN}


def _number(fields: dict[str, object], key: str, default: float) -> float:
    value = fields.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise SpecError(f"The spec has no number under {key!r}.")
    return float(value)
