"""The tour's line: what to press next, which steps are ticked, and how to be rid of it."""

from rich.cells import cell_len

from agentmux.ui.keymap import short
from agentmux.ui.labels import cut
from agentmux.ui.tour import Tour, instruction
from agentmux.ui.view import View
from agentmux.ui.widgets.line import Line, Span, width_of

TICKED, OPEN = "■", "□"
FAREWELL = "that is all; {leave} leaves and takes the demo down"


class TourBar(Line):
    """One line above the hints, while there is a tour."""

    def show(self, view: View) -> None:
        """Redraw what changed."""
        if view.tour is None:
            return
        theme, width = view.theme, view.size[0]
        block: Span = (f" tour {_place(view.tour)} ", theme.block("done"))
        words = f"  {_words(view, view.tour)}"
        room = width - width_of([block]) - cell_len(words)
        choices = (_ticks(view, view.tour, named=True), _ticks(view, view.tour, named=False))
        right = next((spans for spans in choices if width_of(spans) <= room), [])
        text = cut(words, width - width_of([block, *right]))
        ground = theme.style("text", "select")
        self.put([block, (text, theme.style("text", "select", bold=True))], right, ground)


def _place(tour: Tour) -> str:
    """`2/6`: which step stands here; nothing once all are ticked."""
    step = tour.current
    return f"{tour.steps.index(step) + 1}/{len(tour.steps)}" if step else "done"


def _words(view: View, tour: Tour) -> str:
    if tour.current is not None:
        return instruction(tour.current, view)
    keys = {row.id: row.keys[0] for row in view.keymap if row.keys}
    return FAREWELL.format(leave=keys.get("leave", "the palette"))


def _ticks(view: View, tour: Tour, *, named: bool) -> list[Span]:
    """A box for each step, with its word where there is room, and the key that ends the tour."""
    theme = view.theme
    spans: list[Span] = []
    for step in tour.steps:
        done = step.id in tour.done
        text = f"{TICKED if done else OPEN} {step.id}  " if named else TICKED if done else OPEN
        spans.append((text, theme.style("done" if done else "dim", "select")))
    key = next((short(row) for row in view.keymap if row.id == "back" and row.keys), None)
    ends = f"  {key} ends it " if key and view.mode != "type" else " "
    return [*spans, (ends, theme.style("dim", "select"))]
