"""What may be pasted, and what is taken out of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.tmux.paste import strip_paste

PIECES = st.sampled_from(
    [b"\x1b", b"\x1b[201~", b"\xc2\x9b", b"\x9b", b"\xc2", b"\xe2\x82\xac", b"\xc3\x9b", b"\xf0"]
)
DATA = st.lists(PIECES | st.binary(max_size=6) | st.text(max_size=4).map(str.encode)).map(b"".join)


@pytest.mark.parametrize(
    ("data", "stripped"),
    [
        (b"a\x1b[201~rm -rf\r", b"a[201~rm -rf\r"),
        ("a\x9bb\x80c\x9fd".encode(), b"abcd"),
        (b"\x9b201~", b"201~"),
        (
            "Ûberall €, 👨\u200d👩, ÿ\xa0\n\t\x00".encode(),
            "Ûberall €, 👨\u200d👩, ÿ\xa0\n\t\x00".encode(),
        ),
        (b"\xff\xfe latin \xe9\xa0", b"\xff\xfe latin \xe9\xa0"),
        (b"\xc2\x1b\x9b", b"\xc2"),
    ],
)
def test_examples(data: bytes, stripped: bytes) -> None:
    assert strip_paste(data) == stripped


@given(DATA)
def test_nothing_that_ends_a_paste_is_left(data: bytes) -> None:
    text = strip_paste(data).decode(errors="surrogateescape")

    assert not re.search("[\x1b\x80-\x9f\udc80-\udc9f]", text)
    assert strip_paste(strip_paste(data)) == strip_paste(data)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert strip_paste(text.encode()) == text.encode()
