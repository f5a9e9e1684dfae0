"""Codex's title: a spinner while it works, `Action Required` while it asks, bare in between.

It comes up to a second late for an ask, and does not tell what is asked nor how a turn ended.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import text_at

_ASKS = re.compile(r"\[ [!.] \] Action Required(?: \| .*)?")
_WORKS = re.compile(r"[\u2800-\u28ff] (?P<rest>.*)")


def parse_title(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one title; an empty one is that of a program that leaves."""
    text = text_at(record, "text")
    if _ASKS.fullmatch(text):
        return [f.Asked(at=at, kind=None)]
    if works := _WORKS.fullmatch(text):
        return [f.Working(at=at), *_titled(works["rest"], at)]
    return [f.TurnEnded(at=at, how="unknown"), *_titled(text, at)] if text.strip() else []


def _titled(text: str, at: datetime) -> list[f.AnyFact]:
    """`Name of the task | folder`; before the task has a name, the folder alone."""
    name, bar, _folder = text.rpartition(" | ")
    return [f.Titled(at=at, title=name)] if bar and name.strip() else []
