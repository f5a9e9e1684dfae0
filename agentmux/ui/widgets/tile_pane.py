"""The pane inside a tile: a `PaneView` on the theme's own ground.

Colours that an agent chose stay as they are; only where it left the terminal's default does the
theme's text and background show, so that panes and frames are one picture.
"""

from collections.abc import Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import ANSIToTruecolor, LineFilter

from agentmux.ui.theme import Theme
from agentmux.ui.widgets.pane_view import PaneView


class Ground(LineFilter):
    """Gives default colours the theme's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._base = theme.style("text")

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with a colour everywhere."""
        base = self._base
        return [Segment(text, grounded(style, base), control) for text, style, control in segments]


@lru_cache(4096)
def grounded(style: Style | None, base: Style) -> Style:
    """`style`, with the colours of `base` where it has the terminal's default."""
    if style is None:
        return base
    color, ground = style.color, style.bgcolor
    return style + Style(
        color=base.color if color is None or color.is_default else color,
        bgcolor=base.bgcolor if ground is None or ground.is_default else ground,
    )


class TilePane(PaneView):
    """A pane in a tile."""

    def __init__(self) -> None:
        super().__init__()
        self._grounds: list[LineFilter] = []
        self._look = ("", False)

    def use_theme(self, theme: Theme, *, covered: bool = False) -> None:
        """Draw default colours with this theme's; `covered` when a dialog dims the pane.

        Textual dims a palette colour to nothing, so under a dialog it gets its value first.
        """
        look = (theme.name, covered)
        if look != self._look:
            self._look = look
            values = [ANSIToTruecolor(self.app.ansi_theme)] if covered else []
            self._grounds = [Ground(theme), *values]
            self.refresh()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*self._grounds, *super().get_line_filters()]

    def visible_text(self) -> str:
        """What it shows, as lines without the blanks at their ends."""
        lines = self.render_lines(self.size.region)
        return "\n".join(strip.text.rstrip() for strip in lines).rstrip("\n")
