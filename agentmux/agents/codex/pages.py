"""The pages Codex begins with, which it tells of by its screen alone.

While one is up the program calls itself idle or says nothing. A page is known by several of its
lines, a chosen line of its menu, and its last line at the bottom of the screen, where otherwise
the composer's hints stand: a conversation that quotes a page is none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import items_at

DEEP = 40
"""Lines from the bottom that a page may fill."""
_OPTION = re.compile(r"[›>]?\s*(\d)\. (.+?)(?:\s{2,}.*)?")


@dataclass(frozen=True)
class Page:
    """One page, as version 0.169.0 draws it."""

    kind: f.AskKind
    text: str
    """What it asks, in our words."""
    lines: tuple[str, ...]
    """Patterns of whole lines, in their order."""
    last: str
    """Pattern of the last line."""


PAGES = (
    Page(
        "setup",
        "Trust this folder?",
        (r"Trust this folder\? Codex can read, edit, and run files here.*", r"[›>] \d\. .+"),
        r"enter continue · esc back",
    ),
    Page(
        "setup",
        "Hooks need review",
        (r"Hooks need review", r"\d+ hooks? (?:is|are) new or changed\.", r"[›>] \d\. .+"),
        r"enter confirm · esc skip",
    ),
    Page(
        "setup",
        "A new model is offered",
        (r"(?:[›>] )?1\. Try new model", r"(?:[›>] )?2\. Use existing model"),
        r"enter/esc confirm · \^c quit",
    ),
    Page(
        "setup",
        "A cheaper model is offered near the limit",
        (r"Approaching rate limits", r"Switch to .+ for lower credit usage\?", r"[›>] \d\. .+"),
        r"enter select · esc back",
    ),
    Page(
        "setup",
        "An update is offered",
        (r"(?:✨ )?Update available · .+", r"(?:[›>] )?1\. Update now .+", r"(?:[›>] )?2\. Skip"),
        r"enter continue · esc skip",
    ),
    Page(
        "setup",
        "Which conversation to resume?",
        (r"Resume a previous session", r"Filter: .+", r"[›>] \S.*"),
        r"↑/↓ browse|.*\^o comfortable view.*|enter resume .*",
    ),
    Page(
        "login",
        "Sign in to Codex",
        (
            r"Welcome to Codex, OpenAI's command-line coding agent",
            r"(?:[›>] )?1\. Sign in with ChatGPT",
        ),
        r"Press enter to continue",
    ),
)


def parse_screen(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The page that is up. Without one, `Answered` if `asked` says that there was one before."""
    lines = [line.strip() for line in items_at(record, "lines") if isinstance(line, str)]
    shown = [line for line in lines if line][-DEEP:]
    page = next((page for page in PAGES if shown and _is_up(page, shown)), None)
    if page is None:
        return [f.Answered(at=at)] if record.get("asked") is True else []
    return [f.Asked(at=at, kind=page.kind, text=page.text, options=_options(shown))]


def _is_up(page: Page, shown: Sequence[str]) -> bool:
    if not re.fullmatch(page.last, shown[-1]):
        return False
    rest = iter(shown)
    return all(any(re.fullmatch(line, one) for one in rest) for line in page.lines)


def _options(shown: Sequence[str]) -> tuple[str, ...]:
    """The lines of the menu at the bottom, `1. …` and on."""
    found: list[str] = []
    for line in shown:
        if (option := _OPTION.fullmatch(line)) is None:
            continue
        if option[1] == "1":
            found = []
        found.append(option[2])
    return tuple(found)
