"""What the outer terminal answers, sorted from what the person types meanwhile."""

import os
import pty
import termios
import threading

import pytest

from agentmux.ui.terminal import QUERY, Terminal, learn, parse_probe, probe

KITTY = b"\x1b[?0u\x1b]10;rgb:cdcd/d6d6/f4f4\x1b\\\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b[?62;22;52c"
KNOWN = Terminal(True, "rgb:1e1e/1e1e/2e2e", "rgb:cdcd/d6d6/f4f4")


def test_a_terminal_that_knows_everything() -> None:
    found = parse_probe(KITTY)
    assert (found.terminal, found.typed, found.complete) == (KNOWN, b"", True)


def test_what_is_typed_between_answers_is_kept() -> None:
    found = parse_probe(b"1" + KITTY[:5] + b"\rabc\x1b[A" + KITTY[5:] + b"q")
    assert (found.terminal, found.typed) == (KNOWN, b"1\rabc\x1b[Aq")


def test_an_old_terminal() -> None:
    found = parse_probe(b"\x1b[?1;2c")
    assert (found.terminal, found.complete) == (Terminal(), True)


@pytest.mark.parametrize(
    ("answer", "clipboard"),
    [(b"\x1b[?62;22;52c", True), (b"\x1b[?62;522c", False), (b"\x1b[?52c", False), (b"", False)],
)
def test_a_terminal_that_says_it_takes_copies(answer: bytes, clipboard: bool) -> None:
    assert parse_probe(answer).clipboard is clipboard


def test_silence() -> None:
    assert not parse_probe(b"x").complete


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x07", True),
        (b"\x1b]11;rgb:00/00/00\x07", False),
        (b"\x1b]11;rgba:fdfd/f6f6/e3e3/ffff\x1b\\", True),
        (b"\x1b]11;rgb:\x07", None),
        (b"\x1b]11;rgb://\x07", None),
        (b"\x1b]12;rgb:ffff/ffff/ffff\x07", None),
    ],
)
def test_light_or_dark(answer: bytes, light: bool | None) -> None:
    assert learn(Terminal(), answer).is_light is light


def test_the_record_for_shims() -> None:
    assert KNOWN.as_record() == {
        "kitty": True,
        "background": "rgb:1e1e/1e1e/2e2e",
        "foreground": "rgb:cdcd/d6d6/f4f4",
    }


def test_asking_a_real_pty_leaves_its_line_mode_alone() -> None:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)

    def answer() -> None:
        asked = b""
        while QUERY not in asked:
            asked += os.read(master, 1024)
        os.write(master, b"k" + KITTY)

    terminal = threading.Thread(target=answer)
    terminal.start()
    found = probe(slave, limit_s=10)
    terminal.join()
    assert (found.terminal, found.typed) == (KNOWN, b"k")
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


def test_a_silent_pty_costs_the_limit_only() -> None:
    master, slave = pty.openpty()
    assert probe(slave, limit_s=0.01).terminal == Terminal()
    os.close(master)
    os.close(slave)


def test_no_terminal_at_all() -> None:
    reading, writing = os.pipe()
    assert probe(reading).terminal == Terminal()
    os.close(reading)
    os.close(writing)
