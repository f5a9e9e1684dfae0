"""Addresses in a row of a pane."""

import pytest

from agentmux.ui.links import link_in, url_at, urls
from agentmux.ui.sgr import BLANK, decode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.org/a?b=c#d now", ["https://example.org/a?b=c#d"]),
        ("(https://example.org/a).", ["https://example.org/a"]),
        ("https://en.example.org/wiki/A_(b), and", ["https://en.example.org/wiki/A_(b)"]),
        ("[x](http://localhost:3000/)", ["http://localhost:3000/"]),
        ("'http://a.example' \"http://b.example\"", ["http://a.example", "http://b.example"]),
        ("file:///tmp/x y", ["file:///tmp/x"]),
        ("http:// nothing, example.org, javascript:alert(1)", []),
        ("xhttp://a.example", []),
        ("https://a.example...", ["https://a.example"]),
    ],
)
def test_addresses(text: str, expected: list[str]) -> None:
    assert [url for _, _, url in urls(text)] == expected


def test_the_address_under_a_character() -> None:
    text = "go http://a.example, b"
    assert url_at(text, 3) == url_at(text, 18) == "http://a.example"
    assert url_at(text, 2) is url_at(text, 19) is None


def test_the_link_of_a_cell() -> None:
    row = "你 http://a.example \x1b]8;;https://b.example/\x07here\x1b]8;;\x07".encode()
    strip, _ = decode(row, BLANK, 40)
    assert link_in(strip, 3) == "http://a.example"
    assert link_in(strip, 2) is None
    assert link_in(strip, 21) == "https://b.example/"
    assert link_in(strip, 39) is link_in(strip, 99) is None
