"""What Copilot's terminal tells: that it is there, what it works on, and the page of its start.

The record of a conversation begins with its first prompt. Until then the plain title says that
the program waits, and only the screen that it asks for trust first. The page is that of 1.0.102.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import items_at, text_at

PLAIN = "GitHub Copilot"
TITLED = f" - {PLAIN}"
"""How the title ends once the conversation has a name."""
TRUST = ("Confirm folder trust", "Do you trust the files in this folder?")
HINTS = "↑/↓ to navigate · enter to select · esc to cancel"
_SIDE = re.compile(r"│ (?P<inside>.*?) *│$")
_OPTION = re.compile(r"(?P<chosen>❯)? *\d\. (?P<label>\S.*)")


def parse_title(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """It waits for its first prompt, or the name of what it does."""
    title = text_at(record, "text")
    if title == PLAIN:
        return [f.Ready(at=at)]
    named = title.removesuffix(TITLED) if title.endswith(TITLED) else ""
    return [f.Titled(at=at, title=named)] if named else []


def parse_screen(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The page that asks for trust, while it stands at the bottom; that it went, after it did."""
    lines = [line for line in items_at(record, "lines") if isinstance(line, str)]
    inside = [line for line in _box(lines) if line]
    options = [found for line in inside if (found := _OPTION.fullmatch(line))]
    is_page = inside[:1] == [TRUST[0]] and TRUST[1] in inside and inside[-1] == HINTS
    if is_page and any(option["chosen"] for option in options):
        labels = tuple(option["label"] for option in options)
        return [f.Asked(at=at, kind="setup", text=TRUST[1], options=labels)]
    return [f.Answered(at=at)] if record.get("asked") is True else []


def _box(lines: list[str]) -> list[str]:
    """The insides of the frame that ends the screen; empty when none does."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if not lines or not lines[-1].strip().startswith("╰─"):
        return []
    inside: list[str] = []
    for line in reversed(lines[:-1]):
        side = _SIDE.fullmatch(line.strip())
        if side is None:
            break
        inside.insert(0, side["inside"].strip())
    return inside
