"""What Claude Code shows and no other source tells: pages of its start, and that it tries again.

Known by fixed words at fixed places, captured from version 2.1.330. A page fills the screen to
its last line, so a conversation that quotes one is none. Nothing here is ever answered by us.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import items_at


@dataclass(frozen=True)
class Page:
    """One page, by what it says; patterns of whole lines without the blanks around them."""

    kind: f.AskKind
    text: str
    """What it asks, in our words; empty where its first line says it."""
    header: str
    """Its first line, below a line across the screen or the welcome."""
    option: str
    """One of the choices, to be sure; empty for a page that takes text."""
    footer: str
    """Its last line."""


_CONFIRM = r"Enter to confirm · Esc to (?:cancel|exit)"
_CONSOLE = r"Anthropic Console account · API usage billing"

PAGES = (
    Page(
        "setup",
        "Trust this folder?",
        r"Accessing workspace:",
        r"Yes, I trust this folder",
        _CONFIRM,
    ),
    Page(
        "login",
        "Use the API key of the environment?",
        r"Detected a custom API key in your environment",
        r"No \(recommended\)",
        _CONFIRM,
    ),
    Page(
        "setup",
        "",
        r"New MCP server found in this project: .*",
        r"Use this MCP server",
        _CONFIRM,
    ),
    Page(
        "setup",
        "",
        r"\d+ new MCP servers found in this project",
        r"Enable selected",
        r"Space to select · Esc to reject all",
    ),
    Page(
        "setup",
        "Never ask for permission?",
        r"WARNING: Claude Code running in Bypass Permissions mode",
        r"Yes, I accept",
        _CONFIRM,
    ),
    Page("setup", "Which colors?", r"Let's get started\.", r"Dark mode", r"Syntax theme: .*"),
    Page(
        "login",
        "How to sign in?",
        r"Claude Code can be used with your Claude .*",
        _CONSOLE,
        r"3\. 3rd-party platform · .*",
    ),
    Page(
        "login",
        "Sign in with the browser",
        r"Browser didn't open\? Use the URL below to sign in .*",
        r"",
        r"Esc to go back",
    ),
    Page("login", "How to sign in?", r"Login", _CONSOLE, r"Esc to cancel"),
)
_BEFORE = re.compile(r"─{20,}|\.{7}█ █ {3}█ █\.{20,}")
_COMPOSER = re.compile(r"─{20,}.*")
"""The line above the composer, which may end with the conversation's name."""
_RETRY = re.compile(r"[^\w\s●❯] (.+) · retrying in (\d{1,5})s · attempt (\d{1,3})/\d{1,3}")
_MARK = re.compile(r"❯ +|\d\. |\[[✔ ]\] |✔ ")


def parse_screen(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The page that is up, or that a request is tried again. Without a page `Answered` if `asked`
    says that there was one before; an ordinary screen gives nothing."""
    shown = [line.strip() for line in items_at(record, "lines") if isinstance(line, str)]
    while shown and not shown[-1]:
        shown.pop()
    for start, line in enumerate(shown):
        if _BEFORE.fullmatch(line) and (asked := _page(shown[start + 1 :], at)):
            return [asked]
    answered: list[f.AnyFact] = [f.Answered(at=at)] if record.get("asked") is True else []
    return answered + _retry(shown, at)


def _page(lines: Sequence[str], at: datetime) -> f.AnyFact | None:
    """The known page that `lines` are to the last of them."""
    page = list(dropwhile(lambda line: not line, lines))
    for known in PAGES:
        if not page or not re.fullmatch(known.header, page[0]):
            continue
        options = _options(page if _MARK.match(page[-1]) else page[:-1])
        has_option = any(re.fullmatch(known.option, option) for option in options)
        if re.fullmatch(known.footer, page[-1]) and (has_option or not known.option):
            return f.Asked(at=at, kind=known.kind, text=_said(known, page), options=options)
    return None


def _said(known: Page, page: Sequence[str]) -> str:
    """What it asks, and what follows a colon at the end of its first line."""
    following = next((line for line in page[1:] if line), "")
    return f"{known.text} {following}" if page[0].endswith(":") else known.text or page[0]


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
        line = line[found.end() :].lstrip()
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
