"""What Qwen Code's terminal tells: the state by its title, and the page that signs in.

`◐ name` while it works, `✳ name` while it asks, the bare name at rest: that nothing is under way,
and never why. The page is that of version 0.24.4; under it the title is that of rest.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import items_at, text_at

_LOGIN = "Connect a Provider"
_EDGE = re.compile(r"^\s*│\s?(?P<inside>.*?)\s*│[\s█]*$")
_CHOSEN = re.compile(r"^\s*›\s+\S")


def parse_title(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The fact of one title; an empty one is that of a program that leaves."""
    title = text_at(record, "text").strip()
    if title.startswith("◐"):
        return [f.Working(at=at)]
    if title.startswith("✳"):
        return [f.Asked(at=at, kind=None)]
    return [f.TurnEnded(at=at, how="unknown")] if title else []


def parse_screen(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The page at the bottom of the screen, if it is there."""
    box = _last_box([line for line in items_at(record, "lines") if isinstance(line, str)])
    words = [line.strip() for line in box if line.strip()]
    if words[:1] != [_LOGIN] or not any(map(_CHOSEN.match, box)):
        return []
    return [f.Asked(at=at, kind="login", text=_LOGIN)]


def _last_box(lines: list[str]) -> list[str]:
    """The insides of the box that ends the screen; empty when none does."""
    while lines and not lines[-1].strip(" █"):
        lines = lines[:-1]
    if not lines or not lines[-1].lstrip().startswith("└"):
        return []
    inside: list[str] = []
    for line in reversed(lines[:-1]):
        edge = _EDGE.match(line)
        if edge is None:
            break
        inside.insert(0, edge["inside"])
    return inside
