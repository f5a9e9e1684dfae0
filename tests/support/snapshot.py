"""A screen as plain text and style runs: the same on every Python, and readable in a diff."""

from itertools import groupby
from string import ascii_letters
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App


def rows_of(app: App[Any]) -> list[list[Segment]]:
    """What the terminal shows now, screens below a dialog included."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    strips = getattr(update, "strips")  # noqa: B009 - a private class of Textual's
    return [[segment for strip in row for segment in strip] for row in strips]


def text_of(app: App[Any]) -> str:
    """The text alone, line by line."""
    return "\n".join("".join(s.text for s in row).rstrip() for row in rows_of(app))


def picture_of(app: App[Any]) -> str:
    """Text, then for each row its runs (`a12 b3`), then what each letter means."""
    rows = rows_of(app)
    letters: dict[str, str] = {}
    runs = [" ".join(_runs(row, letters)) for row in rows]
    width = max(sum(cell_len(s.text) for s in row) for row in rows)
    return "\n".join(
        [
            f"{width}x{len(rows)}",
            *("".join(s.text for s in row).rstrip() for row in rows),
            "--",
            *runs,
            "--",
            *(f"{letter} {style}" for style, letter in letters.items()),
            "",
        ]
    )


def _runs(row: list[Segment], letters: dict[str, str]) -> list[str]:
    cells = [(_look(s.style), cell_len(s.text)) for s in row if s.text]
    runs = []
    for look, group in groupby(cells, key=lambda cell: cell[0]):
        letter = letters.setdefault(look, ascii_letters[len(letters)])
        runs.append(f"{letter}{sum(width for _, width in group)}")
    return runs


def _look(style: Style | None) -> str:
    """Colours and attributes, without what a mouse needs."""
    if style is None:
        return "plain"
    parts = [
        name
        for name in ("bold", "dim", "italic", "underline", "reverse", "strike")
        if getattr(style, name)
    ]
    color = style.color.name if style.color else "default"
    ground = style.bgcolor.name if style.bgcolor else "default"
    return " ".join([*parts, color, "on", ground])
