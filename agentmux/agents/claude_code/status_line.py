"""What Claude Code gives a status line command: its own total, its limits' windows, its model.

Nothing asks for it in this version (the person's own status line stands); whoever hands such a
record on is understood.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agentmux.core import facts as f
from agentmux.core.reading import entry_at, money_at, text_at, time_of, value_at


def parse_status_line(record: Mapping[str, Any], at: datetime) -> list[f.AnyFact]:
    """The facts of one payload."""
    return list(_facts(record, at))


def _facts(record: Mapping[str, Any], at: datetime) -> Iterator[f.AnyFact]:
    usd = money_at(record, "cost", "total_cost_usd")
    if usd is not None:
        yield f.UsageTotal(at=at, usd=usd, scope=text_at(record, "session_id"))
    if model := text_at(record, "model", "id"):
        yield f.ModelChosen(at=at, model=model, fast=value_at(record, "fast_mode") is True)
    for window, figures in entry_at(record, "rate_limits").items():
        used = money_at(figures, "used_percentage")
        if used is not None:
            resets = time_of(value_at(figures, "resets_at"), at)
            yield f.Quota(
                at=at,
                window=str(window),
                used_pct=float(used),
                resets=resets if resets != at else None,
            )
    if name := text_at(record, "session_name"):
        yield f.Titled(at=at, title=name)
