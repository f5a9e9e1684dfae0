"""Mouse events as the bytes a program asked for."""

import pytest
from textual import events

from agentmux.mux.frame import Frame
from agentmux.ui.mouse import mouse_bytes, wheel_keys
from tests.ui.panes import frame_of

SGR = {"any", "standard", "sgr"}


def frame(*asked: str, cols: int = 80, lines: int = 24) -> Frame:
    return frame_of([], cols, lines, mouse=frozenset(asked))


def event(
    kind: type[events.MouseEvent], x: int = 4, y: int = 2, button: int = 0, held: str = ""
) -> events.MouseEvent:
    keys = ("shift" in held, "meta" in held, "ctrl" in held)
    return kind(None, x, y, 0, 0, button, *keys)


DOWN, UP, MOVE = events.MouseDown, events.MouseUp, events.MouseMove


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (event(DOWN, button=1), b"\x1b[<0;5;3M"),
        (event(UP, button=1), b"\x1b[<0;5;3m"),
        (event(DOWN, button=2), b"\x1b[<1;5;3M"),
        (event(DOWN, button=3), b"\x1b[<2;5;3M"),
        (event(DOWN, button=1, held="ctrl"), b"\x1b[<16;5;3M"),
        (event(DOWN, button=1, held="meta shift"), b"\x1b[<12;5;3M"),
        (event(events.MouseScrollUp), b"\x1b[<64;5;3M"),
        (event(events.MouseScrollDown), b"\x1b[<65;5;3M"),
        (event(events.MouseScrollRight), b"\x1b[<67;5;3M"),
        (event(DOWN, x=-3, y=-1, button=1), b"\x1b[<0;1;1M"),
        (event(UP, x=500, y=500, button=1), b"\x1b[<0;80;24m"),
        (event(MOVE), None),
        (event(MOVE, button=1), None),
        (event(UP), None),
    ],
)
def test_sgr(made: events.MouseEvent, expected: bytes | None) -> None:
    assert mouse_bytes(made, frame(*SGR)) == expected


@pytest.mark.parametrize(
    ("asked", "button", "expected"),
    [
        ("button", 0, None),
        ("button", 1, b"\x1b[<32;5;3M"),
        ("all", 0, b"\x1b[<35;5;3M"),
        ("all", 3, b"\x1b[<34;5;3M"),
    ],
)
def test_motion_only_as_far_as_asked(asked: str, button: int, expected: bytes | None) -> None:
    assert mouse_bytes(event(MOVE, button=button), frame("any", asked, "sgr")) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (event(DOWN, button=1), b"\x1b[M %#"),
        (event(UP, button=1), b"\x1b[M#%#"),
        (event(UP, button=3, held="ctrl"), b"\x1b[M3%#"),
        (event(events.MouseScrollUp), b"\x1b[M`%#"),
        (event(DOWN, x=222, button=1), b"\x1b[M \xff#"),
        (event(DOWN, x=223, button=1), None),
        (event(DOWN, y=223, button=1), None),
    ],
)
def test_the_oldest_encoding(made: events.MouseEvent, expected: bytes | None) -> None:
    assert mouse_bytes(made, frame("any", "standard", cols=300, lines=300)) == expected


def test_a_cropped_view_names_the_panes_rows() -> None:
    assert mouse_bytes(event(DOWN, button=1), frame(*SGR), first_row=10) == b"\x1b[<0;5;13M"


def test_a_program_that_did_not_ask_gets_nothing() -> None:
    assert mouse_bytes(event(DOWN, button=1), frame()) is None


def test_the_wheel_as_arrow_keys() -> None:
    assert wheel_keys(event(events.MouseScrollUp), cursor_keys=False) == b"\x1b[A" * 3
    assert wheel_keys(event(events.MouseScrollDown), cursor_keys=True) == b"\x1bOB" * 3
    assert wheel_keys(event(events.MouseScrollLeft), cursor_keys=False) is None
