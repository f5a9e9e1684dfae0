"""Qwen Code's titles: `◐ name` while it works, `✳ name` while it asks, the bare name at rest.

A bare name says that nothing is under way and never why.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import text_at


def parse_title(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The fact of one title; an empty one is that of a program that leaves."""
    title = text_at(record, "text").strip()
    if title.startswith("◐"):
        return [f.Working(at=at)]
    if title.startswith("✳"):
        return [f.Asked(at=at, kind=None)]
    return [f.TurnEnded(at=at, how="unknown")] if title else []
