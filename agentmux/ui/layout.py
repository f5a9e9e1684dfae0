"""Where everything stands on a screen of a given size: plain arithmetic, no widgets.

Tiles are crops of larger panes, so a layout never decides how large an agent's terminal is, with
one exception: the pane that is typed into takes the size of its area (`Plan.typing_size`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

LAYOUTS = ("list", "main", "wall", "quad", "focus")
"""In the order in which the layout keys go through them."""

SMALLEST = (40, 10)
"""Columns and rows below which one sentence asks for room."""
TYPING_COLUMNS = 100
"""A narrower area is zoomed before anything is typed: agents draw badly in less."""
LEAST_TILE = (20, 4)
LEAST_OVERLAY = (24, 5)
LEAST_MAIN = 60
"""Columns below which a list with a pane beside it is only a list."""


@dataclass(frozen=True)
class Rect:
    """A rectangle of cells; `x` and `y` count from 0 at the top left."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def overlaps(self, other: "Rect") -> bool:
        """Whether the two share a cell."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True)
class Plan:
    """The places of one screen; what is None or absent is not shown."""

    layout: str
    hint: Rect
    top: Rect | None = None
    alert: Rect | None = None
    tour: Rect | None = None
    list: Rect | None = None
    tiles: tuple[tuple[str, Rect], ...] = ()
    """Session id → its tile, in reading order."""
    empty: Rect | None = None
    """Where the empty slot teaches how to start a session."""
    framed: bool = True
    """Whether tiles have a border; a zoomed pane has all the cells for itself."""

    @property
    def has_room(self) -> bool:
        """False when the terminal is too small for anything but a sentence."""
        return bool(self.tiles or self.list or self.empty)

    def area_of(self, session: str) -> Rect | None:
        """The cells of the pane inside the session's tile."""
        rect = dict(self.tiles).get(session)
        return inner(rect) if rect and self.framed else rect


def inner(tile: Rect) -> Rect:
    """What a framed tile leaves for its pane: one line of chrome and one column of air."""
    return Rect(tile.x + 2, tile.y + 1, max(1, tile.width - 4), max(1, tile.height - 2))


def default_layout(width: int, height: int) -> str:
    """The layout for a size when the person chose none."""
    if width < 60 or height < 16:
        return "list"
    return "wall" if width >= 160 and height >= 45 else "main"


def plan(
    width: int,
    height: int,
    layout: str,
    sessions: Sequence[str],
    selected: str | None,
    *,
    typing: bool = False,
    alert: bool = False,
    tour: bool = False,
) -> Plan:
    """Places for `sessions` (ids in the order of the list) on `width` x `height` cells.

    `layout` is one of `LAYOUTS` or `auto`. While typing, an area narrower than `TYPING_COLUMNS`
    makes the plan a `focus` one; `Plan.layout` says what was chosen.
    """
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Plan("none", Rect(0, max(0, height - 1), width, 1))
    if layout not in LAYOUTS:
        layout = default_layout(width, height)
    if tour and height > SMALLEST[1]:
        made = plan(width, height - 1, layout, sessions, selected, typing=typing, alert=alert)
        last = Rect(0, height - 1, width, 1)
        return replace(made, hint=last, tour=Rect(0, height - 2, width, 1))
    if selected not in sessions:
        selected = sessions[0] if sessions else None
    if selected is not None and (layout == "focus" or (typing and layout == "list")):
        return _focus(width, height, selected)
    made = _around(width, height, layout, sessions, selected, alert)
    if typing and selected is not None:
        area = made.area_of(selected)
        if area is None or area.width < min(TYPING_COLUMNS, width):
            return _focus(width, height, selected)
    return made


def _focus(width: int, height: int, selected: str) -> Plan:
    return Plan(
        "focus",
        Rect(0, height - 1, width, 1),
        tiles=((selected, Rect(0, 0, width, height - 1)),),
        framed=False,
    )


def _around(
    width: int,
    height: int,
    layout: str,
    sessions: Sequence[str],
    selected: str | None,
    alert: bool,
) -> Plan:
    """A layout with top line and bottom lines."""
    hint = Rect(0, height - 1, width, 1)
    last = Rect(0, height - 2, width, 1) if alert else None
    body = Rect(0, 1, width, height - 2 - bool(alert))
    top = Rect(0, 0, width, 1)
    if selected is None:
        return Plan(layout, hint, top, last, empty=body)
    if layout == "list" or (layout == "main" and width < LEAST_MAIN):
        return Plan("list", hint, top, last, list=body)
    if layout == "main":
        side = list_width(width)
        pane = Rect(side, body.y, width - side, body.height)
        left = Rect(0, body.y, side, body.height)
        return Plan("main", hint, top, last, list=left, tiles=((selected, pane),))
    tiles, empty = grid(body, _page(sessions, selected, capacity(body, layout)))
    return Plan(layout, hint, top, last, tiles=tiles, empty=empty)


