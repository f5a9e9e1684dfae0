"""Standing and searching in a pane's history, and which of its rows a small view shows."""

from collections.abc import Sequence

import pytest

from agentmux.mux.frame import first_row
from agentmux.ui.scrollback import PAGE, Past, Query
from tests.ui.panes import frame_of

TOTAL = 2500
LINES = 10
ROWS = [b"\x1b[32mline %d\x1b[0m" % n for n in range(TOTAL)]
FRAME = frame_of(ROWS[-LINES:], 40, LINES, cursor=(0, LINES - 1), history=TOTAL - LINES)


async def history(first: int, count: int) -> Sequence[bytes]:
    """As tmux counts: line 0 is the first on the screen."""
    assert count <= PAGE
    start = FRAME.history + first
    return ROWS[max(start, 0) : start + count]


def number(line: int | None) -> int | None:
    """Which of ROWS a line is."""
    return None if line is None else FRAME.history + line


@pytest.mark.parametrize(
    ("query", "line", "places"),
    [
        ("ab", "xABxab", [(1, 3), (4, 6)]),
        ("AB", "xABxab", [(1, 3)]),
        ("aa", "aaaaa", [(0, 2), (2, 4)]),
        ("", "abc", []),
        ("é", "É", [(0, 1)]),
    ],
)
def test_a_query(query: str, line: str, places: list[tuple[int, int]]) -> None:
    assert Query(query).places(line) == places


async def found(text: str, start: int, step: int) -> int | None:
    past = Past()
    past.query = Query(text)
    hit = await past.find(history, FRAME, start, step)
    assert hit == (past.match is not None)
    return number(past.match)


async def test_the_nearest_match_upward_is_found_across_pages() -> None:
    assert await found("line 2499", LINES - 1, -1) == 2499
    assert await found("line 7", LINES - 1, -1) == 799
    assert await found("line 0", LINES - 1, -1) == 0
    assert await found("line 2499", -1, -1) is None


async def test_the_nearest_match_downward() -> None:
    assert await found("line 24", -FRAME.history, 1) == 24
    assert await found("line 24", -FRAME.history + 25, 1) == 240
    assert await found("line 1", LINES, 1) is None


async def test_an_empty_query_finds_nothing() -> None:
    assert await found("", LINES - 1, -1) is None


async def test_what_is_shown_stays_while_lines_scroll_off() -> None:
    past = Past()
    await past.go(history, FRAME, -20, 4)
    past.match = -18
    past.grow(5)
    assert (past.top, past.match, len(past.rows)) == (-25, -23, 4)


def test_a_live_picture_does_not_move() -> None:
    past = Past()
    past.grow(5)
    assert past.top is None


async def test_there_is_nothing_above_the_oldest_and_below_the_newest_line() -> None:
    past = Past()
    await past.go(history, FRAME, -99_999, 4)
    assert past.top == -FRAME.history
    await past.go(history, FRAME, 99_999, 4)
    assert past.top == LINES - 4


@pytest.mark.parametrize(
    ("filled", "cursor", "height", "first"),
    [
        (10, (0, 9), 10, 0),
        (10, (0, 9), 4, 6),
        (3, (0, 3), 4, 0),
        (0, (0, 0), 4, 0),
        (10, None, 4, 6),
        (5, None, 4, 1),
        (10, (0, 2), 4, 2),
        (2, (0, 8), 4, 5),
        (10, (0, 9), 20, 0),
        (10, (0, 9), 0, 9),
    ],
)
def test_a_small_view_shows_the_tail_and_the_cursor(
    filled: int, cursor: tuple[int, int] | None, height: int, first: int
) -> None:
    rows = [b"x"] * filled + [b"  "] * (10 - filled)
    assert first_row(rows, cursor, height) == first
