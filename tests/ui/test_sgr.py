"""Captured rows as cells: what tmux printed for real, and what no row may ever contain."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from agentmux.ui.sgr import BLANK, Pen, RowCache, apply_sgr, decode, plain_text
from tests.ui.panes import real_pane

ATTRIBUTES = [
    "bold",
    "dim",
    "italic",
    "underline",
    "blink",
    "reverse",
    "conceal",
    "strike",
    "overline",
]


def look(style: Style | None) -> str:
    """A style in words: colour, `on` background, attributes, link."""
    if style is None:
        return ""
    words = [style.color.name] if style.color else []
    words += [f"on {style.bgcolor.name}"] if style.bgcolor else []
    words += [name for name in ATTRIBUTES if getattr(style, name)]
    words += [f"link {style.link}"] if style.link else []
    return " ".join(words)


def runs(strip: Strip) -> list[tuple[str, str]]:
    """The strip's text by style, without the blanks at its end."""
    found: list[tuple[str, str]] = []
    for segment in strip:
        style = look(segment.style)
        if found and found[-1][1] == style:
            found[-1] = (found[-1][0] + segment.text, style)
        else:
            found.append((segment.text, style))
    if found and not found[-1][1]:
        found[-1] = (found[-1][0].rstrip(), "")
    return [run for run in found if run[0]]


def drawn(rows: list[bytes], width: int = 40) -> list[list[tuple[str, str]]]:
    """All rows, the pen running on."""
    pen, found = BLANK, []
    for row in rows:
        strip, pen = decode(row, pen, width)
        found.append(runs(strip))
    return found


# Printed into a real pane → the runs of its rows.
PRINTED = {
    "colours": (
        b"\x1b[31mred\x1b[94mbright\x1b[38;5;200mpal\x1b[38;2;1;2;3mrgb\x1b[48;5;17mbg\x1b[0mend",
        [
            [
                ("red", "color(1)"),
                ("bright", "color(12)"),
                ("pal", "color(200)"),
                ("rgb", "#010203"),
                ("bg", "#010203 on color(17)"),
                ("end", ""),
            ]
        ],
    ),
    "attributes": (
        b"\x1b[1mb\x1b[0;2md\x1b[0;3mi\x1b[0;4mu\x1b[0;5mk\x1b[0;7mr\x1b[0;8mc\x1b[0;9ms\x1b[0mx",
        [
            [
                *[(word[0], word) for word in ATTRIBUTES[:4]],
                ("k", "blink"),
                *[(word[0], word) for word in ATTRIBUTES[5:8]],
                ("x", ""),
            ]
        ],
    ),
    "overline is not blink": (
        b"\x1b[53mo\x1b[5mb\x1b[0mx",
        [[("o", "overline"), ("b", "blink overline"), ("x", "")]],
    ),
    "kinds and colour of underlines": (
        b"\x1b[4:2mdouble\x1b[4:3mcurly\x1b[58;2;255;0;0mred\x1b[4:0mnone\x1b[31mfg",
        [[("doublecurlyred", "underline"), ("none", ""), ("fg", "color(1)")]],
    ),
    "wide and joined": (
        "你好 ﾊﾝ 👨‍👩‍👧 é|".encode(),
        [[("你好 ﾊﾝ 👨‍👩‍👧 é|", "")]],
    ),
    "line drawing": (
        b"\x1b(0lqk\r\nx \x1b(Bx\x1b(0x\r\nmqj\x1b(B end",
        [[("┌─┐", "")], [("│ x│", "")], [("└─┘ end", "")]],
    ),
    "tabs": (b"a\tb\tc", [[("a       b       c", "")]]),
    "colour over a line end": (
        b"\x1b[41mtwo\r\nlines\x1b[0m\r\nplain",
        [[("two", "on color(1)")], [("lines", "on color(1)")], [("plain", "")]],
    ),
    "blanks with a background": (
        b"\x1b[44mbox   \x1b[0m|",
        [[("box   ", "on color(4)"), ("|", "")]],
    ),
}  # fmt: skip


