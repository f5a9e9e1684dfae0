"""The real driver on a real pty: keys byte for byte, and the terminal always given back."""

import signal
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ui.inputs import KEYS, REPORTS
from tests.ui.outer import Outer, start_echo

pytestmark = pytest.mark.timeout(60)

ASKED = {"kitty": [1, 5], "modify_other_keys": 2, "cursor_keys": True, "keypad": True}
ENTER = b"\x1b[<u\x1b[>5u\x1b[>4;2m\x1b[?1h\x1b="
LEAVE = b"\x1b[>4m\x1b[?1l\x1b>\x1b[<u\x1b[>25u"
ON = {b"\x1b[?1049h": b"\x1b[?1049l", b"\x1b[?2004h": b"\x1b[?2004l", b"\x1b[?25l": b"\x1b[?25h"}
ON |= {b"\x1b[?%dh" % n: b"\x1b[?%dl" % n for n in (1000, 1003, 1004, 1006, 1015)}

Start = Callable[..., Outer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the echo app and wait until it is ready."""
    opened: list[Outer] = []

    def begin(modes: dict[str, Any] | None = None, **more: Any) -> Outer:
        outer = start_echo(tmp_path / f"log{len(opened)}", modes or {}, **more)
        opened.append(outer)
        outer.wait("ready")
        return outer

    yield begin
    for outer in opened:
        outer.close()


@pytest.fixture
def typing(start: Start) -> Outer:
    """The echo app in TYPE."""
    return enter(start())


def enter(outer: Outer) -> Outer:
    outer.type(b"t")
    outer.wait("type")
    return outer


def assert_given_back(outer: Outer) -> None:
    """Every mode that was switched on has been switched off, and the line mode is as before."""
    for on, off in ON.items():
        assert outer.screen.rindex(off) > outer.screen.rindex(on), off
    for off in (b"\x1b[>4m", b"\x1b[?1l", b"\x1b>"):
        assert outer.screen.rindex(off) > max(outer.screen.rfind(ENTER), 0), off
    pushed = sum(outer.screen.count(b"\x1b[>%du" % flags) for flags in (0, 5, 25))
    assert outer.screen.count(b"\x1b[<u") == pushed
    assert termios.tcgetattr(outer.slave) == outer.before


def test_every_awkward_input_arrives_byte_exact(typing: Outer) -> None:
    assert len(KEYS) >= 60
    sent = b""
    for data in KEYS.values():
        typing.type(data)
        sent += data
        typing.wait_typed(sent)


def test_reports_of_the_terminal_reach_no_agent(typing: Outer) -> None:
    for data in REPORTS.values():
        typing.type(b"<" + data + b">")
    typing.wait_typed(b"<>" * len(REPORTS))
    typing.wait("mouse down")
    typing.wait("wheel up")
    typing.wait("blur")
    assert typing.wait("mouse down")["x"] == 9


def test_a_300_kb_paste_is_one_paste(typing: Outer) -> None:
    text = b"line of \x11 text\r" * 20_000
    typing.type(b"a\x1b[200~" + text + b"\x1b[201~b")
    assert bytes.fromhex(typing.wait("paste")["hex"]) == text
    typing.wait_typed(b"ab")


def test_a_paste_cut_anywhere_is_one_paste(typing: Outer) -> None:
    stream = b"\x1b[200~one\x11two\x1b[201~"
    for times, cut in enumerate(range(1, len(stream)), 1):
        typing.type(stream[:cut])
        typing.read(0.002)
        typing.type(stream[cut:])
        assert bytes.fromhex(typing.wait("paste", times)["hex"]) == b"one\x11two"
    assert not typing.typed()


def test_a_paste_without_end_is_given_up(typing: Outer) -> None:
    typing.type(b"\x1b[200~forgotten")
    assert bytes.fromhex(typing.wait("paste")["hex"]) == b"forgotten"


@pytest.mark.parametrize("leader", [b"\x11", b"\x1b[113;5u", b"\x1b[27;5;113~"])
def test_the_leader_ends_type_and_what_follows_is_a_command(typing: Outer, leader: bytes) -> None:
    typing.type(b"abc" + leader + b"wz")
    typing.wait("command", 3)
    keys = [entry["key"] for entry in typing.entries() if entry["kind"] == "command"]
    assert keys == ["t", "w", "z"]
    assert typing.typed() == b"abc"


def test_typing_ahead_of_a_command_goes_where_it_leads(start: Start) -> None:
    outer = start()
    outer.type(b"wtxq\x1b[A\x11zthello\xff")
    outer.wait_typed(b"xq\x1b[Ahello\xff")
    keys = [entry["key"] for entry in outer.entries() if entry["kind"] == "command"]
    assert keys == ["w", "t", "z", "t"]


def test_releases_that_come_after_the_leader_are_no_commands(start: Start) -> None:
    outer = enter(start({"kitty": [31]}))
    outer.type(b"\x1b[113;5:1u\x1b[113;5:3u\x1b[57442;1:3u\x1b[97:65;2:3uw")
    outer.wait("command", 2)
    assert [e["key"] for e in outer.entries() if e["kind"] == "command"] == ["t", "w"]


def test_a_paste_in_command_is_textuals(start: Start) -> None:
    outer = start()
    outer.type(b"\x1b[200~t\x11x\x1b[201~w")
    assert outer.wait("command paste")["text"] == "t\x11x"
    assert outer.wait("command")["key"] == "w"


def test_type_has_the_agents_modes_and_gives_them_back(start: Start) -> None:
    outer = enter(start(ASKED))
    outer.until(lambda: ENTER in outer.screen, "the agent's modes")
    outer.type(b"\x11")
    outer.until(lambda: LEAVE in outer.screen, "their end")
    outer.type(b"q")
    assert outer.wait_end() == 0
    assert_given_back(outer)


@pytest.mark.parametrize("mode", ["command", "type"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(start: Start, number: signal.Signals, mode: str) -> None:
    outer = start(ASKED)
    if mode == "type":
        enter(outer)
    outer.process.send_signal(number)
    assert outer.wait_end() == 128 + number
    assert outer.wait("exit")["code"] == 128 + number
    assert_given_back(outer)


def test_an_exception_gives_the_terminal_back(start: Start) -> None:
    outer = enter(start(ASKED))
    outer.type(b"\x11x")
    assert outer.wait_end() == 1
    assert b"planted" in outer.screen
    assert_given_back(outer)


def test_an_end_that_passes_textual_by_gives_the_terminal_back(start: Start) -> None:
    outer = enter(start(ASKED))
    outer.type(b"\x11e")
    assert outer.wait_end() == 3
    assert_given_back(outer)


def test_a_closed_terminal_ends_it(start: Start) -> None:
    outer = start()
    outer.hang_up()
    outer.process.wait(timeout=20)
    assert outer.process.returncode == 128 + signal.SIGHUP


def test_ctrl_z_gives_the_terminal_back_and_takes_the_modes_again(start: Start) -> None:
    outer = enter(start(ASKED))
    outer.process.send_signal(signal.SIGTSTP)
    outer.until(outer.is_stopped, "stop")
    outer.until(lambda: b"\x1b[?1049l" in outer.screen[-400:], "normal screen")
    assert_given_back(outer)
    outer.screen = b""

    outer.process.send_signal(signal.SIGCONT)
    outer.until(lambda: ENTER in outer.screen, "the agent's modes")
    outer.type(b"back\x11q")
    outer.wait_typed(b"back")
    assert outer.wait_end() == 0
    assert_given_back(outer)


def test_a_terminal_lent_to_another_program_is_left_alone_and_taken_again(start: Start) -> None:
    outer = start()
    outer.type(b"l")
    outer.wait("lent")
    outer.type(b"w")
    outer.until(lambda: outer.wait("command", 2)["key"] == "w", "key after it")
    outer.type(b"q")
    assert outer.wait_end() == 0
    assert b"LENT" not in outer.screen
    assert outer.screen.count(b"\x1b[?1049h") == 2
    assert_given_back(outer)


def test_what_the_terminal_can_do_is_known_before_the_first_key(tmp_path: Path) -> None:
    answer = b"\x1b[?0u\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\t\x1b[?62c"
    outer = start_echo(tmp_path / "log", {}, answers={b"\x1b[c": answer})
    try:
        found = outer.wait("ready")
        assert (found["kitty"], found["background"]) == (True, "rgb:1e1e/1e1e/2e2e")
        outer.wait("type")  # typed while it was asked
    finally:
        outer.close()


def test_a_late_answer_is_learned_and_typed_into_nothing(start: Start) -> None:
    outer = start()
    outer.type(b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
    assert outer.wait("terminal")["background"] == "rgb:ffff/ffff/ffff"
    enter(outer).type(b"\x1b[?0ux")
    assert outer.wait("terminal", 2)["kitty"] is True
    outer.wait_typed(b"x")
    assert [e["key"] for e in outer.entries() if e["kind"] == "command"] == ["t"]


def test_the_next_start_undoes_what_a_killed_one_left(start: Start) -> None:
    killed = enter(start(ASKED))
    killed.process.kill()
    killed.process.wait()
    after = start()
    begun = after.screen.index(b"\x1b[?1049h")
    for off in (b"\x1b[?1047l", b"\x1b[>4m", b"\x1b[?1l", b"\x1b>", b"\x1b[?2004l", b"\x1b[?1003l"):
        assert after.screen.index(off) < begun


def test_our_settings_of_textual_are_not_inherited(start: Start) -> None:
    outer = start()
    outer.type(b"q")
    assert outer.wait("exit")["borrowed"] is None


def test_a_setting_of_the_person_stays(start: Start) -> None:
    outer = start(env={"TEXTUAL_FPS": "30"})
    outer.type(b"q")
    assert outer.wait("exit")["borrowed"] == "30"


def test_the_size_is_the_terminals_not_the_environments(start: Start) -> None:
    outer = start(env={"COLUMNS": "33", "LINES": "7"})
    assert outer.wait("ready")["size"] == [80, 24]


def test_reserved_scroll_keys_do_not_reach_the_agent(start: Start) -> None:
    outer = enter(start({"reserve_scroll": True}))
    outer.type(b"a\x1b[5;2~b\x1b[6;2~c")
    outer.wait("scroll", 2)
    outer.wait_typed(b"abc")
    assert [entry["pages"] for entry in outer.entries() if entry["kind"] == "scroll"] == [1, -1]
