"""The control-mode parser, on a recorded session and on what a hostile pane would print."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.tmux.formats import Status
from agentmux.tmux.protocol import (
    Exited,
    Notification,
    Output,
    Parser,
    Paused,
    Reply,
    Resized,
)

SECRET = "5ec4e7"
RECORDED = (Path(__file__).parent / "captured/session.ctl").read_bytes()
FORGED = (b"%end 1 2 1", b"%error 1 2 1", b"%output %9 x", b"%exit")


def parse(data: bytes) -> list[Notification]:
    return Parser(SECRET).feed(data)


def reply(number: int, *lines: bytes, end: bytes = b"%end") -> bytes:
    tag = b" 1795534212 %d 1" % number
    return b"\n".join([b"%begin" + tag, *lines, end + tag, b""])


def capture(number: int, *rows: bytes) -> bytes:
    """What tmux answers to a capture between marks."""
    return (
        reply(number, b"5ec4e7(%1|80|24|title")
        + reply(number + 1, *rows)
        + reply(number + 2, b"5ec4e7)")
    )


def test_a_recorded_session() -> None:
    """tmux 3.3a, by `captured/record.py`: its lines of commands, in order."""
    state = b"5ec4e7(%%1|50|8|0|%d|1|0|0|0|0|0|0|0|0|||host"
    typed = "é\\".encode()
    mark = Reply((b"5ec4e7)",))

    assert parse(RECORDED) == [
        Reply((), own=False),
        Reply(()),
        Reply(()),
        Reply((state % 4,)),
        Reply((*FORGED, b"", b"", b"", b"")),
        mark,
        Reply(()),
        Output("%1", 35),
        Reply((b"%pause %1",)),
        Status("%0", "@0", False, None, None, False, "host"),
        Status("%1", "@1", False, None, None, False, "host"),
        Reply((b"%continue %1",)),
        Reply((state % 6,)),
        Reply((*FORGED, typed, typed, b"", b"")),
        mark,
        Reply((b"5ec4e7(||||||||||||||||",)),
        Reply((b"can't find pane: %77",), ok=False),
        Reply((b"parse error: unknown command: bogus",), ok=False),
        Reply(()),
        Resized("%1"),
        Reply((b"@0", b"@1")),
        Reply((b"can't find window: @77",), ok=False),
        Reply(()),
        Exited(""),
    ]


@given(st.lists(st.integers(0, len(RECORDED)), max_size=40).map(sorted))
def test_wherever_the_stream_is_cut_it_says_the_same(cuts: list[int]) -> None:
    parser = Parser(SECRET)
    ends = [0, *cuts, len(RECORDED)]

    found = [heard for start, end in pairwise(ends) for heard in parser.feed(RECORDED[start:end])]

    assert found == parse(RECORDED)


def test_byte_by_byte() -> None:
    parser = Parser(SECRET)

    found = [heard for byte in RECORDED for heard in parser.feed(bytes([byte]))]

    assert found == parse(RECORDED)


@pytest.mark.parametrize(
    "row",
    [
        b"%end 1795534212 8 1",  # exactly the reply this row stands in
        b"%error 1795534212 8 1",
        b"%begin 1795534212 9 1",
        b"%exit",
        b"5ec4e7(%1|80|24|title",
        b"5ec4e7) ",
        b" 5ec4e7)",
    ],
)
def test_a_row_can_end_nothing(row: bytes) -> None:
    rows = (b"before", row, b"%output %1 after", b"")

    found = parse(capture(7, *rows) + b"%pause %4\n")

    assert found[1] == Reply(rows)
    assert found[3:] == [Paused("%4")]


@given(st.lists(st.binary(max_size=30).map(lambda row: row.replace(b"\n", b"")), max_size=8))
def test_any_rows_come_back_as_they_are(rows: list[bytes]) -> None:
    found = parse(capture(7, *rows) + capture(10, b"next"))

    assert [heard.lines for heard in found if isinstance(heard, Reply)] == [
        (b"5ec4e7(%1|80|24|title",),
        tuple(rows),
        (b"5ec4e7)",),
        (b"5ec4e7(%1|80|24|title",),
        (b"next",),
        (b"5ec4e7)",),
    ]


def test_a_reply_ends_with_its_own_numbers_only() -> None:
    found = parse(reply(5, b"%end 1795534212 4 1", b"%end 1795534212 5 0"))

    assert found == [Reply((b"%end 1795534212 4 1", b"%end 1795534212 5 0"))]


@pytest.mark.parametrize(
    "line",
    [b"%window-renamed @1 %exit", b"%sessions-changed", b"%from-tmux-9 %1 : x", b"", b"noise"],
)
def test_what_means_nothing_to_us_is_passed_over(line: bytes) -> None:
    assert parse(line + b"\n%pause %4\n") == [Paused("%4")]


def test_output_rings_and_is_not_read() -> None:
    found = parse(b"%output %12 \\033[1m\xff\xfe\n%extended-output %3 17 : a b\n")

    assert found == [Output("%12", 13), Output("%3", 11)]


def test_a_title_may_hold_anything() -> None:
    line = b"%subscription-changed status $0 @3 2 %4 : 1|7||1|a : b|c \xff\n"

    assert parse(line) == [Status("%4", "@3", True, 7, None, True, "a : b|c \ufffd")]


def test_why_the_server_let_us_go() -> None:
    assert parse(b"%exit server exited\n") == [Exited("server exited")]
