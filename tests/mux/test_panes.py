"""The hot lane between a real tmux and whoever looks: pictures, keys, floods and deaths."""

import asyncio
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import psutil
import pytest

from agentmux.errors import TmuxError
from agentmux.mux.pacing import FOCUSED_GAP_S
from agentmux.mux.panes import Panes
from agentmux.tmux.server import Server
from tests.mux.watch import ECHO, Watch, watching
from tests.support.tmux import (
    remind_of_deaths,
    run_python,
    run_shell,
    server,
    until,
    wait_until,
)

__all__ = ["server"]

pytestmark = pytest.mark.tmux

CHECKOUT = Path(__file__).parents[2]
TELL = """
import os, signal, tty
def tell(*_):
    os.write(1, b'%r\\r\\n' % (tuple(os.get_terminal_size()),))
signal.signal(signal.SIGWINCH, tell)
tty.setraw(0)
os.write(1, b'\\x1b[?1004h')
tell()
while True:
    os.write(1, os.read(0, 99).hex().encode() + b'\\r\\n')
"""
FLOOD = """
import itertools, os, sys
block = b''.join(b'\\x1b[3%dmline %d of a flood\\r\\n' % (n % 8, n) for n in range(150))
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
for number in itertools.count():
    os.write(1, block)
    os.pwrite(out, b'%020d' % number, 0)
"""
OWNER = """
import asyncio, sys
from agentmux.mux.panes import Panes
from agentmux.paths import places
from agentmux.tmux.server import Server

async def main():
    async with asyncio.TaskGroup() as tasks:
        panes = Panes(Server(places()), tasks)
        panes.on_frame = lambda frame: print('frame', flush=True)
        await panes.start()
        panes.show([sys.argv[1]], sys.argv[1])
        await asyncio.Event().wait()

asyncio.run(main())
"""


def count(target: Path) -> int:
    """How far the flood has come."""
    return int(target.read_bytes() or b"0") if target.exists() else 0


def require_progress(target: Path) -> None:
    """A frozen program writes what the terminal still takes, and no more."""
    for _ in range(3):
        before = count(target)
        wait_until(partial(_is_beyond, target, before + 20), seconds=5)


def _is_beyond(target: Path, number: int) -> bool:
    return count(target) > number


async def test_keys_in_and_pictures_out(server: Server) -> None:
    pane = run_python(server, ECHO)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"ready>"))
        watch.panes.send_bytes(pane.id, "hé".encode())
        await until(lambda: watch.shows(pane.id, "ready>hé".encode()))

    last = watch.frames[-1]
    assert last.cursor == (8, 0)
    assert (len(last.rows), last.lines, last.cols) == (24, 24, 80)
    assert [frame.seq for frame in watch.frames] == list(range(1, len(watch.frames) + 1))


async def test_an_echo_does_not_wait_for_the_next_picture_to_be_due(server: Server) -> None:
    """The best of many: one that waits takes as long as the gap each time."""
    pane = run_python(server, ECHO)
    clock = asyncio.get_running_loop().time
    took: list[float] = []

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"ready>"))
        for end in range(1, 31):
            typed = clock()
            watch.panes.send_bytes(pane.id, b"x")
            await until(partial(watch.shows, pane.id, b"ready>" + b"x" * end))
            took.append(clock() - typed)

    assert min(took) < FOCUSED_GAP_S / 2


async def test_a_hidden_pane_rests_and_is_true_when_shown_again(server: Server) -> None:
    hidden, other = run_python(server, ECHO), run_python(server, ECHO, name="s2-1")

    async with watching(server) as watch:
        watch.panes.show([hidden.id, other.id], other.id)
        await until(lambda: watch.shows(hidden.id, b"ready>"))
        await until(lambda: watch.shows(other.id, b"ready>"))
        watch.panes.show([other.id], other.id)
        watch.panes.send_bytes(hidden.id, b"unseen")
        watch.panes.send_bytes(other.id, b"seen")
        await until(lambda: watch.shows(other.id, b"ready>seen"))
        assert not watch.shows(hidden.id, b"unseen")

        watch.panes.show([hidden.id, other.id], hidden.id)
        await until(lambda: watch.shows(hidden.id, b"ready>unseen"))
        watch.panes.send_bytes(hidden.id, b"!")
        await until(lambda: watch.shows(hidden.id, b"unseen!"))


async def test_keys_do_not_overtake_a_paste(server: Server) -> None:
    pane = run_python(server, ECHO)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"ready>"))
        pasting = asyncio.ensure_future(watch.panes.paste(pane.id, b"a\x1bb"))
        await asyncio.sleep(0)
        watch.panes.send_bytes(pane.id, b"c")
        await pasting
        await until(lambda: watch.shows(pane.id, b"ready>abc"))


async def test_a_paste_that_is_given_up_holds_no_keys_back(server: Server) -> None:
    pane = run_python(server, ECHO)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"ready>"))
        pasting = asyncio.ensure_future(watch.panes.paste(pane.id, b"a"))
        await asyncio.sleep(0)
        pasting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pasting
        watch.panes.send_bytes(pane.id, b"key")
        await until(lambda: watch.shows(pane.id, b"key"))


