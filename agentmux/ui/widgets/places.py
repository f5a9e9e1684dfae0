"""A layout that puts each widget into the rectangle it was given; the arithmetic is done before."""

from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from agentmux.ui.layout import Rect


class Places(Layout):
    """Widgets that have no rectangle are not shown."""

    name = "places"

    def __init__(self) -> None:
        self.rects: dict[Widget, Rect] = {}

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """One placement for each child with a rectangle."""
        return [
            WidgetPlacement(
                Region(rect.x, rect.y, rect.width, rect.height), Offset(0, 0), Spacing(), child
            )
            for child in children
            if (rect := self.rects.get(child))
        ]