@pytest.mark.tmux
@pytest.mark.parametrize("name", PRINTED)
def test_what_a_program_printed(name: str) -> None:
    printed, expected = PRINTED[name]
    with real_pane(printed) as pane:
        assert [row for row in drawn(pane.rows()) if row] == expected


# Rows as captured by versions that are not here, or sent by nobody who means well.
CAPTURED: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "overline as tmux 3.3a writes it": (b"\x1b[0;5:3m\x1b[39m\x1b[49mo", [("o", "overline")]),
    "a link, from 3.4": (
        b"\x1b]8;id=1;https://example.org/a?b=c\x1b\\here\x1b]8;;\x1b\\ there",
        [("here", "link https://example.org/a?b=c"), (" there", "")],
    ),
    "a link that runs": (b"\x1b]8;;javascript:x\x07y", [("y", "")]),
    "a real tab, from 3.6": (
        b"\x1b[31mab\tc\x1b[0m\td",
        [("ab      c", "color(1)"), ("       d", "")],
    ),
    "a tab behind a wide character": ("你\tx".encode(), [("你      x", "")]),
    "clipboard": (b"a\x1b]52;c;ZXZpbA==\x07b", [("ab", "")]),
    "title without end": (b"a\x1b]0;title", [("a", "")]),
    "device control": (b"a\x1bPq#0\x1b\\b", [("ab", "")]),
    "cursor and erase": (b"a\x1b[2J\x1b[1;1Hb\x1b[?25lc\x1b[6n", [("abc", "")]),
    "half a sequence": (b"a\x1b[", [("a", "")]),
    "escape": (b"a\x1bcb\x1b", [("ab", "")]),
    "C0": (b"a\x00\x07\x08\r\x0b\x7fb", [("ab", "")]),
    "C1": ("a\x9b31mb\x85c".encode(), [("a31mbc", "")]),
    "bidi": ("a\u202egpj.exe\u202c\u2066b".encode(), [("agpj.exeb", "")]),
    "invalid UTF-8": (b"\xffok\xc3", [("�ok�", "")]),
    "colour by colons": (
        b"\x1b[38:2::1:2:3ma\x1b[38:5:9mb",
        [("a", "#010203"), ("b", "color(9)")],
    ),
    "colour out of range": (b"\x1b[38;2;300;0;0ma\x1b[38;5;256mb", [("ab", "")]),
    "colour cut short": (b"\x1b[31;38;2;1ma\x1b[48;5mb", [("ab", "color(1)")]),
    "unknown parameters": (b"\x1b[31;77;1000ma", [("a", "color(1)")]),
    "underline colour is not a colour": (
        b"\x1b[58;5;1;32ma\x1b[58:2::1:2:3mb",
        [("ab", "color(2)")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CAPTURED)
def test_a_captured_row(name: str) -> None:
    row, expected = CAPTURED[name]
    assert drawn([row]) == [expected]


def test_the_palette_stays_the_terminals() -> None:
    (segment,) = decode(b"\x1b[31;104mx", BLANK, 1)[0]
    assert segment.style is not None
    assert segment.style.render("x") == "\x1b[31;104mx\x1b[0m"


def test_a_reset_leaves_line_drawing_and_link_alone() -> None:
    strip, pen = decode(b"\x0e\x1b]8;;http://x/\x07\x1b[1;31mq\x1b[0mq", BLANK, 2)
    assert runs(strip) == [("─", "color(1) bold link http://x/"), ("─", "link http://x/")]
    assert runs(decode(b"q\x0fq", pen, 2)[0]) == [("─q", "link http://x/")]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abc", 5, "abc  "),
        ("abc", 2, "ab"),
        ("你好", 3, "你 "),
        ("你好", 1, " "),
        ("a👨‍👩‍👧b", 3, "a👨‍👩‍👧"),
        ("a👨‍👩‍👧b", 2, "a "),
        ("éx", 1, "é"),
        ("", 3, "   "),
        ("abc", 0, ""),
    ],
)
def test_a_row_is_cut_and_filled_by_cells(text: str, width: int, expected: str) -> None:
    strip, _ = decode(text.encode(), BLANK, width)
    assert strip.text == expected


