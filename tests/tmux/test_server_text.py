"""Text in and out of the private server's panes, with a real tmux."""

import hashlib
from pathlib import Path

import pytest

from agentmux.errors import TmuxError
from agentmux.tmux.server import Server
from tests.support.tmux import run_python, run_shell, wait_for_text, wait_until

pytestmark = pytest.mark.tmux

READ_ALL = """
import os, sys, tty
tty.setraw(0)
os.write(1, sys.argv[3].encode().decode('unicode_escape').encode() + b'ready')
size, got = int(sys.argv[2]), bytearray()
while len(got) < size:
    got += os.read(0, 65536)
with open(sys.argv[1] + '.part', 'wb') as out:
    out.write(got)
os.rename(sys.argv[1] + '.part', sys.argv[1])
"""


def received(server: Server, target: Path, size: int, data: bytes, ask: str = "") -> bytes:
    """What a program reads that gets `data` pasted, once it has read `size` bytes."""
    pane = run_python(server, READ_ALL, str(target), str(size), ask)
    wait_for_text(server, pane.id, b"ready")
    server.paste(pane.id, data)
    wait_until(target.exists)
    return target.read_bytes()


def test_the_ways_to_capture(server: Server) -> None:
    line = "x" * 100
    pane = run_shell(server, f"seq 1 40; printf '{line}\\033[31mred\\n'; exec sleep 60")
    wait_for_text(server, pane.id, b"red")

    assert server.capture(pane.id)[0] == b"20"
    assert server.capture(pane.id, history=True)[:2] == [b"1", b"2"]
    assert server.capture(pane.id, lines=2) == [b"x" * 80, b"x" * 20 + b"red"]
    assert server.capture(pane.id, lines=1, joined=True) == [line.encode() + b"red"]
    assert b"\x1b[31mred" in server.capture(pane.id, lines=1, ansi=True)[0]
    for more in (30, 99):
        assert server.capture(pane.id, lines=more) == server.capture(pane.id)
    assert server.capture(pane.id, lines=0) == []


def test_all_letters_are_told_in_a_plain_locale(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = run_shell(server, 'printf \'\\033]2;%s\\033\\\\%s\' "$1" "$1"; exec sleep 60', "résumé")
    wait_for_text(server, pane.id, b"sum")

    monkeypatch.setenv("LC_ALL", "C")

    assert server.capture(pane.id) == ["résumé".encode()]
    assert server.pane_status(pane.id).title == "résumé"


def test_the_status_of_a_pane(server: Server) -> None:
    modes = "\\033[?1049h\\033[?1002h\\033[?1006h\\033[?25l"
    pane = run_shell(server, f"printf '{modes}hi'; exec sleep 60")
    wait_for_text(server, pane.id, b"hi")

    status = server.pane_status(pane.id)

    assert (status.cols, status.lines, status.cursor, status.alternate) == (80, 24, None, True)
    assert status.mouse == {"any", "button", "sgr"}


def test_a_pane_that_is_gone(server: Server) -> None:
    with pytest.raises(TmuxError, match="no pane %99"):
        server.pane_status("%99")
    with pytest.raises(TmuxError, match="can't find pane"):
        server.capture("%99")
    with pytest.raises(TmuxError, match="can't find pane"):
        server.paste("%99", b"text")
    assert server.run("list-buffers") == b""


def test_every_byte_value_is_typed_as_it_is(server: Server, tmp_path: Path) -> None:
    keys = bytes(range(256)) * 5
    pane = run_python(server, READ_ALL, str(tmp_path / "got"), str(len(keys)), "")
    wait_for_text(server, pane.id, b"ready")

    server.send_bytes(pane.id, keys)

    wait_until((tmp_path / "got").exists)
    assert (tmp_path / "got").read_bytes() == keys


def test_five_megabytes_are_pasted_intact(server: Server, tmp_path: Path) -> None:
    text = b"".join(b"line %07d \xe2\x82\xac\n" % number for number in range(300_000))
    assert len(text) > 5_000_000

    got = received(server, tmp_path / "got", len(text), text)

    assert hashlib.sha256(got).digest() == hashlib.sha256(text).digest()


def test_a_paste_is_marked_when_the_program_asked(server: Server, tmp_path: Path) -> None:
    data = b"one\n\x1b[201~two;\n#(touch planted)"
    wanted = b"\x1b[200~one\n[201~two;\n#(touch planted)\x1b[201~"

    got = received(server, tmp_path / "got", len(wanted), data, ask="\\x1b[?2004h")

    assert got == wanted
    assert server.run("list-buffers") == b""
