"""Leader keys: their names, their spellings, and those that cannot be one."""

import pytest

from agentmux.errors import ConfigError
from agentmux.ui.leaders import leader_forms, parse_leader
from agentmux.ui.scanner import Item, Scanner


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("ctrl+q", (b"\x11", b"\x1b[113;5u", b"\x1b[27;5;113~")),
        ("Ctrl+Q", (b"\x11", b"\x1b[113;5u", b"\x1b[27;5;113~")),
        ("ctrl+]", (b"\x1d", b"\x1b[93;5u", b"\x1b[27;5;93~")),
        ("ctrl+\\", (b"\x1c", b"\x1b[92;5u", b"\x1b[27;5;92~")),
        ("ctrl+^", (b"\x1e", b"\x1b[94;5u", b"\x1b[27;5;94~")),
        ("ctrl+space", (b"\x00", b"\x1b[32;5u", b"\x1b[27;5;32~")),
        ("f1", (b"\x1bOP", b"\x1b[P", b"\x1b[11~", b"\x1b[[A")),
        ("f12", (b"\x1b[24~",)),
    ],
)
def test_spellings(name: str, forms: tuple[bytes, ...]) -> None:
    assert leader_forms(name) == forms
    for form in forms:
        assert list(Scanner([parse_leader(name)]).feed(form)) == [Item("leader", form)]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("f12", b"\x1b[24;1:1~"),
        ("f12", b"\x1b[24;65~"),
        ("f1", b"\x1b[1;1:1P"),
        ("f5", b"\x1b[15;129~"),
    ],
)
def test_function_keys_with_locks_and_event_types(name: str, form: bytes) -> None:
    assert list(Scanner([parse_leader(name)]).feed(form)) == [Item("leader", form)]


@pytest.mark.parametrize("form", [b"\x1b[24;1:3~", b"\x1b[24;1:2~"])
def test_their_releases_reach_nobody(form: bytes) -> None:
    assert list(Scanner([parse_leader("f12")]).feed(form)) == []


def test_a_function_key_with_a_modifier_is_another_key() -> None:
    assert list(Scanner([parse_leader("f12")]).feed(b"\x1b[24;5~")) == [Item("keys", b"\x1b[24;5~")]


def test_several_leaders() -> None:
    scanner = Scanner([parse_leader("ctrl+q"), parse_leader("ctrl+]"), parse_leader("f12")])
    kinds = [item.kind for item in scanner.feed(b"\x11a\x1db\x1b[24~\x1c")]
    assert kinds == ["leader", "keys", "leader", "keys", "leader", "keys"]


@pytest.mark.parametrize("name", ["", "q", "alt+q", "ctrl+", "ctrl+qq", "ctrl+1", "f13", "ctrl+é"])
def test_what_is_no_leader(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be a leader key"):
        parse_leader(name)


@pytest.mark.parametrize("name", ["ctrl+i", "ctrl+m", "ctrl+[", "ctrl+h", "ctrl+c"])
def test_keys_that_agents_need(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the leader"):
        parse_leader(name)
