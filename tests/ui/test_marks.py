"""Cells set off in a row: whole characters, exact widths, and the least repainting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Offset
from textual.strip import Strip

from agentmux.ui.marks import (
    MATCH,
    Mark,
    changed_rows,
    draw,
    mark,
    match_marks,
    selected_cells,
    text_between,
)
from agentmux.ui.sgr import BLANK, decode


def strip_of(row: bytes | str, width: int = 10) -> Strip:
    return decode(row if isinstance(row, bytes) else row.encode(), BLANK, width)[0]


def reversed_text(strip: Strip) -> str:
    return "".join(s.text for s in strip if s.style and s.style.reverse)


@pytest.mark.parametrize(
    ("row", "first", "end", "marked"),
    [
        ("abcdef", 2, 4, "cd"),
        ("abcdef", 0, 1, "a"),
        ("ab", 2, 3, " "),
        ("ab", 9, 10, " "),
        ("ab", 10, 12, ""),
        ("a你好b", 1, 2, "你"),
        ("a你好b", 2, 3, "你"),
        ("a你好b", 2, 4, "你好"),
        ("👨‍👩‍👧x", 0, 1, "👨‍👩‍👧"),
        ("éx", 0, 1, "é"),
        (b"a\x1b[31mb\x1b[0mc", 0, 3, "abc"),
    ],
)
def test_marks_cover_whole_characters(row: bytes | str, first: int, end: int, marked: str) -> None:
    strip = strip_of(row)
    found = mark(strip, first, end)
    assert reversed_text(found) == marked
    assert (found.text, found.cell_length) == (strip.text, strip.cell_length)


def test_a_reversed_cell_under_the_cursor_is_turned_back() -> None:
    found = mark(strip_of(b"\x1b[7mab"), 0, 1)
    assert [(s.text, bool(s.style and s.style.reverse)) for s in found][:2] == [
        ("a", False),
        ("b", True),
    ]


def test_a_mark_keeps_the_colours() -> None:
    first = next(iter(mark(strip_of(b"\x1b[31;44mab"), 0, 2)))
    assert first.style is not None
    assert first.style.color is not None
    assert (first.style.color.name, first.style.reverse) == ("color(1)", True)


@given(st.text(max_size=20), st.integers(0, 25), st.integers(0, 25))
def test_a_mark_changes_no_text(text: str, first: int, end: int) -> None:
    strip = strip_of(text.encode("utf-8", "replace"), 20)
    found = mark(strip, first, end)
    assert found.text == strip.text
    assert sum(cell_len(s.text) for s in found) == 20


@pytest.mark.parametrize(
    ("first", "end", "text"), [(0, 3, "a你"), (2, 4, "你好"), (5, 99, "b    "), (0, 0, "")]
)
def test_text_between(first: int, end: int, text: str) -> None:
    assert text_between(strip_of("a你好b"), first, end) == text


def test_matches_are_placed_by_cells() -> None:
    strip = strip_of("你ab你ab")
    assert match_marks(strip, [(1, 3), (4, 6)], current=False) == [
        Mark(2, 4, MATCH),
        Mark(6, 8, MATCH),
    ]
    assert match_marks(strip, [(1, 3)], current=True) == [Mark(2, 4, None)]


@pytest.mark.parametrize(
    ("start", "end", "cells"),
    [
        ((1, 0), (1, 0), {}),
        ((1, 0), (3, 0), {0: Mark(1, 4)}),
        ((3, 0), (1, 0), {0: Mark(1, 4)}),
        ((5, 1), (2, 3), {1: Mark(5, 8), 2: Mark(0, 8), 3: Mark(0, 3)}),
        ((2, 3), (5, 1), {1: Mark(5, 8), 2: Mark(0, 8), 3: Mark(0, 3)}),
    ],
)
def test_a_drag_selects_as_one_reads(
    start: tuple[int, int], end: tuple[int, int], cells: dict[int, Mark]
) -> None:
    assert selected_cells((Offset(*start), Offset(*end)), 8) == cells


def test_nothing_dragged() -> None:
    assert selected_cells(None, 8) == {}


def test_a_line_that_is_the_same_is_the_same_object() -> None:
    base = strip_of("abc")
    line = draw(base, (Mark(0, 1),), "", None)
    assert draw(base, (Mark(0, 1),), "", line) is line
    assert draw(base, (Mark(1, 2),), "", line) is not line
    assert draw(base, (), " 1 up ", line).drawn.text == "abc  1 up "
    assert draw(base, (), "longer than the line", None).drawn.text == base.text


def test_neighbours_are_repainted_together() -> None:
    lines = [draw(strip_of(str(n)), (), "", None) for n in range(6)]
    changed = [draw(strip_of("x"), (), "", None) if n in (1, 2, 5) else lines[n] for n in range(6)]
    assert changed_rows(lines, changed) == [1, 2, 5]
    assert changed_rows(lines, lines) == []
