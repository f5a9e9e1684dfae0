"""What Claude Code shows and no other source tells: pages of its start, and that it tries again.

Known by fixed words at fixed places, captured from version 2.1.330. A page fills the screen to
its last line, so a conversation that quotes one is none. Nothing here is ever answered by us.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import items_at


@dataclass(frozen=True)
class Page:
    """One page, by what it says."""

    kind: f.AskKind
    header: re.Pattern[str]
    """The first line of it, below the line across the screen; it says what is asked about."""
    option: str
    """One of the choices, to be sure."""
    footer: re.Pattern[str]
    """Its last line."""


_CONFIRM = re.compile(r"Enter to confirm · Esc to (cancel|exit)")

PAGES = (
    Page("setup", re.compile(r"Accessing workspace:"), "Yes, I trust this folder", _CONFIRM),
    Page(
        "login",
        re.compile(r"Detected a custom API key in your environment"),
        "No (recommended)",
        _CONFIRM,
    ),
    Page(
        "setup",
        re.compile(r"New MCP server found in this project: .*"),
        "Use this MCP server",
        _CONFIRM,
    ),
    Page(
        "setup",
        re.compile(r"\d+ new MCP servers found in this project"),
        "Enable selected",
        re.compile(r"Space to select · Esc to reject all"),
    ),
    Page(
        "setup",
        re.compile(r"WARNING: Claude Code running in Bypass Permissions mode"),
        "Yes, I accept",
        _CONFIRM,
    ),
    Page(
        "login",
        re.compile(r"Login"),
        "Anthropic Console account · API usage billing",
        re.compile(r"Esc to cancel"),
    ),
)
_RULE = re.compile(r"─{20,}")
_COMPOSER = re.compile(r"─{20,}.*")
"""The line above the composer, which may end with the conversation's name."""
_RETRY = re.compile(r"[^\w\s●❯] (.+) · retrying in (\d{1,5})s · attempt (\d{1,3})/\d{1,3}")
_MARK = re.compile(r"❯ +|\d\. |\[[✔ ]\] ")


def parse_screen(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """A page as an ask, a request tried again as such; an ordinary screen gives nothing."""
    shown = [line.strip() for line in items_at(record, "lines") if isinstance(line, str)]
    while shown and not shown[-1]:
        shown.pop()
    for start, line in enumerate(shown):
        if _RULE.fullmatch(line) and (page := _page(shown[start + 1 :])):
            known, said, options = page
            return [f.Asked(at=at, kind=known.kind, text=said, options=options)]
    return _retry(shown, at)


def _page(lines: Sequence[str]) -> tuple[Page, str, tuple[str, ...]] | None:
    """The known page that `lines` are, what it says, and its choices."""
    for known in PAGES:
        if lines and known.header.fullmatch(lines[0]) and known.footer.fullmatch(lines[-1]):
            options = _options(lines[:-1])
            if known.option in options:
                said = next((line for line in lines[1:] if line), "")
                return known, f"{lines[0]} {said}" if lines[0].endswith(":") else lines[0], options
    return None


def _options(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines without a gap around the one that is selected, without their marks."""
    marked = [number for number, line in enumerate(lines) if line.startswith("❯ ")]
    if not marked:
        return ()
    first = last = marked[-1]
    while first > 0 and lines[first - 1]:
        first -= 1
    while last + 1 < len(lines) and lines[last + 1]:
        last += 1
    return tuple(_plain(line) for line in lines[first : last + 1])


def _plain(line: str) -> str:
    while found := _MARK.match(line):
        line = line[found.end() :]
    return line


def _retry(shown: Sequence[str], at: datetime) -> list[f.AnyFact]:
    """Only where the spinner stands: on the last line above the composer."""
    for number in range(len(shown) - 2, 0, -1):
        if shown[number].startswith("❯") and _COMPOSER.fullmatch(shown[number - 1]):
            above = next((line for line in reversed(shown[: number - 1]) if line), "")
            found = _RETRY.fullmatch(above)
            if found is None:
                return []
            again = at + timedelta(seconds=int(found[2]))
            return [f.Retrying(at=at, attempt=int(found[3]), next=again, text=found[1])]
    return []
