"""The bottom line: the mode in words, and the keys that work now."""

from dataclasses import replace

from rich.style import Style

from agentmux.ui.keymap import Key, hints, short
from agentmux.ui.labels import age_of, mark_of, name_of, slot_of, state_of
from agentmux.ui.layout import LEAST_MAIN
from agentmux.ui.view import View, is_possible
from agentmux.ui.widgets.line import Line, Span, width_of

GAP = 2
_ARROW = {"type": "→", "scroll": "↑", "command": "·", "leader": "·"}
"""Between the mode and the session: keys go to it, it shows its past, it is only looked at."""


class HintLine(Line):
    """COMMAND or TYPE, then keys; a key is also a button for the mouse."""

    def show(self, view: View) -> None:
        """Redraw what changed."""
        left, right = _mode(view), _layout(view)
        rows = [(row, _key(view, row)) for row in _rows(view)]
        if _is_told_here(view):
            rows, left = [], [*left, *_keys_back(view), *_notice(view)]
        room = view.size[0] - width_of(left) - width_of(right) - 1
        if view.plan.framed and width_of(s for _, spans in rows[:6] for s in spans) > room:
            right, room = [], view.size[0] - width_of(left)
        kept = []
        for row, spans in sorted(rows, key=lambda pair: pair[0].id != "help"):
            if width_of(spans) > room:
                break  # a shorter one of lower rank may be one that ends something
            kept.append(row.id)
            room -= width_of(spans)
        left += [span for row, spans in rows if row.id in kept for span in spans]
        self.put(left, right, view.theme.style("text", "panel"))


def _is_told_here(view: View) -> bool:
    """A zoomed pane has no other line; in COMMAND the keys come before what stands for long."""
    alert = view.alert
    return view.plan.alert is None and alert is not None and (alert.passing or view.mode == "type")


def _keys_back(view: View) -> list[Span]:
    """The way out of TYPE, which stays whatever else there is to say."""
    return [span for row in _rows(view)[:1] for span in _key(view, row) if row.mode == "type"]


def _notice(view: View) -> list[Span]:
    alert, theme = view.alert, view.theme
    if alert is None:
        return []
    told = " ".join(filter(None, (alert.who, alert.what)))
    return [
        (f"  {alert.word}", theme.style(alert.role, "panel", bold=True)),
        (f"  {told}", theme.style("text", "panel")),
    ]


def _mode(view: View) -> list[Span]:
    text = f" {view.word} "
    session = view.session
    if session is not None and (view.mode in ("type", "scroll") or not view.plan.framed):
        text = f" {view.word} {_ARROW[view.mode]} {slot_of(session)} {name_of(session)} "
    block = view.theme.block("accent" if view.word == "COMMAND" else "text")
    spans = [(text, block)]
    if view.mode == "type":
        spans.append(("·", view.theme.style("dim", "panel")))
    return spans


def _rows(view: View) -> list[Key]:
    """The keys that work now, the most useful first; those of a dialog stand on the dialog."""
    if view.covered:
        return []
    mode = view.mode if view.mode in ("type", "leader") else "command"
    where = "scroll" if view.mode == "scroll" else "fleet"
    rows = [row for row in hints(view.keymap, where, mode) if is_possible(row, view)]
    if view.mode == "leader":
        taken = {key for row in rows for key in row.keys}
        commands = [row for row in hints(view.keymap, "fleet") if is_possible(row, view)]
        rows += [row for row in commands if not taken & set(row.keys)]
    if view.session is not None and not view.session.is_live:
        rows = [row for row in rows if row.id != "type"]  # its key resumes, as `resume` says
    if view.mode in ("command", "leader") and view.fleet.present:
        label = "go" if view.mode == "command" else "go and type"
        rows.insert(0, Key("go", ("1-9",), "", label, "", ""))
        if view.filter:
            back = (row for row in view.keymap if row.id == "back" and row.keys)
            rows[:0] = [replace(row, label="show all") for row in back]
    return rows


def _key(view: View, row: Key) -> list[Span]:
    """A key and what it does; also a button for the mouse."""
    click = Style.from_meta({"@click": f"screen.do('{row.id}')"}) if row.action else Style.null()
    key, label = view.theme.style("text", "panel", bold=True), view.theme.style("dim", "panel")
    gap = " " * GAP if row.mode != "type" else " "
    return [(gap, label), (short(row), key + click), (f" {row.label}", label + click)]


def _layout(view: View) -> list[Span]:
    """At the right: a zoomed pane has no frame to say its state; else the layout and the size.

    Where not all sessions have a tile it says how many have.
    """
    session = view.session
    if not view.plan.framed and session is not None and view.size[0] >= LEAST_MAIN:
        mark = mark_of(session, view.glyphs)
        text = f"  {mark.glyph} {state_of(mark, age_of(session, view.now))} "
        return [(text, view.theme.style(mark.role, "panel", bold=mark.wants))]
    if view.size[0] < 120:
        return []
    width, height = view.size
    shown, there = len(view.plan.tiles), len(view.sessions)
    page = f"  {shown} of {there}" if view.plan.list is None and shown < there else ""
    return [(f"{view.plan.layout}{page}  {width}x{height} ", view.theme.style("faint", "panel"))]
