"""The list of sessions, and beside a pane what is known of the selected one.

On a wide screen without panes the same rows have more columns. A row is one line, whatever the
name: too long is cut, never wrapped.
"""

from datetime import timedelta
from pathlib import PurePath

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from agentmux.core.session import Session
from agentmux.core.text import clean
from agentmux.ui.labels import (
    age,
    age_of,
    agent_of,
    branch_name,
    branch_of,
    cut,
    fit,
    load_of,
    mark_of,
    name_of,
    slot_of,
    state_of,
)
from agentmux.ui.messages import SessionChosen
from agentmux.ui.view import View
from agentmux.ui.widgets.line import Span, row

WIDE = 90
"""Columns from which agent, branch and load have columns of their own."""
WORDY = 60
"""Columns from which the state has its word."""


class SessionList(Widget):
    """One row per session; the selected one stays in view."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Strip] = []
        self._ids: list[str | None] = []

    def show(self, view: View) -> None:
        """Redraw the rows that changed."""
        rect = view.plan.list
        if rect is None:
            return
        ids, rows = _rows(view, rect.width, rect.height)
        old, self._rows, self._ids = self._rows, rows, ids
        changed = [y for y, strip in enumerate(rows) if y >= len(old) or old[y] != strip]
        if changed:
            self.refresh(*(Region(0, y, rect.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        if y < len(self._rows):
            return self._rows[y]
        return Strip.blank(self.size.width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        chosen = self._ids[event.y] if event.y < len(self._ids) else None
        if chosen is not None:
            self.post_message(SessionChosen(chosen, twice=event.chain == 2))


def _rows(view: View, width: int, height: int) -> tuple[list[str | None], list[Strip]]:
    """The id behind each row, and the rows."""
    ground = view.theme.style("text")
    position = next((i for i, s in enumerate(view.sessions) if s.id == view.selected), 0)
    first = max(0, min(position - height // 2, len(view.sessions) - height))
    shown = view.sessions[first : first + height]
    rows = [_row(view, session, width) for session in shown]
    more = _details(view, width)[: max(0, height - len(rows))]
    blank = Strip.blank(width, ground)
    strips = [*rows, *more]
    strips += [blank] * (height - len(strips))
    ids: list[str | None] = [session.id for session in shown]
    return ids + [None] * (height - len(ids)), strips


def _row(view: View, session: Session, width: int) -> Strip:
    theme, chosen = view.theme, session.id == view.selected
    on = "select" if chosen else "background"
    mark = mark_of(session, view.glyphs)
    plain, dim = theme.style("text", on), theme.style("dim", on)
    state = theme.style(mark.role, on, bold=mark.wants)
    when = age_of(session, view.now)
    told = state_of(mark, when) if width >= WORDY else when.replace(" ", "")
    right: list[Span] = [(told.rjust(22) if width >= WIDE else told, state), (" ", plain)]
    if width >= WIDE:
        right = [*_columns(session, width, dim), *right]
    left: list[Span] = [
        ("▌" if chosen else " ", theme.style("text", on)),
        (slot_of(session), theme.style("text", on, bold=True)),
        (f" {mark.glyph} ", state),
        (name_of(session), theme.style("text", on, bold=chosen or mark.wants)),
    ]
    return row(left, right, width, plain)


def _columns(session: Session, width: int, dim: Style) -> list[Span]:
    """Agent, branch and load of a wide row, each in its column."""
    agent, branch = (22, 34) if width >= 140 else (16, 24)
    return [
        (fit(agent_of(session), agent) + " ", dim),
        (fit(branch_of(session), branch) + " ", dim),
        (load_of(session).rjust(12) + " ", dim),
    ]


def _details(view: View, width: int) -> list[Strip]:
    """What is known of the selected session, one fact a line, under a rule."""
    session, theme = view.session, view.theme
    if session is None:
        return []
    ground = theme.style("text")
    rule = row([("─" * (width - 1), theme.style("line"))], (), width, ground)
    lines = [
        row(
            [(f" {label:<10}", theme.style("faint")), (cut(text, width - 12), theme.style("dim"))],
            (),
            width,
            ground,
        )
        for label, text in _facts(view, session)
        if text
    ]
    return [rule, *lines]


def _facts(view: View, session: Session) -> list[tuple[str, str]]:
    """Label and text, empty where nothing is known."""
    gauge = session.gauge
    moved = [(gauge.ahead, "ahead"), (gauge.behind, "behind")]
    return [
        ("agent", agent_of(session)),
        ("task", clean(session.task or "", one_line=True)),
        ("branch", branch_name(session)),
        ("base", clean(session.base or "", one_line=True)),
        ("commits", ", ".join(f"{number} {word}" for number, word in moved if number)),
        ("changed", _changed(view, session)),
        ("folder", clean(PurePath(session.worktree).name, one_line=True)),
        ("load", load_of(session)),
        ("processes", str(gauge.processes) if session.is_live and gauge.processes else ""),
        ("pid", str(session.pid) if session.is_live and session.pid else ""),
        ("note", clean(gauge.note or session.state_why, one_line=True)),
    ]


def _changed(view: View, session: Session) -> str:
    """`5 paths, 4m ago`."""
    gauge = session.gauge
    parts = []
    if gauge.dirty:
        parts.append("1 path" if gauge.dirty == 1 else f"{gauge.dirty} paths")
    if gauge.last_change is not None:
        parts.append(f"{_changed_ago(view.now - gauge.last_change)} ago")
    return ", ".join(parts)


def _changed_ago(passed: timedelta) -> str:
    """By the minute: a clock tick should not redraw it."""
    minutes = max(0, int(passed.total_seconds() // 60))
    return age(minutes * 60).removesuffix(" 00s") if minutes else "under 1m"
