"""What comes from outside is shown and never acts; a slug is always a usable name."""

import os
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core.text import clean, slug
from tests.support.events import TEXT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢字 🙂", "plain é 漢字 🙂"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\0c\x7f", "a\\x0db\\x00c\\x7f"),
        ("ab\u202ecod.exe", "ab\\u202ecod.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028end", "line\\u2028end"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        (os.fsdecode(b"\x80 \xff"), "\\x80 \\xff"),
        ("half \ud83d of a pair", "half \\ud83d of a pair"),
        ("", ""),
    ],
)
def test_controls_become_visible(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_on_one_line_there_is_no_newline_and_no_tab() -> None:
    assert clean("a\nb\tc\x1b", one_line=True) == "a\\nb\\tc\\x1b"


@given(TEXT | st.text(st.characters(exclude_categories=())))
def test_nothing_cleaned_can_act(text: str) -> None:
    shown = clean(text, one_line=True)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]", shown)
    shown.encode()
    assert clean(shown, one_line=True) == shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Import the CSV file", "import-the-csv-file"),
        ("Réparer l'été", "reparer-l-ete"),
        ("--force; rm -rf /", "force-rm-rf"),
        ("漢字", "task"),
        ("", "task"),
        ("#(touch x)", "touch-x"),
        ("../../etc", "etc"),
        ("a" * 60, "a" * 40),
    ],
)
def test_slug(text: str, name: str) -> None:
    assert slug(text) == name


def test_a_slug_that_is_cut_does_not_end_in_a_dash() -> None:
    assert slug("abc def", limit=4) == "abc"


@given(TEXT)
def test_a_slug_is_a_name_for_git_tmux_and_files(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", slug(text))
