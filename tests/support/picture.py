"""Pictures of the screen for the documentation, as SVG that every viewer draws alike."""

import re
from typing import Any

from textual.app import App

CELL = 12.2
"""Width of one cell in Rich's SVG."""
_SPACED = re.compile(r'(<text[^>]* x=")([\d.]+)("[^>]* textLength=")([\d.]+)("[^>]*>)((?:&#160;)+)')
_TRAILING = re.compile(r'( textLength=")([\d.]+)("[^>]*>[^<]*?)((?:&#160;)+)(</text>)')


def export_svg(app: App[Any], title: str) -> str:
    """The screen of `app`.

    Spaces at the ends of a run are turned into position and length: librsvg, which many viewers
    use, drops them there and stretches what is left.
    """
    svg = app.export_screenshot(title=title)
    svg = re.sub(r"<text[^>]*>(?:&#160;)+</text>", "", svg)
    return _TRAILING.sub(_shorten, _SPACED.sub(_move, svg))


def _move(found: re.Match[str]) -> str:
    start, x, between, length, rest, spaces = found.groups()
    by = CELL * (len(spaces) // len("&#160;"))
    return f"{start}{float(x) + by:g}{between}{float(length) - by:g}{rest}"


def _shorten(found: re.Match[str]) -> str:
    start, length, rest, spaces, end = found.groups()
    by = CELL * (len(spaces) // len("&#160;"))
    return f"{start}{float(length) - by:g}{rest}{end}"
