"""What an empty slot teaches: the key that starts a session, and the agents found here.

Before the first session ever it greets with the six keys that matter; that is the only time.
"""

from collections.abc import Iterable
from pathlib import PurePath

from textual.strip import Strip
from textual.widget import Widget

from agentmux.core.text import clean
from agentmux.ui.keymap import short
from agentmux.ui.labels import cut
from agentmux.ui.layout import Rect
from agentmux.ui.view import View
from agentmux.ui.widgets.line import Span, row, width_of

SIX = ("new", "type", "mode.command", "go.1", "layout.next", "help")
"""The keys that matter, by id."""


class EmptySlot(Widget):
    """Help where a session could stand."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Strip] = []

    def show(self, view: View, rect: Rect) -> None:
        """Redraw it when it says something else."""
        lines = _taught(view)
        if len(lines) > rect.height:
            lines = _lines(view)[: rect.height]
        rows = _centred(lines, rect, view)
        if rows != self._rows:
            self._rows = rows
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if y < len(self._rows):
            return self._rows[y]
        return Strip.blank(self.size.width, self.rich_style)


def _centred(lines: list[list[Span]], rect: Rect, view: View) -> list[Strip]:
    """The block of lines in the middle, its lines left-aligned."""
    ground = view.theme.style("text")
    widest = min(max((width_of(line) for line in lines), default=0), rect.width)
    margin = (rect.width - widest) // 2
    above = (rect.height - len(lines)) // 2
    blank = Strip.blank(rect.width, ground)
    made = [row([(" " * margin, ground), *line], (), rect.width, ground) for line in lines]
    below = rect.height - above - len(made)
    return [blank] * above + made + [blank] * below


def _taught(view: View) -> list[list[Span]]:
    if view.filter and not view.sessions:
        return _nothing_found(view)
    return _lines(view) if view.fleet.sessions else _first_run(view)


def _nothing_found(view: View) -> list[list[Span]]:
    """A filter that lets nothing through is no empty fleet."""
    words = clean(view.filter, one_line=True)
    strong, dim = view.theme.style("text", bold=True), view.theme.style("dim")
    return [
        [("No session has ", dim), (words, strong)],
        [],
        [(_key(view, "back"), strong), ("  show all", dim)],
    ]


def _lines(view: View) -> list[list[Span]]:
    return [
        [
            (_key(view, "new"), view.theme.style("text", bold=True)),
            ("  new session", view.theme.style("dim")),
        ],
        [],
        *_agents(view),
    ]


def _first_run(view: View) -> list[list[Span]]:
    theme = view.theme
    where = clean(PurePath(view.repo).name, one_line=True) if view.repo else "a repository"
    told = {
        "new": "start a session",
        "type": "type into it",
        "mode.command": "back from typing to these keys",
        "go.1": "jump to a session",
        "layout.next": "another layout",
        "help": "every key",
    }
    keys = [
        [
            (f"{_key(view, id_):>8}", theme.style("text", bold=True)),
            (f"  {told[id_]}", theme.style("dim")),
        ]
        for id_ in SIX
    ]
    return [
        [("Up to nine agents, each in its own worktree of ", theme.style("dim")),
         (where, theme.style("working"))],
        [],
        *keys,
        [],
        *_agents(view),
    ]  # fmt: skip


def _key(view: View, id_: str) -> str:
    if id_ == "go.1":
        return "1-9"
    return next((short(r) for r in view.keymap if r.id == id_ and r.keys), "unset")


def _agents(view: View) -> Iterable[list[Span]]:
    """The agents found with their versions; of the others only how to get one."""
    theme = view.theme
    found = [agent for agent in view.agents if agent.path]
    for agent in found:
        name = f"{agent.title} {agent.version or ''}".rstrip()
        yield [("found  ", theme.style("faint")), (clean(name, one_line=True), theme.style("text"))]
    missing = [agent for agent in view.agents if not agent.path]
    if not found and missing:
        yield [("No coding agent was found. To install one:", theme.style("text"))]
        yield from ([(cut(clean(a.install), 60), theme.style("dim"))] for a in missing)
    elif missing:
        names = ", ".join(clean(agent.name, one_line=True) for agent in missing)
        yield [("not here  ", theme.style("faint")), (names, theme.style("faint"))]
