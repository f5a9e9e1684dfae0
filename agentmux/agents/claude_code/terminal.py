"""What Claude Code says through the terminal: program status reports and its title."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.program_status import parse_status
from agentmux.core.reading import text_at

_APPROVE = re.compile(r"approve [^:\n]{1,80}: (.*)", re.DOTALL)
_ANSWER = re.compile(r"answer: (.*?)(?: \([^()]* · [^()]*\))?", re.DOTALL)
_SHELLS = re.compile(r"\d+ shells? still running")
"""Calls itself working for a command in the background, when the turn is over (its session file
says `shell`); for a subagent in the background it goes on by itself, and is busy there too."""
_GLYPHS = "✳✻✽✶✢·*◐◑◒◓⠂⠐ "
_UNNAMED = ("Claude Code", "claude")


def parse_program_status(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one report; what an ask is about without Claude's `approve Fetch: ` before it,
    for the tool is not called by its name there."""
    return [_plainly(fact) for fact in parse_status(text_at(record, "data"), at)]


def _plainly(fact: f.AnyFact) -> f.AnyFact:
    match fact:
        case f.Working() if _SHELLS.fullmatch(fact.activity):
            return f.TurnEnded(at=fact.at, how="unknown")
        case f.Asked(kind="permission") if found := _APPROVE.fullmatch(fact.text):
            return replace(fact, text=found[1])
        case f.Asked(kind="question") if found := _ANSWER.fullmatch(fact.text):
            return replace(fact, text=found[1])
        case _:
            return fact


def parse_title(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The conversation's name; the glyph before it says less than the program's own status."""
    title = text_at(record, "text").lstrip(_GLYPHS).strip()
    return [f.Titled(at=at, title=title)] if title and title not in _UNNAMED else []
