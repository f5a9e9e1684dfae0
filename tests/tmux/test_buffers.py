"""Escaped text is read back byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.tmux.buffers import unescape


def escaped(text: bytes) -> bytes:
    """As tmux 3.3a shows a buffer: control characters in octal, backslashes twice."""
    shown = bytearray()
    for byte in text:
        if byte == 0x5C:
            shown += b"\\\\"
        elif byte < 0x20 and byte != 0x0A:
            shown += b"\\%03o" % byte
        else:
            shown.append(byte)
    return bytes(shown)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (rb"\033[31mred\033[39m", b"\x1b[31mred\x1b[39m"),
        (rb"\016lqk\017", b"\x0elqk\x0f"),
        (rb"C:\\033", rb"C:\033"),
        (rb"\\\033[0m", b"\\\x1b[0m"),
        (rb"\\\\\\", rb"\\" + b"\\"),
        (b"plain", b"plain"),
        (b"", b""),
    ],
)
def test_what_is_shown_was_this(shown: bytes, text: bytes) -> None:
    assert escaped(text) == shown
    assert unescape([shown]) == [text]


@given(st.lists(st.text(alphabet="\\013\x1b\x0e7a \n漢").map(str.encode), max_size=4))
def test_any_rows_come_back(rows: list[bytes]) -> None:
    rows = b"\n".join(rows).split(b"\n")
    assert unescape([escaped(row) for row in rows]) == rows
