"""The scanner: what is passed on, answered and written down."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.shim.scan import COPY_LIMIT, Row, Scanner
from tests.shim.test_cut import STREAMS, split

KITTY: Mapping[str, object] = {
    "kitty": True,
    "background": "rgb:1e1e/1e1e/2e2e",
    "foreground": "rgb:ffff/ffff/ffff",
}


def scan(
    chunks: list[bytes], terminal: Mapping[str, object] = KITTY
) -> tuple[bytes, bytes, list[Row]]:
    """What becomes of a stream, what is held at the end included."""
    scanner = Scanner(lambda: terminal)
    passed, answers, rows = b"", b"", []
    for chunk in chunks:
        scanned = scanner.feed(chunk)
        passed += scanned.passed
        answers += scanned.answers
        rows += scanned.rows
    return passed + scanner.release(), answers, rows


@given(STREAMS, st.lists(st.integers(0, 10_000), max_size=8))
def test_any_split_means_the_same(stream: bytes, cuts: list[int]) -> None:
    assert scan(split(stream, cuts)) == scan([stream])


@pytest.mark.parametrize(
    ("stream", "answer"),
    [
        (b"\x1b]7501;?\x07", b"\x1b]7501;?\x07"),
        (b"\x1b]7501;?\x1b\\", b"\x1b]7501;?\x1b\\"),
        (b"\x1b[?u", b"\x1b[?0u"),
        (b"\x1b[>5u\x1b[?u", b"\x1b[?5u"),
        (b"\x1b[>5u\x1b[=2;2u\x1b[?u", b"\x1b[?7u"),
        (b"\x1b[>5u\x1b[<u\x1b[?u", b"\x1b[?0u"),
        (b"\x1b]11;?\x07", b"\x1b]11;rgb:1e1e/1e1e/2e2e\x07"),
        (b"\x1b]10;?\x1b\\", b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
    ],
)
def test_questions_are_answered_and_taken_out(stream: bytes, answer: bytes) -> None:
    assert scan([b"a" + stream + b"z"])[:2] == (b"az", answer)


@pytest.mark.parametrize("stream", [b"\x1b[?u", b"\x1b]11;?\x07", b"\x1b]10;?\x1b\\"])
@pytest.mark.parametrize(
    "terminal",
    [{}, {"kitty": False, "background": None, "foreground": "\x1b[5n"}, {"kitty": "yes"}],
)
def test_what_is_not_known_is_left_to_tmux(stream: bytes, terminal: Mapping[str, object]) -> None:
    assert scan([stream], terminal) == (stream, b"", [])


@pytest.mark.parametrize(
    ("stream", "passed", "row"),
    [
        (b"\x1b]7501;state=idle\x07", b"", {"e": "status", "data": "state=idle"}),
        (b"\x1b]7501;msg=\xff\x1b\\", b"", {"e": "status", "data": "msg=\ufffd"}),
        (b"\x1b]52;c;aGk=\x07", b"", {"e": "copy", "data": "aGk="}),
        (
            b"\x1b]0;\xe2\x9c\xb3 task\x07",
            b"\x1b]0;\xe2\x9c\xb3 task\x07",
            {"e": "title", "text": "✳ task"},
        ),
        (b"\x1b]2;b\x1b\\", b"\x1b]2;b\x1b\\", {"e": "title", "text": "b"}),
    ],
)
def test_reports_are_written_down(stream: bytes, passed: bytes, row: Row) -> None:
    assert scan([stream]) == (passed, b"", [row])


@pytest.mark.parametrize(
    "stream",
    [
        *(b"\x1b_Gi=31,s=1,v=1,a=q;AAAA\x1b\\", b"\x1b_x\x18", b"\x1b]52;c;?\x07"),
        *(b"\x1b]7501;cancelled\x18", b"\x1b]52;c;cancel\x1a", b"\x1b]52;c;\xff\xff\x07"),
        *(b"\x1b]7501;" + b"x" * 4096 + b"\x07", b"\x1b]52;c;" + b"a" * (COPY_LIMIT + 1) + b"\x07"),
    ],
)
def test_some_is_taken_out_without_a_word(stream: bytes) -> None:
    passed, answers, rows = scan([stream])

    assert (passed.strip(b"\x18\x1a"), answers, rows) == (b"", b"", [])


@pytest.mark.parametrize(
    ("stream", "passed", "fields"),
    [
        (b"\x1b[>5u", b"", {"kitty": [5]}),
        (b"\x1b[>4;2m", b"", {"modify_other_keys": 2}),
        (b"\x1b[?1h", b"\x1b[?1h", {"cursor_keys": True}),
        (b"\x1b=", b"\x1b=", {"keypad": True}),
        (b"\x1b[?2004;1004h", b"\x1b[?2004;1004h", {"bracketed_paste": True, "focus": True}),
        (b"\x1b[?1006;1000;1016h", b"\x1b[?1006;1000;1016h", {"mouse": [1000, 1006, 1016]}),
    ],
)
def test_modes_are_written_down_when_they_change(stream: bytes, passed: bytes, fields: Row) -> None:
    got, _, rows = scan([stream + stream if fields.keys() != {"kitty"} else stream])

    assert got in (passed, passed * 2)
    assert len(rows) == 1 and rows[0]["e"] == "modes"
    assert fields.items() <= rows[0].items()


@pytest.mark.parametrize(
    "stream",
    [
        *(
            b"\x1b[>4m\x1b[>4n",
            b"\x1b[<u",
            b"\x1b[>5u\x1b[<u",
            b"\x1b[>5u\x1b[<9u",
            b"\x1b[=7u\x1bc",
        ),
        *(b"\x1b[>4;2m\x1b[>4m", b"\x1b[>4;1m\x1b[>4n", b"\x1b[?1;2004h\x1b[!p", b"\x1b=\x1b>"),
    ],
)
def test_what_is_taken_back_is_gone(stream: bytes) -> None:
    scanner = Scanner(dict)
    before = scanner.modes.as_fields()
    scanner.feed(stream)

    assert scanner.modes.as_fields() == before


@pytest.mark.parametrize(
    "stream",
    [
        *(
            b"\x1b[c",
            b"\x1b[>c",
            b"\x1b[>0q",
            b"\x1b[=c",
            b"\x1b[?2026$p",
            b"\x1b[6n",
            b"\x1b[>1;2m",
        ),
        *(
            b"\x1bP+q544e\x1b\\",
            b"\x1b]8;;http://x\x1b\\",
            b"\x1b]9;4;1;50\x07",
            b"\x1b]11;#123456\x07",
        ),
        *(
            b"\x1b]4;1;?\x07",
            b"\x1b[?1u",
            b"\x1b]1;icon\x07",
            b"\x1b[?2031h",
            bytes(range(128, 256)),
        ),
    ],
)
def test_everything_else_is_the_agents(stream: bytes) -> None:
    assert scan([stream]) == (stream, b"", [])
