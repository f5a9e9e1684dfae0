"""One row: what it cuts, and the blank that keeps its two ends apart."""

import pytest
from rich.style import Style

from agentmux.ui.widgets.line import Span, row

PLAIN = Style.null()


@pytest.mark.parametrize(
    ("left", "right", "width", "text"),
    [
        ("name", "2s", 10, "name    2s"),
        ("a-long-name", "2s", 10, "a-long… 2s"),
        ("a-long-name", " 2s", 10, "a-long… 2s"),
        ("日本語日本語", "2s", 10, "日本語… 2s"),
        ("name", "much longer than half", 10, "name      "),
        ("a-long-name", "", 10, "a-long-na…"),
    ],
)
def test_the_ends_of_a_row_never_touch(left: str, right: str, width: int, text: str) -> None:
    ends: list[Span] = [(right, PLAIN)] if right else []
    made = row([(left, PLAIN)], ends, width, PLAIN)
    assert made.text == text
    assert made.cell_length == width
