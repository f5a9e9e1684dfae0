"""One line of frame around a pane: who it is and how it does above, what it works on below.

The border says the mode without colour: light, heavy when selected, double while typing. Its
colour is the state's only when the state wants the person.
"""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.core.text import clean
from agentmux.ui.alerts import why_of
from agentmux.ui.keymap import Key
from agentmux.ui.labels import (
    Mark,
    age_of,
    agent_of,
    branch_of,
    cost_of,
    cut,
    load_of,
    mark_of,
    name_of,
    slot_of,
    state_of,
)
from agentmux.ui.layout import Rect
from agentmux.ui.messages import SessionChosen
from agentmux.ui.view import View
from agentmux.ui.widgets.line import Span, cut_spans, row, width_of
from agentmux.ui.widgets.strips import Finished
from agentmux.ui.widgets.tile_pane import TilePane

LIGHT, HEAVY, DOUBLE = "┌─┐│└┘", "┏━┓┃┗┛", "╔═╗║╚╝"
END_KEYS = ("resume", "restart", "remove")
LOAD_CELLS = len(" 100% 1023 MB ")
"""Room for any load, so that a change of its figures never makes it come and go."""


class Tile(Widget):
    """A session's frame, with its pane inside, or its last words once it has ended."""

    DEFAULT_CSS = """
    Tile { layout: vertical; background: $role-background; }
    Tile > TilePane { width: 1fr; height: 1fr; margin: 1 2; }
    Tile.-bare > TilePane { margin: 0; }
    """

    def __init__(self, session: str) -> None:
        super().__init__()
        self.session = session
        self.pane = TilePane()
        self._rows: list[Strip] = []
        self._finished = Finished()

    def compose(self) -> ComposeResult:
        yield self.pane

    def show(self, view: View, rect: Rect) -> None:
        """Redraw the rows of the frame that changed."""
        session = view.fleet.sessions[self.session]
        framed = view.plan.framed
        self.set_class(not framed, "-bare")
        self.pane.use_theme(view.theme, covered=view.covered)
        words = last_words(view, session) if not session.is_live else []
        if session.state is SessionState.STARTING and session.pane is None:
            words = [[("starting " + agent_of(session), view.theme.style("dim"))]]
        self.pane.display = not words
        rows = _frame(view, session, rect, words) if framed else _bare(view, rect, words)
        self._put(rows, rect.width)

    def _put(self, rows: list[Strip], width: int) -> None:
        """Show these rows; one that says the same as before is kept, so that it stays finished."""
        old, same_height = self._rows, len(rows) == len(self._rows)
        if same_height:
            rows = [before if before == row else row for before, row in zip(old, rows, strict=True)]
        self._rows = rows
        self._finished.update(self, rows)
        if not same_height:
            self.refresh()
        elif changed := [y for y, row in enumerate(rows) if row is not old[y]]:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The frame; what is inside is drawn over it."""
        return self._finished.lines(self, crop)

    def on_click(self, event: events.Click) -> None:
        self.post_message(SessionChosen(self.session, twice=event.chain == 2))


def _frame(view: View, session: Session, rect: Rect, words: list[list[Span]]) -> list[Strip]:
    theme, mark = view.theme, mark_of(session, view.glyphs)
    chosen = session.id == view.selected
    border = LIGHT if not chosen else DOUBLE if view.mode == "type" else HEAVY
    wants = mark.wants and not (chosen and view.mode == "type")
    color = theme.style(mark.role if wants else "text" if chosen else "line")
    ground = theme.style("text")
    height = rect.height - 2
    blank = _blank(border[3], color, ground, rect.width)
    rows = [_top(view, session, mark, border, color, rect.width)]
    for spans in _bottom_aligned(words, height):
        if not spans:
            rows.append(blank)
            continue
        inside = [(" ", ground), *cut_spans(spans, rect.width - 4)]
        gap = rect.width - 2 - width_of(inside)
        cells = [(border[3], color), *inside, (" " * gap, ground), (border[3], color)]
        rows.append(Strip([Segment(t, s) for t, s in cells if t], rect.width))
    rows.append(_bottom(view, session, border, color, rect.width))
    return rows


@lru_cache(64)
def _blank(side: str, color: Style, ground: Style, width: int) -> Strip:
    """A row with nothing in it; most of a frame is, and is asked for once a second."""
    inside = Segment(" " * (width - 2), ground)
    return Strip([Segment(side, color), inside, Segment(side, color)], width)


def _bare(view: View, rect: Rect, words: list[list[Span]]) -> list[Strip]:
    ground = view.theme.style("text")
    return [row(spans, (), rect.width, ground) for spans in _bottom_aligned(words, rect.height)]


def _bottom_aligned(words: list[list[Span]], height: int) -> list[list[Span]]:
    """The tail of `words` in exactly `height` lines, blank lines below what there is."""
    kept = words[-height:] if height > 0 else []
    return kept + [[] for _ in range(height - len(kept))]


def _top(view: View, session: Session, mark: Mark, border: str, color: Style, width: int) -> Strip:
    """`┏━ 3 csv-import ━━━━━━ > running 6m 40s ━┓`; what there is no room for goes, age first."""
    theme = view.theme
    state = theme.style(mark.role, bold=True)
    left, bar, right = border[0], border[1], border[2]
    start: list[Span] = [(left + bar, color), (f" {slot_of(session)} ", _slot_block(view, mark))]
    room = width - width_of(start) - 2
    for text in (
        f" {mark.glyph} {state_of(mark, age_of(session, view.now))} ",
        f" {mark.glyph} {mark.word} ",
        f" {mark.glyph} {age_of(session, view.now).replace(' ', '')} ",
        f" {mark.glyph} {age_of(session, view.now).partition(' ')[0]} ",
        f" {mark.glyph} ",
    ):
        if room - len(text) >= min(len(name_of(session)), 12) + 2:
            break
    name = cut(name_of(session), room - len(text) - 2)
    start.append((f" {name} ", theme.style("text", bold=True)))
    fill = max(0, width - width_of(start) - len(text) - 2)
    spans = [*start, (bar * fill, color), (text, state), (bar + right, color)]
    return Strip([Segment(t, s) for t, s in spans if t], width)


def _slot_block(view: View, mark: Mark) -> Style:
    return view.theme.block(mark.role)


def _bottom(view: View, session: Session, border: str, color: Style, width: int) -> Strip:
    """`┗━ claude ━ csv-import +3 ~5 ━━━ 12% 340 MB ━ $0.84 ━┛`; load, then cost, go first."""
    dim = view.theme.style("dim")
    bar = border[1]
    end: list[Span] = [(bar + border[5], color)]
    spans: list[Span] = [(border[4] + bar, color), (f" {agent_of(session)} ", dim)]
    branch = branch_of(session)
    if branch:
        spans += [(bar, color), (f" {branch} ", dim)]
    if (cost := cost_of(session)) and width_of([*spans, *end]) + len(cost) + 2 <= width:
        end.insert(0, (f" {cost} ", view.theme.style("text")))
    load = load_of(session)
    if load and width_of([*spans, *end]) + LOAD_CELLS <= width:
        end[:0] = [(f" {load} ", dim), *([(bar, color)] if cost and len(end) > 1 else [])]
    room = width - width_of(end)
    if width_of(spans) > room:
        spans = [*cut_spans(spans, room - 1), (" ", color)]
    cells = [*spans, (bar * (room - width_of(spans)), color), *end]
    return Strip([Segment(t, s) for t, s in cells if t], width)


def last_words(view: View, session: Session) -> list[list[Span]]:
    """What the pane showed last, how it ended, and the keys that help once it is selected."""
    theme = view.theme
    mark = mark_of(session, view.glyphs)
    lines = [[(clean(line, one_line=True), theme.style("dim"))] for line in session.last_lines]
    why = f": {why}" if (why := why_of(session)) else ""
    end: list[Span] = [(f"{mark.word}{why}", theme.style(mark.role, bold=True))]
    keys: list[Span] = []
    for key in _end_keys(view) if session.id == view.selected else ():
        keys.append((key.keys[0], theme.style("text", bold=True)))
        keys.append((f" {key.label}   ", theme.style("dim")))
    return [*lines, [], end, keys]


def _end_keys(view: View) -> list[Key]:
    rows = {row.id: row for row in view.keymap}
    return [rows[id_] for id_ in END_KEYS if rows[id_].keys]
