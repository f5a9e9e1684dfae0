"""The cutter: pieces join to the stream, for any split, and only what must be is held."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.shim.cut import STRING_LIMIT, Cutter, Piece

FRAGMENTS = [
    *(
        b"text",
        b"\xff\xfe",
        "é漢👨‍👩‍👧".encode(),
        b"\r\n",
        b"\x1b",
        b"\x1b[",
        b"\x1b[?",
        b"\x1b]",
        b"\\",
    ),
    *(b"\x1b[31m", b"\x1b[0;38;5;3m", b"\x1b[H", b"\x1b[?25h", b"\x1b[?2026l", b"\x1b[?1049h"),
    *(b"\x1b[?u", b"\x1b[>5u", b"\x1b[<u", b"\x1b[=1;2u", b"\x1b[>4;2m", b"\x1b[>4n", b"\x1b[>c"),
    *(b"\x1bc", b"\x1b[!p", b"\x1b=", b"\x1b>", b"\x1b(0", b"\x1b7", b"\x1b[?1;2004;1000h"),
    *(
        b"\x1b]7501;?\x07",
        b"\x1b]7501;state=idle\x1b\\",
        b"\x1b]7501;",
        b"\x1b]75",
        b"\x1b]8;;x\x07",
    ),
    *(
        b"\x1b]0;title\x07",
        b"\x1b]2;t\x1b\\",
        b"\x1b]11;?\x07",
        b"\x1b]10;?\x1b\\",
        b"\x1b]52;c;YQ==\x07",
    ),
    *(
        b"\x1b_Gi=31;AAAA\x1b\\",
        b"\x1b_",
        b"\x1bP+q544e\x1b\\",
        b"\x07",
        b"\x18",
        b"\x1a",
        b";",
        b"1",
        b"h",
    ),
]
STREAMS = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=4), max_size=12).map(b"".join)


def pieces_of(chunks: list[bytes]) -> list[Piece]:
    """The pieces of a stream, neighbouring text joined, what is held at the end as `held`."""
    cutter = Cutter()
    found: list[Piece] = []
    for chunk in chunks:
        for kind, data in cutter.feed(chunk):
            if kind == "text" and found and found[-1][0] == "text":
                found[-1] = ("text", found[-1][1] + data)
            else:
                found.append((kind, data))
    return [*found, ("held", cutter.release())]


def split(stream: bytes, cuts: list[int]) -> list[bytes]:
    """The stream cut at these places."""
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [stream[a:b] for a, b in itertools.pairwise(places)]


@given(STREAMS, st.lists(st.integers(0, 10_000), max_size=8))
def test_any_split_gives_the_same_pieces(stream: bytes, cuts: list[int]) -> None:
    whole = pieces_of([stream] if stream else [])

    assert pieces_of(split(stream, cuts)) == whole
    assert pieces_of([bytes([byte]) for byte in stream]) == whole
    assert b"".join(data for _, data in whole) == stream


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (b"\x1b[?u", "query"),
        (b"\x1b[?1;1000h", "private"),
        (b"\x1b[>31u", "keyboard"),
        (b"\x1b[<u", "keyboard"),
        (b"\x1b[>4;1m", "keyboard"),
        (b"\x1b=", "keypad"),
        (b"\x1bc", "reset"),
        (b"\x1b[!p", "reset"),
        (b"\x1b]7501;?\x07", "osc"),
        (b"\x1b]2;a title\x1b\\", "osc"),
        (b"\x1b_Gi=31;AAAA\x1b\\", "apc"),
    ],
)
def test_a_sequence_is_one_piece_and_its_beginnings_are_held(stream: bytes, kind: str) -> None:
    cutter = Cutter()

    assert cutter.feed(b"a" + stream + b"z") == [("text", b"a"), (kind, stream), ("text", b"z")]
    for cut in range(1, len(stream)):
        assert cutter.feed(b"a" + stream[:cut]) == [("text", b"a")]
        assert cutter.hold_s
        assert cutter.release() == stream[:cut]
        assert cutter.hold_s is None


@pytest.mark.parametrize(
    "stream",
    [
        *(
            b"plain",
            b"\xc3",
            b"\x1b[31",
            b"\x1b[1;2",
            b"\x1b[?25h",
            b"\x1b[c",
            b"\x1b(",
            b"\x1bP+q5",
        ),
        *(b"\x1b]8;;http://x", b"\x1b]12;?", b"\x1b[?1;2c", b"\x1b[>0q", b"\x1b[?" + b"1" * 65),
    ],
)
def test_anything_else_is_never_held(stream: bytes) -> None:
    cutter = Cutter()

    assert cutter.feed(stream) == [("text", stream)]
    assert cutter.hold_s is None


def test_a_string_may_take_longer_than_a_key() -> None:
    cutter = Cutter()
    cutter.feed(b"\x1b]52;c;")
    of_string = cutter.hold_s
    cutter.release()
    cutter.feed(b"\x1b[?1")

    assert of_string is not None and cutter.hold_s is not None
    assert of_string > cutter.hold_s


@pytest.mark.parametrize("size", [1, 4095, STRING_LIMIT * 2])
def test_a_string_without_end_is_let_through(size: int) -> None:
    stream = b"\x1b_" + b"x" * (STRING_LIMIT - 1) + b"\x1b\\after"
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]

    assert pieces_of(chunks) == [("text", stream), ("held", b"")]
    assert pieces_of([stream.replace(b"x", b"", 1)])[0][0] == "apc"


def test_a_string_that_comes_in_single_bytes_costs_little() -> None:
    """A byte late in a long string costs what one early in it costs."""

    def seconds_for(held: int) -> float:
        cutter = Cutter()
        cutter.feed(b"\x1b]52;c;" + b"x" * held)
        start = time.process_time()
        for _ in range(5000):
            assert cutter.feed(b"x") == []
        return time.process_time() - start

    early = min(seconds_for(10) for _ in range(3))
    late = min(seconds_for(STRING_LIMIT - 6000) for _ in range(3))

    assert late < 2 * early + 0.002