def test_what_is_filled_in_has_no_background() -> None:
    strip, pen = decode(b"\x1b[41mab", BLANK, 4)
    assert [(s.text, look(s.style)) for s in strip] == [("ab", "on color(1)"), ("  ", "")]
    assert apply_sgr(pen, "") == BLANK


ROWS = st.lists(
    st.one_of(
        st.sampled_from([row for row, _ in CAPTURED.values()]),
        st.sampled_from([printed for printed, _ in PRINTED.values()]),
        st.text(max_size=10).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.binary(max_size=10),
        st.builds(lambda numbers: b"\x1b[" + b";".join(b"%d" % n for n in numbers) + b"m",
                  st.lists(st.integers(0, 110), max_size=6)),
    ),
    max_size=8,
).map(b"".join)  # fmt: skip


@given(ROWS, st.integers(0, 60), st.integers(0, 1023))
def test_every_row_is_exactly_as_wide_as_asked_and_holds_no_control(
    row: bytes, width: int, attributes: int
) -> None:
    strip, pen = decode(row, Pen(attributes=attributes), width)
    assert sum(cell_len(segment.text) for segment in strip) == strip.cell_length == width
    assert not [c for c in strip.text if unicodedata.category(c) in ("Cc", "Cs")]
    assert not set(strip.text) & set("\u200e\u200f\u202a\u202e\u2066\u2069")
    assert all(not segment.control for segment in strip)
    assert decode(row, Pen(attributes=attributes), width)[1] == pen


@given(st.text(max_size=40), st.integers(1, 40))
def test_rich_draws_a_row_in_its_width(text: str, width: int) -> None:
    strip, _ = decode(text.encode("utf-8", "replace"), BLANK, width)
    assert cell_len(strip.text) <= width + text.count("\u200d") + text.count("\ufe0f")


def test_the_cache_gives_the_same_strip_until_it_is_full() -> None:
    cache = RowCache(limit=1000)
    first, _ = cache.decode(b"x" * 100, BLANK, 100)
    assert cache.decode(b"x" * 100, BLANK, 100)[0] is first
    assert cache.decode(b"x" * 100, Pen(color=1), 100)[0] is not first
    assert cache.decode(b"x" * 100, BLANK, 99)[0] is not first
    for number in range(10):
        cache.decode(b"%0100d" % number, BLANK, 100)
        cache.decode(b"x" * 100, BLANK, 100)
    assert cache.decode(b"x" * 100, BLANK, 100)[0] is first
    for number in range(10):
        cache.decode(b"%0100d" % number, BLANK, 100)
    assert cache.decode(b"x" * 100, BLANK, 100)[0] is not first


def test_a_row_larger_than_the_cache_is_still_drawn() -> None:
    cache = RowCache(limit=10)
    assert cache.decode(b"x" * 100, BLANK, 3)[0].text == "xxx"


def test_rows_that_are_the_same_object_keep_their_strip() -> None:
    cache = RowCache(limit=0)
    first = cache.decode_all([b"\x1b[31ma", b"b", b"c"], 5)
    rows = [first[0].row, first[1].row, bytes(bytearray(b"c"))]
    again = cache.decode_all(rows, 5, first)
    assert [new is old for new, old in zip(again, first, strict=True)] == [True, True, False]
    assert again == first
    assert cache.decode_all([b"\x1b[32ma", rows[1]], 5, first)[1].pen == Pen(color=2)
    assert cache.decode_all(rows, 6, first)[1].strip.cell_length == 6


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (b"\x1b[31mred\x1b[0m  ", "red"),
        (b"plain  ", "plain"),
        ("你\x1b[1m好".encode(), "你好"),
        (b"\x1b]8;;http://x/\x07a\x1b]8;;\x07", "a"),
    ],
)
def test_plain_text(row: bytes, text: str) -> None:
    assert plain_text(row) == text
