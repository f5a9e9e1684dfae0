"""What was counted, put into rows: by day, session, agent, model or branch, or several of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agentmux.core.events import Json
from agentmux.core.meter import Gap, Key
from agentmux.core.tally import Tally, merged
from agentmux.ledger.windows import Counted
from agentmux.report.figures import DEFINITIONS, Figures
from agentmux.report.sessions import stamp

GROUPS = ("day", "session", "agent", "model", "branch")


@dataclass(frozen=True)
class Row:
    """One row of a report."""

    keys: Mapping[str, str | None]
    """Group → which one; None: there is none (a response that names no model)."""
    figures: Figures
    names: Mapping[str, str | None]
    """What else is known of a session."""

    def json(self) -> dict[str, Json]:
        """As in `report --json`."""
        return {**self.keys, **self.names, **self.figures.row()}


@dataclass(frozen=True)
class Report:
    """Rows of one window, and all of them together."""

    by: tuple[str, ...]
    since: datetime | None
    until: datetime
    rows: tuple[Row, ...]
    total: Figures
    gaps: tuple[Gap, ...]

    def json(self) -> dict[str, Json]:
        """The object of `report --json`, without the schema number."""
        return {
            "by": list(self.by),
            "window": {
                "since": stamp(self.since) if self.since else None,
                "until": stamp(self.until),
            },
            "rows": [row.json() for row in self.rows],
            "total": self.total.row(),
            "definitions": dict(DEFINITIONS),
            "gaps": [
                {"since": stamp(g.since), "until": stamp(g.until), "certain": g.certain,
                 "why": "no leader ran"}
                for g in self.gaps
            ],
        }  # fmt: skip


def report_by(counted: Counted, by: Sequence[str]) -> Report:
    """Put what was counted into rows by these groups."""
    tallies: dict[tuple[str | None, ...], Tally] = {}
    sessions: dict[tuple[str | None, ...], set[str]] = {}
    for key, tally in counted.tallies.items():
        if key.session is None or tally.is_empty:
            continue
        group = tuple(_value(counted, key, name) for name in by)
        tallies.setdefault(group, Tally()).merge(tally)
        sessions.setdefault(group, set()).add(key.session)
    rows = tuple(
        Row(
            dict(zip(by, group, strict=True)),
            Figures(tallies[group], len(sessions[group])),
            _names(counted, dict(zip(by, group, strict=True))),
        )
        for group in sorted(tallies, key=_order)
    )
    return Report(
        tuple(by),
        counted.since,
        counted.until,
        rows,
        Figures(merged(tallies.values()), len(set().union(*sessions.values()))),
        tuple(counted.gaps),
    )


def _value(counted: Counted, key: Key, name: str) -> str | None:
    if name in ("agent", "branch"):
        who = counted.who.get(key.session or "")
        return getattr(who, name) if who else None
    value: str | None = getattr(key, name)
    return value


def _names(counted: Counted, keys: Mapping[str, str | None]) -> dict[str, str | None]:
    """Name, agent and branch of the session the row is about."""
    who = counted.who.get(keys.get("session") or "")
    if who is None:
        return {}
    return {name: value for name, value in who._asdict().items() if name not in keys}


def _order(group: Iterable[str | None]) -> tuple[tuple[int, str], ...]:
    """`s9` before `s10`, and what there is none of last."""
    return tuple(_place(value) for value in group)


def _place(value: str | None) -> tuple[int, str]:
    if value is None:
        return (1, "")
    number = value[1:] if value[:1] == "s" and value[1:].isdigit() else ""
    return (0, number.rjust(12, "0") if number else value)