async def test_scrollback_comes_in_pages(server: Server) -> None:
    line = "y" * 100
    pane = run_shell(server, f"seq 1 200; printf '\\033[1m{line}\\033[m\\nend'; exec sleep 60")

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"end"))
        frame = watch.panes.latest(pane.id)
        assert frame is not None
        rows = await watch.panes.history(pane.id, -frame.history, 3)
        assert [row.strip() for row in rows] == [b"1", b"2", b"3"]
        rows = await watch.panes.history(pane.id, -frame.history, 99_999, joined=True)
        assert [row.rstrip() for row in rows[-2:]] == [line.encode(), b"end"]
        assert any(b"\x1b[1m" in row for row in frame.rows)
        with pytest.raises(TmuxError, match="no pane %99"):
            await watch.panes.history("%99", 0, 1)


async def test_size_and_focus_reach_the_program(server: Server) -> None:
    pane, other = run_python(server, TELL), run_shell(server, "exec sleep 60", name="s2-1")

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"(80, 24)"))
        await watch.panes.resize(pane.window, 64, 18)
        await until(lambda: watch.shows(pane.id, b"(64, 18)"))
        assert watch.frames[-1].cols == 64
        await watch.panes.focus(pane.window)
        await until(lambda: watch.shows(pane.id, b"1b5b49"))
        await watch.panes.focus(other.window)
        await until(lambda: watch.shows(pane.id, b"1b5b4f"))
        with pytest.raises(TmuxError, match="can't find window"):
            await watch.panes.focus("@99")


async def test_the_end_of_a_program_is_told(server: Server) -> None:
    pane = run_shell(server, "read line; echo bye; exit 5")

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        watch.panes.send_bytes(pane.id, b"\r")
        await until(lambda: any(status.dead for status in watch.statuses))
        remind_of_deaths(server)
        await until(lambda: any(status.code == 5 for status in watch.statuses))
        await until(lambda: watch.frames and watch.frames[-1].dead)


async def test_close_and_start_again(server: Server) -> None:
    pane = run_python(server, ECHO)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"ready>"))
        await watch.panes.close()
        assert not server.has_screens()
        watch.panes.send_bytes(pane.id, b"typed ahead")
        with pytest.raises(TmuxError, match="no connection"):
            await watch.panes.resize(pane.window, 10, 10)

        await watch.panes.start()
        await until(lambda: watch.shows(pane.id, b"ready>typed ahead"))


async def test_a_broken_connection_is_made_anew(server: Server) -> None:
    pane = run_python(server, ECHO)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: watch.shows(pane.id, b"ready>"))
        listed = server.run("list-clients", "-F", "#{client_pid} #{client_flags}").decode()
        (child,) = [line for line in listed.splitlines() if "no-output" not in line]
        os.kill(int(child.split()[0]), signal.SIGKILL)
        await until(lambda: watch.panes.stats.connections == 2)
        watch.panes.send_bytes(pane.id, b"again")
        await until(lambda: watch.shows(pane.id, b"ready>again"))

    assert watch.lost == 0


async def test_the_end_of_the_server_is_told(server: Server) -> None:
    async with watching(server) as watch:
        os.kill(int(server.identity().split(":")[0]), signal.SIGKILL)
        await until(lambda: watch.lost)

    assert watch.lost == 1


async def test_without_a_server_there_is_nothing_to_lose(server: Server) -> None:
    server.kill()

    async with asyncio.TaskGroup() as tasks:
        watch = Watch(Panes(server, tasks))
        with pytest.raises(TmuxError, match="no tmux server"):
            await watch.panes.start()

    assert watch.lost == 0


async def test_a_flood_is_paused_and_nothing_grows(server: Server, tmp_path: Path) -> None:
    flood = run_python(server, FLOOD, str(tmp_path / "count"))
    other = run_python(server, ECHO, name="s2-1")
    tmux = psutil.Process(int(server.identity().split(":")[0]))

    async with watching(server) as watch:
        watch.panes.show([flood.id, other.id], flood.id)
        await until(lambda: watch.panes.stats.pauses > 5)
        ours, theirs = psutil.Process().memory_info().rss, tmux.memory_info().rss
        passed = count(tmp_path / "count")
        await until(lambda: count(tmp_path / "count") > passed + 8_000)  # 30 MB
        watch.panes.send_bytes(other.id, b"calm")
        await until(lambda: watch.shows(other.id, b"ready>calm"))
        assert psutil.Process().memory_info().rss - ours < 10_000_000
        assert tmux.memory_info().rss - theirs < 10_000_000


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGKILL, signal.SIGSTOP])
def test_no_death_or_stop_of_ours_freezes_an_agent(
    server: Server, tmp_path: Path, how: signal.Signals
) -> None:
    target = tmp_path / "count"
    pane = run_python(server, FLOOD, str(target))
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, pane.id], stdout=subprocess.PIPE, cwd=CHECKOUT
    )
    try:
        assert owner.stdout is not None
        for _ in range(5):
            assert owner.stdout.readline() == b"frame\n"
        owner.send_signal(how)
        if how is signal.SIGKILL:
            wait_until(lambda: not server.has_screens())
        require_progress(target)
    finally:
        owner.kill()
        owner.communicate()