def list_width(width: int) -> int:
    """Columns of the session list beside a pane."""
    if width < 100:
        return max(24, min(30, width * 3 // 8))
    return 34 if width < 160 else 40


def capacity(body: Rect, layout: str) -> int:
    """How many tiles a wall or a quad holds: nine or four, fewer where they would be too small."""
    side = 3 if layout == "wall" else 2
    columns = min(side, body.width // LEAST_TILE[0])
    rows = min(side, body.height // LEAST_TILE[1])
    return max(1, columns) * max(1, rows)


def _page(sessions: Sequence[str], selected: str, size: int) -> list[str]:
    """The page of `size` sessions on which `selected` stands."""
    start = list(sessions).index(selected) // size * size
    return list(sessions[start : start + size])


def grid(body: Rect, ids: Sequence[str]) -> tuple[tuple[tuple[str, Rect], ...], Rect | None]:
    """Tiles for `ids` in rows that fill `body`, and what the last row leaves over."""
    columns = _columns(body, len(ids))
    rows = math.ceil(len(ids) / columns)
    cells = [
        Rect(x, y, w, h)
        for y, h in _spans(body.y, body.height, rows)
        for x, w in _spans(body.x, body.width, columns)
    ]
    tiles = tuple(zip(ids, cells, strict=False))
    left = cells[len(ids) :]
    if not left:
        return tiles, None
    first = left[0]
    return tiles, Rect(first.x, first.y, body.right - first.x, first.height)


def _columns(body: Rect, count: int) -> int:
    """How many tiles side by side come nearest to a terminal's shape (three to one)."""

    def badness(columns: int) -> tuple[bool, float]:
        rows = math.ceil(count / columns)
        width, height = body.width // columns, body.height // rows
        unfit = width < LEAST_TILE[0] or height < LEAST_TILE[1]
        empty = columns * rows - count
        return unfit, abs(math.log(max(1, width) / max(1, height) / 3)) + empty / 4

    return min(range(1, min(3, count) + 1), key=badness)


def _spans(start: int, length: int, parts: int) -> list[tuple[int, int]]:
    """`length` cells cut into `parts` spans that differ by one at most: (start, length)."""
    cuts = [start + length * i // parts for i in range(parts + 1)]
    return [(a, b - a) for a, b in pairwise(cuts)]


def beside(plan: Plan, session: str, width: int, height: int) -> Rect:
    """Where on `width` x `height` cells something about `session` covers none of its tile.

    The largest room beside the tile; where none is large enough, the lower part of the screen.
    """
    top = plan.top.bottom if plan.top else 0
    bottom = min(line.y for line in (plan.alert, plan.tour, plan.hint) if line)
    tile = dict(plan.tiles).get(session)
    if tile is None:
        half = max(LEAST_OVERLAY[1], (bottom - top) // 2)
        return Rect(0, max(top, bottom - half), width, min(half, bottom - top))
    rooms = (
        Rect(0, top, tile.x, bottom - top),
        Rect(tile.right, top, width - tile.right, bottom - top),
        Rect(0, top, width, tile.y - top),
        Rect(0, tile.bottom, width, bottom - tile.bottom),
    )
    fit = [r for r in rooms if r.width >= LEAST_OVERLAY[0] and r.height >= LEAST_OVERLAY[1]]
    third = max(LEAST_OVERLAY[1], (bottom - top) // 3)
    otherwise = Rect(0, max(top, bottom - third), width, min(third, bottom - top))
    return max(fit, key=_reading_room, default=otherwise)


def _reading_room(room: Rect) -> int:
    """Its cells; in a narrow column lines are cut, so there they count half."""
    return room.width * room.height * (2 if room.width >= LEAST_MAIN else 1)


def nearest(here: Rect, rects: Mapping[str, Rect], where: str) -> str | None:
    """The tile next to `here` on its `where` side (`up down left right`); None at the edge."""

    def distance(rect: Rect) -> tuple[int, int] | None:
        across = (rect.x - here.x, rect.y - here.y)
        along, aside = across if where in ("left", "right") else across[::-1]
        along = -along if where in ("left", "up") else along
        return (along, abs(aside)) if along > 0 else None

    found = {id_: far for id_, rect in rects.items() if (far := distance(rect))}
    return min(found, key=lambda id_: (found[id_][0] + found[id_][1] * 2, id_), default=None)
