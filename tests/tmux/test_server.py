"""The private server: its life, its keeper and its windows, with a real tmux."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from agentmux.errors import TmuxError
from agentmux.paths import places
from agentmux.tmux.formats import Pane
from agentmux.tmux.server import Server
from tests.support.processes import has_ended
from tests.support.tmux import (
    has_keeper,
    remind_of_deaths,
    run_shell,
    wait_for_text,
    wait_until,
)

pytestmark = pytest.mark.tmux

CHECKOUT = Path(__file__).parents[2]

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
START = """
import sys
from agentmux.paths import places
from agentmux.tmux.server import Server
print("ready", flush=True)
sys.stdin.read()
Server(places()).start()
print("started")
"""
WRITE_ARGS = "import sys; open(sys.argv[1], 'w').write(repr(sys.argv[2:]))"


def server_pid(server: Server) -> int:
    return int(server.identity().split(":")[0])


def keeper_pid(server: Server) -> int:
    return int(server.run("display-message", "-p", "-t", "hub:=keeper", "#{pane_pid}"))


def is_keeper_dead(server: Server) -> bool:
    """Its process may stay a zombie: tmux 3.3a does not always fetch it."""
    return server.run("display-message", "-p", "-t", "hub:=keeper", "#{pane_dead}") == b"1\n"


def ended(server: Server) -> Pane:
    """The only pane, once tmux knows how its program ended."""
    wait_until(lambda: server.windows()[0].dead)
    remind_of_deaths(server)
    wait_until(lambda: any((server.windows()[0].code, server.windows()[0].signal)))
    return server.windows()[0]


# --- life


def test_a_second_start_changes_nothing(server: Server) -> None:
    pane = run_shell(server, "exec sleep 60")
    before = server.identity()

    server.start()

    assert server.identity() == before
    assert server.windows() == [pane]


def test_all_who_start_it_at_once_get_the_same_server(private_home: Path) -> None:
    where = places()
    where.make()
    server = Server(where)
    gate, opener = os.pipe()
    argv, pipe = [sys.executable, "-c", START], subprocess.PIPE
    starters = [
        subprocess.Popen(argv, cwd=CHECKOUT, stdin=gate, stdout=pipe, stderr=pipe) for _ in range(4)
    ]
    try:
        for starter in starters:
            assert starter.stdout is not None
            assert starter.stdout.readline() == b"ready\n"
        os.close(opener)
        assert [starter.communicate() for starter in starters] == [(b"started\n", b"")] * 4
        wait_until(lambda: has_keeper(server))
    finally:
        os.close(gate)
        server.kill()


def test_threads_of_one_process_put_its_configuration_in_place_side_by_side(
    private_home: Path,
) -> None:
    server = Server(places())
    server.places.make()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: server._write_conf(f"# {n}\n"), range(400)))
    assert [path.name for path in server.places.state.glob("tmux.conf*")] == ["tmux.conf"]


def test_start_after_the_server_was_killed(server: Server) -> None:
    pid = server_pid(server)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: has_ended(pid))
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
    wait_until(lambda: has_ended(pane.pid))


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
        wait_until(lambda: has_keeper(server))
        assert not list(private_home.rglob("planted"))
    finally:
        server.kill()


# --- the keeper


def test_the_keeper_is_connected_and_no_screen(server: Server) -> None:
    wait_until(lambda: has_keeper(server))

    assert server.ensure_keeper() is False
    assert server.has_screens() is False


def test_a_killed_keeper_is_started_again(server: Server) -> None:
    wait_until(lambda: has_keeper(server))
    old = keeper_pid(server)
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: is_keeper_dead(server) and not has_keeper(server))

    server.start()

    wait_until(lambda: has_keeper(server))
    assert keeper_pid(server) != old


def test_a_keeper_whose_window_is_gone_is_started_again(server: Server) -> None:
    run_shell(server, "exec sleep 60")
    server.run("kill-window", "-t", "hub:=keeper")

    assert server.ensure_keeper() is True

    wait_until(lambda: has_keeper(server))


# --- windows


def test_a_window_has_its_size_from_the_first_moment(server: Server) -> None:
    pane = server.open_window("s7-1", ["sh", "-c", "stty size; exec sleep 60"], (91, 33))

    wait_for_text(server, pane.id, b"33 91")
    assert (pane.cols, pane.lines) == (91, 33)
    assert server.find_window("s7-1") == server.windows()[0]
    assert server.find_window("s7-2") is None


def test_a_window_is_found_by_its_whole_name(server: Server) -> None:
    tenth = run_shell(server, "exec sleep 60", name="s1-10")

    assert server.find_window("s1-1") is None
    assert server.find_window("s1-10") == tenth


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
    pane = run_shell(server, "echo last words; read line; exit 7")
    wait_for_text(server, pane.id, b"last words")

    server.send_bytes(pane.id, b"\r")

    found = ended(server)
    assert (found.code, found.signal) == (7, None)
    assert server.capture(pane.id, history=True) == [b"last words"]


def test_a_pane_that_was_killed(server: Server) -> None:
    run_shell(server, "kill -9 $$")

    found = ended(server)
    assert (found.code, found.signal) == (None, 9)


def test_a_window_is_killed_once_or_twice(server: Server) -> None:
    pane = run_shell(server, "exec sleep 60")

    server.kill_window(pane.window)
    server.kill_window(pane.window)

    assert server.windows() == []
