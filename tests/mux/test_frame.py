"""Pictures made from captures."""

from dataclasses import replace
from typing import Any

from agentmux.mux.frame import RESET, Frame, next_frame
from agentmux.tmux.client import Capture
from agentmux.tmux.formats import Screen

SCREEN = Screen(
    pane="%4",
    cols=20,
    lines=3,
    cursor=(1, 0),
    alternate=False,
    mouse=frozenset(),
    history=0,
    dead=False,
    code=None,
    signal=None,
    title="title",
)


def taken(*rows: bytes, **screen: Any) -> Capture:
    """A capture whose rows are objects of their own."""
    return Capture(replace(SCREEN, **screen), tuple(bytes(bytearray(row)) for row in rows))


def framed(capture: Capture, before: Frame | None = None) -> Frame:
    frame = next_frame(capture, before)
    assert frame is not None
    return frame


def test_blank_rows_are_put_back_and_too_many_cut() -> None:
    assert framed(taken(b"one")).rows == (b"one", b"", b"")
    assert framed(taken(b"1", b"2", b"3", b"4")).rows == (b"1", b"2", b"3")


def test_rows_that_stayed_are_the_same_objects() -> None:
    before = framed(taken(b"one row", b"two", b"three"))

    after = framed(taken(b"one row", b"2", b"three"), before)

    assert after.rows == (b"one row", b"2", b"three")
    assert after.rows[0] is before.rows[0]
    assert after.rows[2] is before.rows[2]
    assert (before.seq, after.seq) == (1, 2)


def test_a_picture_that_is_the_same_is_none() -> None:
    before = framed(taken(b"one"))

    assert next_frame(taken(b"one"), before) is None
    assert framed(taken(b"one", cursor=(2, 0)), before).cursor == (2, 0)
    assert framed(taken(b"one", title="new"), before).title == "new"


def test_sizes_may_change() -> None:
    small = framed(taken(b"one", b"two", b"three"))

    large = framed(taken(b"one", b"two", b"three", b"four", b"five", lines=5), small)

    assert large.rows == (b"one", b"two", b"three", b"four", b"five")
    assert framed(taken(b"one", lines=1), large).rows == (b"one",)


def test_nothing_is_no_first_picture() -> None:
    assert next_frame(taken(), None) is None
    assert next_frame(taken(b"  "), None) is None
    assert framed(taken(dead=True)).dead
    assert framed(taken(history=4)).history == 4
    assert framed(taken(), framed(taken(b"one"))).rows == (b"", b"", b"")


def test_what_was_not_captured_is_as_it_was_before() -> None:
    before = framed(taken(b"one", b"two", b"three", cursor=(0, 2)))

    after = next_frame(taken(b"2", b"3", cursor=(0, 2)), before, first=1)
    assert after is not None
    assert after.rows == (b"one", RESET + b"2", b"3")
    assert (after.top(2), after.is_true_in(2), after.is_true_in(3)) == (1, True, False)
    assert next_frame(taken(b"2", b"3", cursor=(0, 2)), after, first=1) is None

    higher = next_frame(taken(b"2", b"3", cursor=(0, 0)), before, first=1)
    assert higher is not None
    assert not higher.is_true_in(2)
