"""The private server: life, windows, and text in and out, with a real tmux."""

import hashlib
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from agentmux.errors import TmuxError
from agentmux.paths import places
from agentmux.tmux.server import Server
from tests.support.tmux import run_python, run_shell, wait_for_text, wait_until

pytestmark = pytest.mark.tmux

HOSTILE = (
    "#(touch planted)",
    "a; touch planted",
    "ends in ;",
    "ends in \\;",
    ";",
    "$(touch planted)`touch planted`",
    "new\nkill-server\nline",
    "#{pane_id} ## %H 'quoted\" é",
    "-x",
    "",
)
WRITE_ARGS = "import sys; open(sys.argv[1], 'w').write(repr(sys.argv[2:]))"
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


def server_pid(server: Server) -> int:
    return int(server.identity().split(":")[0])


def keeper_pid(server: Server) -> int:
    said = server.run("display-message", "-p", "-t", "hub:=keeper", "#{pane_pid}")
    return int(said)


def received(server: Server, target: Path, size: int, data: bytes, ask: str = "") -> bytes:
    """What a program reads that gets `data` pasted, once it has read `size` bytes."""
    pane = run_python(server, READ_ALL, str(target), str(size), ask)
    wait_for_text(server, pane.id, b"ready")
    server.paste(pane.id, data)
    wait_until(target.exists)
    return target.read_bytes()


# --- life


def test_a_second_start_changes_nothing(server: Server) -> None:
    pane = run_shell(server, "exec sleep 60")
    before = server.identity()

    server.start()

    assert server.identity() == before
    assert server.windows() == [pane]


def test_start_after_the_server_was_killed(server: Server) -> None:
    pid = server_pid(server)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(pid))
    assert server.places.socket.exists()
    assert not server.is_alive()

    server.start()

    assert server.is_alive()
    assert server_pid(server) != pid


def test_end_of_the_server_is_its_panes_end(server: Server) -> None:
    pane = run_shell(server, "exec sleep 60")

    server.kill()
    server.kill()

    assert not server.is_alive()
    wait_until(lambda: not psutil.pid_exists(pane.pid))


def test_nothing_but_start_brings_a_server_up(private_home: Path) -> None:
    where = places()
    where.make()
    server = Server(where)

    server.kill()
    assert server.find_window("s1-1") is None
    with pytest.raises(TmuxError, match="error connecting"):
        server.run("new-session", "-d")

    assert not server.is_alive()


def test_no_secret_reaches_the_server(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret-1234")
    where = places()
    where.make()
    server = Server(where)
    server.start()
    try:
        assert b"secret-1234" not in server.run("show-environment", "-g")
        environ = psutil.Process(server_pid(server)).environ()
        assert "ANTHROPIC_API_KEY" not in environ
        assert environ["AGENTMUX_HOME"] == str(private_home / "agentmux")
    finally:
        server.kill()


def test_a_home_with_a_hostile_name(private_home: Path) -> None:
    where = places({"AGENTMUX_HOME": str(private_home / "#(touch planted) 'x;")})
    where.make()
    server = Server(where)
    server.start()
    try:
        wait_until(server.has_keeper)
        assert not list(private_home.rglob("planted"))
    finally:
        server.kill()


# --- the keeper


def test_the_keeper_is_connected_and_no_screen(server: Server) -> None:
    wait_until(server.has_keeper)

    assert server.ensure_keeper() is False
    assert server.has_screens() is False


def test_a_killed_keeper_is_started_again(server: Server) -> None:
    wait_until(server.has_keeper)
    old = keeper_pid(server)
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(old))
    assert not server.has_keeper()

    server.start()

    wait_until(server.has_keeper)
    assert keeper_pid(server) != old


def test_a_keeper_whose_window_is_gone_is_started_again(server: Server) -> None:
    run_shell(server, "exec sleep 60")
    server.run("kill-window", "-t", "hub:=keeper")

    assert server.ensure_keeper() is True

    wait_until(server.has_keeper)


# --- windows


def test_a_window_has_its_size_from_the_first_moment(server: Server) -> None:
    pane = server.open_window("s7-1", ["stty", "size"], (91, 33))

    wait_for_text(server, pane.id, b"33 91")
    assert (pane.cols, pane.lines) == (91, 33)
    assert server.find_window("s7-1") == server.windows()[0]
    assert server.find_window("s7-2") is None


def test_a_resized_window_keeps_its_size(server: Server) -> None:
    pane = run_shell(server, "exec sleep 60")

    server.resize_window(pane.window, 61, 17)

    found = server.windows()[0]
    assert (found.cols, found.lines) == (61, 17)


def test_hostile_words_arrive_and_run_nothing(server: Server, private_home: Path) -> None:
    target = private_home / "args"
    argv = [sys.executable, "-I", "-S", "-c", WRITE_ARGS, str(target), *HOSTILE]

    server.open_window("s1-1", argv)

    wait_until(lambda: target.exists() and target.read_text() == repr(list(HOSTILE)))
    assert server.is_alive()
    assert not list(private_home.rglob("planted"))
    assert not Path("/planted").exists()


@pytest.mark.parametrize("name", ["#(touch x)", "a b", "s1;kill-server", "", "s1.1", "é"])
def test_a_window_is_named_by_an_id_of_ours_only(server: Server, name: str) -> None:
    with pytest.raises(TmuxError, match="cannot name a window"):
        server.open_window(name, ["sleep", "60"])


def test_a_hostile_title_is_a_title(server: Server, private_home: Path) -> None:
    """It breaks neither lists nor screens, and nothing in it is run."""
    title = "#(touch planted)#{pane_id}|%H␞;é"
    pane = run_shell(server, "printf '\\033]2;%s\\033\\\\ok' \"$1\"; exec sleep 60", title)
    wait_for_text(server, pane.id, b"ok")

    assert server.pane_status(pane.id).title == title
    assert [found.name for found in server.windows()] == ["s1-1"]
    assert not list(private_home.rglob("planted"))


def test_a_pane_that_ended_by_itself(server: Server) -> None:
    pane = run_shell(server, "echo last words; exit 7")

    wait_until(lambda: server.windows()[0].dead)

    found = server.windows()[0]
    assert (found.code, found.signal) == (7, None)
    assert server.capture(pane.id, history=True) == [b"last words"]


def test_a_pane_that_was_killed(server: Server) -> None:
    run_shell(server, "kill -9 $$")

    wait_until(lambda: server.windows()[0].dead)

    found = server.windows()[0]
    assert (found.code, found.signal) == (None, 9)


def test_a_window_is_killed_once_or_twice(server: Server) -> None:
    pane = run_shell(server, "exec sleep 60")

    server.kill_window(pane.window)
    server.kill_window(pane.window)

    assert server.windows() == []


# --- text


def test_the_ways_to_capture(server: Server) -> None:
    line = "x" * 100
    pane = run_shell(server, f"seq 1 40; printf '{line}\\033[31mred\\n'; exec sleep 60")
    wait_for_text(server, pane.id, b"red")

    assert server.capture(pane.id)[0] == b"20"
    assert server.capture(pane.id, history=True)[:2] == [b"1", b"2"]
    assert server.capture(pane.id, lines=2) == [b"x" * 80, b"x" * 20 + b"red"]
    assert server.capture(pane.id, lines=1, joined=True) == [line.encode() + b"red"]
    assert b"\x1b[31mred" in server.capture(pane.id, lines=1, ansi=True)[0]
    assert server.capture(pane.id, lines=99) == server.capture(pane.id)
    assert server.capture(pane.id, lines=0) == []


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
