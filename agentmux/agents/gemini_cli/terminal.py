"""What Gemini CLI's terminal tells: the state by its title, and pages that only the screen shows.

A title says that nothing is under way and never why. The pages are those of version 0.61.0; each
is one box at the bottom of the screen, with its words and the chosen line of its menu inside, so
that the same words in an answer or in code are no page.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import items_at, text_at

_WORKS = ("✦", "⏲")
_ASKS = "✋"
_RESTS = "◇"
_CONTEXT = re.compile(r"\s*\([^()]*\)\s*$")


def parse_title(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The fact in `✦  Working… (folder)`; titles without one of its glyphs say nothing."""
    glyph, _, words = text_at(record, "text").strip().partition(" ")
    if glyph.startswith(_ASKS):
        return [f.Asked(at=at, kind=None)]
    if glyph.startswith(_RESTS):
        return [f.TurnEnded(at=at, how="unknown")]
    if glyph.startswith(_WORKS):
        said = _CONTEXT.sub("", words).strip()
        return [f.Working(at=at, activity="" if said == "Working…" else said)]
    return []


@dataclass(frozen=True)
class Page:
    """One page: what the person is asked there."""

    title: re.Pattern[str]
    """Matches the line that heads it."""
    kind: f.AskKind
    option: re.Pattern[str]
    """Matches one of the menu's lines, so that a quotation of the heading is not enough."""
    is_limit: bool = False


PAGES = (
    Page(
        re.compile(r"Usage limit reached for .+\.$"),
        "question",
        re.compile(r"Stop$"),
        is_limit=True,
    ),
    Page(
        re.compile(r"We are currently experiencing high demand\b.*\.$"),
        "question",
        re.compile(r"Stop$"),
    ),
    Page(
        re.compile(r"Do you trust the files in this folder\?$"),
        "setup",
        re.compile(r"Don't trust$"),
    ),
    Page(
        re.compile(r"How would you like to authenticate for this project\?$"),
        "login",
        re.compile(r"Use Gemini API Key$"),
    ),
)
"""Most specific first."""

_EDGE = re.compile(r"^\s*[│┃]\s?(?P<inside>.*?)\s*[│┃]\s*$")
_OPTION = re.compile(r"^\s*(?P<chosen>[●›❯])?\s*\d+\.\s+(?P<label>\S.*)$")


def parse_screen(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The page at the bottom of the screen, if there is one."""
    box = _last_box([line for line in items_at(record, "lines") if isinstance(line, str)])
    options = list(_options(box))
    if not any(chosen for chosen, _ in options):
        return []
    labels = tuple(label for _, label in options)
    for page in PAGES:
        heads = (line for line in map(str.strip, box) if page.title.match(line))
        title = next(heads, "")
        if title and any(page.option.match(label) for label in labels):
            asked = f.Asked(at=at, kind=page.kind, text=title, options=labels)
            return [f.Limited(at=at, text=title), asked] if page.is_limit else [asked]
    return []


def _last_box(lines: list[str]) -> list[str]:
    """The insides of the box that ends the screen; empty when none does."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if not lines or not lines[-1].lstrip().startswith("╰"):
        return []
    inside: list[str] = []
    for line in reversed(lines[:-1]):
        edge = _EDGE.match(line)
        if edge is None:
            break
        inside.insert(0, edge["inside"])
    return inside


def _options(box: list[str]) -> Iterator[tuple[bool, str]]:
    """Each line of the menu: whether it is the chosen one, and its words."""
    for line in box:
        if found := _OPTION.match(line):
            yield found["chosen"] is not None, found["label"]
