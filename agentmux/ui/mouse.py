"""A mouse event over a pane as the bytes its program asked for.

A program gets what it asked for and no more: motion only with mode 1003, or 1002 and a button
down; positions in cells of the pane, from 1, and never outside of it.
"""

from textual import events

from agentmux.mux.frame import Frame

_X10_LIMIT = 223
"""The oldest encoding has one byte for a coordinate, and 32 is added to it."""

_WHEEL: dict[type[events.MouseEvent], int] = {
    events.MouseScrollUp: 64,
    events.MouseScrollDown: 65,
    events.MouseScrollLeft: 66,
    events.MouseScrollRight: 67,
}


def mouse_bytes(event: events.MouseEvent, frame: Frame, first_row: int = 0) -> bytes | None:
    """What to type into the pane for `event`; None when its program did not ask for that.

    `first_row` is the row of the pane that the view's first line shows.
    """
    if "any" not in frame.mouse or (code := _code(event, frame.mouse)) is None:
        return None
    column = min(max(event.x, 0), frame.cols - 1) + 1
    row = min(max(event.y + first_row, 0), frame.lines - 1) + 1
    code |= (4 if event.shift else 0) | (8 if event.meta else 0) | (16 if event.ctrl else 0)
    released = isinstance(event, events.MouseUp)
    if "sgr" in frame.mouse:
        return b"\x1b[<%d;%d;%d%c" % (code, column, row, b"m" if released else b"M")
    if column > _X10_LIMIT or row > _X10_LIMIT:
        return None
    code = code & ~3 | 3 if released else code
    return b"\x1b[M" + bytes((32 + code, 32 + column, 32 + row))


def _code(event: events.MouseEvent, asked: frozenset[str]) -> int | None:
    """The button's number, plus 32 for motion; the wheel counts as buttons from 64 on."""
    if (wheel := _WHEEL.get(type(event))) is not None:
        return wheel
    if isinstance(event, events.MouseMove):
        if "all" in asked or ("button" in asked and event.button):
            return 32 + (event.button - 1 if event.button else 3)
        return None
    if isinstance(event, events.MouseDown | events.MouseUp) and event.button:
        return event.button - 1
    return None


def wheel_keys(event: events.MouseEvent, cursor_keys: bool) -> bytes | None:
    """Three arrow keys for a turn of the wheel on an alternate screen, as terminals send them."""
    arrow = {events.MouseScrollUp: b"A", events.MouseScrollDown: b"B"}.get(type(event))
    return None if arrow is None else ((b"\x1bO" if cursor_keys else b"\x1b[") + arrow) * 3
