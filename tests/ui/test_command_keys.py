"""Textual's events from bytes, one key at a time, and no input that breaks its parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from agentmux.ui.command_keys import CommandKeys
from tests.ui.inputs import KEYS


def keys_of(data: bytes) -> list[str]:
    """Names of all keys in `data`."""
    parser = CommandKeys()
    found = []
    while data:
        messages, data = parser.feed(data)
        found += [message.key for message in messages if isinstance(message, events.Key)]
    return found


def test_what_stands_behind_a_key_is_not_parsed() -> None:
    messages, rest = CommandKeys().feed(b"2fix")
    assert [m.key for m in messages if isinstance(m, events.Key)] == ["2"]
    assert rest == b"fix"


def test_the_rest_is_byte_exact() -> None:
    rest = b"\xff\x1b[A\xe4\xbd"
    assert CommandKeys().feed(b"2" + rest)[1] == rest


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"a\x1b[Bc", ["a", "down", "c"]),
        (b"\x1b[113;5u", ["ctrl+q"]),
        (b"\x1b[27u", ["escape"]),
        (b"\x1b[97;1:1u", ["a"]),
        (b"\x1b[97;1:3u", []),
        (b"\x1b[57442;5:3u", []),
        (b"\x1b[1;1:3A", []),
        (b"\x1b[1;1:2A", ["up"]),
        (b"\x1b[97:65;2u", ["shift+a"]),
        ("é".encode(), ["é"]),
    ],
)
def test_keys(data: bytes, keys: list[str]) -> None:
    assert keys_of(data) == keys


def test_a_split_character_is_one_key() -> None:
    parser = CommandKeys()
    assert parser.feed("é".encode()[:1]) == ([], b"")
    messages, _ = parser.feed("é".encode()[1:])
    assert [m.key for m in messages if isinstance(m, events.Key)] == ["é"]


def test_reports() -> None:
    parser = CommandKeys()
    (move,) = parser.report(b"\x1b[<35;8;4M")
    assert isinstance(move, events.MouseMove)
    assert (move.x, move.y) == (7, 3)
    assert [type(m) for m in parser.report(b"\x1b[O")] == [events.AppBlur]


@pytest.mark.parametrize(
    "answer", [b"\x1b]11;rgb:1/2/3\x07", b"\x1b[?62c", b"\x1b[?0u", b"\x1bP>|k\x1b\\", b"\x1b[<3"]
)
def test_answers_are_never_keys(answer: bytes) -> None:
    assert CommandKeys().report(answer) == []


@given(st.lists(st.one_of(st.sampled_from(list(KEYS.values())), st.binary(max_size=9))))
def test_no_input_breaks_it(pieces: list[bytes]) -> None:
    keys_of(b"".join(pieces))


@pytest.mark.parametrize("data", [b"\x1b[1114112u", b"\x1b[99999999999;2u", b"\x1b[97;2;1114112u"])
def test_a_code_that_is_no_character_is_dropped(data: bytes) -> None:
    assert keys_of(data + b"z")[-1:] == ["z"]
