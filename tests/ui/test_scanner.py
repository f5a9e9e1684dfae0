"""Raw input: what is typed arrives untouched, what is ours never does, however it is cut."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.ui.leaders import parse_leader
from agentmux.ui.scanner import (
    HOLD_KEY,
    HOLD_PASTE,
    HOLD_REPORT,
    PASTE_END,
    PASTE_START,
    Item,
    Scanner,
)
from tests.ui.inputs import KEYS, REPORTS

LEADER = b"\x11"


def scan(*reads: bytes, limit: int = 1 << 20) -> list[Item]:
    """Everything that came of `reads`, the last wait included, neighbouring keys in one item."""
    scanner = Scanner([parse_leader("ctrl+q")], limit)
    items = [item for read in reads for item in scanner.feed(read)]
    items += scanner.flush()
    assert scanner.hold is None
    return joined(items)


def joined(items: Iterable[Item]) -> list[Item]:
    found: list[Item] = []
    for item in items:
        if found and item.kind == found[-1].kind == "keys":
            item = Item("keys", found.pop().data + item.data)
        found.append(item)
    return found


@pytest.mark.parametrize("name", KEYS)
def test_a_key_arrives_untouched(name: str) -> None:
    assert scan(KEYS[name]) == [Item("keys", KEYS[name])]


@pytest.mark.parametrize("name", KEYS)
def test_a_key_arrives_untouched_between_others(name: str) -> None:
    assert scan(b"x" + KEYS[name] + b"y") == [Item("keys", b"x" + KEYS[name] + b"y")]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_ours(name: str) -> None:
    found = scan(b"x" + REPORTS[name] + b"y")
    assert found == [Item("keys", b"x"), Item("ours", REPORTS[name]), Item("keys", b"y")]


@pytest.mark.parametrize(
    "form",
    [
        b"\x11",
        b"\x1b[113;5u",
        b"\x1b[113;5:1u",
        b"\x1b[113;69u",
        b"\x1b[113;133:1u",
        b"\x1b[113:81;5u",
        b"\x1b[1081::113;5u",
        b"\x1b[113;5;17u",
        b"\x1b[27;5;113~",
    ],
)
def test_every_form_of_the_leader_is_seen(form: bytes) -> None:
    assert scan(b"a" + form + b"b") == [
        Item("keys", b"a"),
        Item("leader", form),
        Item("keys", b"b"),
    ]


@pytest.mark.parametrize("form", [b"\x1b[113;5:3u", b"\x1b[113;5:2u", b"\x1b[113;69:3u"])
def test_release_and_repetition_of_the_leader_reach_nobody(form: bytes) -> None:
    assert scan(b"a" + form + b"b") == [Item("keys", b"ab")]


@pytest.mark.parametrize(
    "other", [b"\x1b[113;1:3u", b"\x1b[113;2u", b"\x1b[113;6u", b"\x1b[1113;5u", b"q"]
)
def test_other_keys_are_not_the_leader(other: bytes) -> None:
    assert scan(other) == [Item("keys", other)]


def test_a_leader_in_a_paste_is_text() -> None:
    text = b"one\x11two\x1b[113;5u\r"
    assert scan(PASTE_START + text + PASTE_END + LEADER) == [
        Item("paste", text),
        Item("leader", LEADER),
    ]


def test_without_leaders_nothing_is_one() -> None:
    assert list(Scanner().feed(b"\x11")) == [Item("keys", b"\x11")]


def test_a_300_kb_paste_comes_whole_from_small_reads() -> None:
    text = bytes(range(32, 127)) * 3300
    stream = PASTE_START + text + PASTE_END
    assert scan(*(stream[at : at + 4095] for at in range(0, len(stream), 4095))) == [
        Item("paste", text)
    ]


def test_a_paste_over_the_limit_is_refused_and_what_follows_is_read() -> None:
    reads = [PASTE_START, b"x" * 60, b"x" * 60, PASTE_END + b"y"]
    assert scan(*reads, limit=100) == [Item("refused", b""), Item("keys", b"y")]
    assert scan(PASTE_START + b"x" * 100 + PASTE_END, limit=100) == [Item("paste", b"x" * 100)]


def test_memory_of_a_refused_paste_is_bounded() -> None:
    scanner = Scanner(paste_limit=1000)
    assert not [item for _ in range(100) for item in scanner.feed(PASTE_START + b"x" * 1000)]
    assert len(scanner.release()) < 1100


def test_a_paste_without_end_is_taken_after_the_silence() -> None:
    scanner = Scanner()
    assert list(scanner.feed(PASTE_START + b"half\x1b[20")) == []
    assert scanner.hold == HOLD_PASTE
    assert list(scanner.flush()) == [Item("paste", b"half\x1b[20")]
    assert list(scanner.feed(b"k" + PASTE_END)) == [Item("keys", b"k")]


@pytest.mark.parametrize(
    ("begun", "hold"),
    [
        (b"\x1b", HOLD_KEY),
        (b"a\x1b[", HOLD_KEY),
        (b"\x1b]", HOLD_KEY),
        (b"\x1b[113;", HOLD_REPORT),
        (b"\x1b[<35;1", HOLD_REPORT),
        (b"\x1b]11;rgb:1e", HOLD_REPORT),
        (b"\x1b[A", None),
        (b"plain", None),
        ("你".encode()[:2], None),
    ],
)
def test_only_a_beginning_of_something_ours_is_held(begun: bytes, hold: float | None) -> None:
    scanner = Scanner([parse_leader("ctrl+q")])
    for _ in scanner.feed(begun):
        pass
    assert scanner.hold == hold


@pytest.mark.parametrize("half", [b"\x1b[<35;1", b"\x1b]11;rgb:1e1e/", b"\x1b[?62;2", b"\x1bP>|ki"])
def test_half_a_report_is_never_typed(half: bytes) -> None:
    assert scan(half) == [Item("ours", half)]


def test_what_is_not_passed_on_yet_can_be_taken_back() -> None:
    scanner = Scanner([parse_leader("ctrl+q")])
    for item in scanner.feed(b"abc\x11" + PASTE_START + b"later"):
        if item.kind == "leader":
            break
    assert scanner.release() == PASTE_START + b"later"
    assert (scanner.hold, scanner.release()) == (None, b"")

    for _ in scanner.feed(PASTE_START + b"begun"):
        pass
    assert scanner.release() == PASTE_START + b"begun"


PIECES = st.lists(
    st.one_of(
        st.sampled_from([*KEYS.values(), *REPORTS.values()]),
        st.sampled_from([LEADER, b"\x1b[113;5u", b"\x1b[113;5:3u", PASTE_START, PASTE_END]),
        st.binary(max_size=12),
    ),
    max_size=8,
)


@given(PIECES, st.data())
def test_any_cut_gives_the_same_items(pieces: Sequence[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=6)))
    edges = [0, *cuts, len(stream)]
    reads = [stream[a:b] for a, b in pairwise(edges)]
    assert scan(*reads) == scan(stream) == scan(*(bytes([byte]) for byte in stream))


@given(st.binary(max_size=200))
def test_no_byte_is_lost_or_invented(stream: bytes) -> None:
    marks = (PASTE_START, PASTE_END, b"\x1b[113")
    if any(mark in stream for mark in marks):
        return
    assert b"".join(item.data for item in scan(stream)) == stream


SCROLLS = {"shift+pageup": b"\x1b[5;2~", "shift+pagedown": b"\x1b[6;2~", "kitty": b"\x1b[5;66:2~"}


@pytest.mark.parametrize("name", SCROLLS)
@pytest.mark.parametrize("cut", range(7))
def test_scroll_keys_are_ours_only_where_they_are_reserved(name: str, cut: int) -> None:
    data = SCROLLS[name]
    assert scan(data[:cut], data[cut:]) == [Item("keys", data)]
    scanner = Scanner()
    scanner.set_leaders([parse_leader("ctrl+q")], reserve_scroll=True)
    found = [*scanner.feed(b"a" + data[:cut]), *scanner.feed(data[cut:] + b"b")]
    assert joined(found) == [Item("keys", b"a"), Item("scroll", data), Item("keys", b"b")]


def test_the_release_of_a_scroll_key_and_its_neighbours() -> None:
    scanner = Scanner()
    scanner.set_leaders([], reserve_scroll=True)
    assert list(scanner.feed(b"\x1b[5;2:3~")) == []
    others = b"\x1b[5~\x1b[5;5~\x1b[6;3~\x1b[3;2~"
    assert joined(scanner.feed(others)) == [Item("keys", others)]
