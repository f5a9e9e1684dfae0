"""The input: Esc and Ctrl-C in all their spellings, and never out of a paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.shim.keys import PASTE_S, KeyWatch
from tests.shim.test_cut import split

FRAGMENTS = [
    *(b"a", b"\x03", b"\x1b[A", b"\x1bx", b"\x1b[27u", b"\x1b[99;5u", b"\x1b[27;5;99~"),
    *(b"\x1b[200~", b"\x1b[201~", b"\x1b[", b"27", b"u", b"\x1b[99;5:3u", b"\x1b[<0;1;1M"),
]
STREAMS = st.lists(st.sampled_from(FRAGMENTS), max_size=10).map(b"".join)


def presses(chunks: list[bytes]) -> list[str]:
    watch = KeyWatch()
    return [key for chunk in chunks for key in watch.feed(chunk, 0.0)]


@given(STREAMS, st.lists(st.integers(0, 10_000), max_size=8))
def test_any_split_means_the_same_but_for_a_lone_esc(stream: bytes, cuts: list[int]) -> None:
    chunks = split(stream, cuts)
    if b"\x1b" not in chunks:
        assert presses(chunks) == presses([stream])


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"\x1b", ["esc"]),
        (b"\x03", ["ctrl-c"]),
        (b"x\x03\x03", ["ctrl-c", "ctrl-c"]),
        (b"\x1b[27u", ["esc"]),
        (b"\x1b[27;1:1u", ["esc"]),
        (b"\x1b[27;129u", ["esc"]),
        (b"\x1b[99;5u", ["ctrl-c"]),
        (b"\x1b[99:67;5:2u", ["ctrl-c"]),
        (b"\x1b[99;69;3u", ["ctrl-c"]),
        (b"\x1b[27;5;99~", ["ctrl-c"]),
        (b"\x1b[27;1:3u", []),
        (b"\x1b[99u", []),
        (b"\x1b[99;6u", []),
        (b"\x1b[27;3u", []),
        (b"\x1b\x1b", []),
        (b"\x1b[A", []),
        (b"\x1b[200~\x03\x1b[27u\x1b[201~", []),
        (b"\x1b[200~\x03\x1b[201~\x03", ["ctrl-c"]),
    ],
)
def test_a_read_is_understood(data: bytes, keys: list[str]) -> None:
    assert presses([data]) == keys


def test_a_paste_may_take_many_reads() -> None:
    assert presses(
        [b"\x1b", b"[20", b"0~ab\x03", b"\x1b", b"\x03", b"\x1b[20", b"1~", b"\x03"]
    ) == [
        "esc",
        "ctrl-c",
    ]


def test_a_paste_without_end_ends_with_silence() -> None:
    watch = KeyWatch()
    watch.feed(b"\x1b[200~never closed", 10.0)

    assert watch.feed(b"\x03", 10.0 + PASTE_S) == []
    assert watch.feed(b"\x03", 10.1 + 2 * PASTE_S) == ["ctrl-c"]
