"""The control client, connected to a real tmux."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from agentmux.errors import TmuxError
from agentmux.paths import places
from agentmux.tmux import client as tmux_client
from agentmux.tmux.client import Capture, ControlClient, deliver
from agentmux.tmux.formats import Status
from agentmux.tmux.protocol import Notification, Output, Resized
from agentmux.tmux.server import Server
from tests.support.tmux import remind_of_deaths, run_python, run_shell, until, wait_for_text

pytestmark = pytest.mark.tmux

# Paints the ends of the next 36 replies, as far as they can be known: the attack at its best.
FORGE = """
import os, sys, time
while True:
    known = open(sys.argv[1]).read()
    first, now = int(known or 0) + 1, int(time.time())
    kinds = (b'%end', b'%end', b'%error')
    rows = (b'%s %d %d 1' % (kinds[n % 3], now, first + n) for n in range(36))
    os.write(1, b'\\x1b[H' + b'\\r\\n'.join(row + b'\\x1b[K' for row in rows))
"""
ECHO_HEX = """
import os, tty
tty.setraw(0)
os.write(1, b'ready\\r\\n')
while True:
    os.write(1, os.read(0, 65536).hex().encode())
"""


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[tuple[ControlClient, list[Notification]]]:
    """A client and what it has been told."""
    heard: list[Notification] = []
    client = ControlClient(server, heard.append, lambda: None)
    await client.start()
    yield client, heard
    await client.close()


async def capture(client: ControlClient, pane: str, options: str = "-eN") -> Capture | None:
    taken: asyncio.Future[Capture | None] = asyncio.get_running_loop().create_future()
    client.capture(pane, deliver(taken), options=options)
    return await taken


def child_of(server: Server) -> psutil.Process:
    """The tmux process of the only screen."""
    clients = server.run("list-clients", "-F", "#{client_pid} #{client_flags}").decode()
    (pid,) = [line.split()[0] for line in clients.splitlines() if "no-output" not in line]
    return psutil.Process(int(pid))


async def test_flow_control_is_on_from_the_start(server: Server) -> None:
    async with connected(server):
        flags = server.run("list-clients", "-F", "#{client_flags}")

    assert b"pause-after=1" in flags


async def test_a_list_of_commands_and_its_replies(server: Server) -> None:
    async with connected(server) as (client, _):
        first, second = await client.command("display-message -p one", "display-message -p two")

    assert (first.lines, second.lines) == ((b"one",), (b"two",))


async def test_lines_sent_together_are_answered_one_by_one(server: Server) -> None:
    """A line in error, and one that is sent after them, included."""
    async with connected(server) as (client, _):
        with client.together():
            said = [
                asyncio.ensure_future(client.command("display-message -p one")),
                asyncio.ensure_future(client.command("kill-window -t @77")),
                asyncio.ensure_future(client.command("display-message -p two")),
            ]
            await asyncio.sleep(0)
            server.run("list-windows")  # by now tmux would have answered
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert not any(answer.done() for answer in said)
        assert (await client.command("display-message -p three"))[0].lines == (b"three",)

        assert (await said[0])[0].lines == (b"one",)
        with pytest.raises(TmuxError, match="can't find window"):
            await said[1]
        assert (await said[2])[0].lines == (b"two",)


async def test_after_an_error_the_next_replies_still_find_their_command(server: Server) -> None:
    async with connected(server) as (client, _):
        with pytest.raises(TmuxError, match="can't find window: @77"):
            await client.command("display-message -p one", "kill-window -t @77", "list-windows")
        with pytest.raises(TmuxError, match="unknown command"):
            await client.command("bogus", "display-message -p one")
        assert (await client.command("display-message -p next"))[0].lines == (b"next",)


async def test_a_capture_is_the_screen_and_its_state(server: Server) -> None:
    pane = run_shell(server, "printf '\\033[31mred\\033[m  \\nsecond'; exec sleep 60")
    wait_for_text(server, pane.id, b"second")

    async with connected(server) as (client, _):
        taken = await capture(client, pane.id)

    assert taken is not None
    assert taken.rows[:2] == (b"\x1b[31mred\x1b[39m  ", b"second")
    assert (taken.screen.cols, taken.screen.cursor) == (80, (6, 1))


async def test_backslashes_and_line_drawing_come_as_the_pane_has_them(server: Server) -> None:
    odd = rb"C:\033[1m \\ \n \x " + b"\x1b(0lqk\x1b(B " + "漢字".encode()
    script = f"import os, time; os.write(1, {odd + b' end'!r}); time.sleep(60)"
    pane = run_python(server, script)
    wait_for_text(server, pane.id, b"end")

    async with connected(server) as (client, _):
        taken = await capture(client, pane.id)

    assert taken is not None
    shown = odd.replace(b"\x1b(0", b"\x0e").replace(b"\x1b(B", b"\x0f")
    assert taken.rows[0].rstrip() == shown + b" end"


async def test_captures_do_not_make_the_server_grow(server: Server) -> None:
    pane = run_shell(server, "seq -f 'line %g of a screen that is full of such lines' 24; read x")
    wait_for_text(server, pane.id, b"line 24")
    process = psutil.Process(int(server.run("display-message", "-p", "#{pid}")))

    async with connected(server) as (client, _):
        for _ in range(100):
            await capture(client, pane.id)
        before = process.memory_info().rss
        for _ in range(1500):
            await capture(client, pane.id)
        grown = process.memory_info().rss - before

    assert grown < 500_000  # with `capture-pane -p` 1.8 MB on tmux 3.3a


async def test_a_pane_that_is_gone_is_no_capture(server: Server) -> None:
    async with connected(server) as (client, _):
        assert await capture(client, "%99") is None
        client.send("%99", b"x")
        assert (await client.command("display-message -p next"))[0].lines == (b"next",)


class Tapped(ControlClient):
    """A client that tells how far tmux has counted."""

    numbers: tuple[bytes, ...] = ()
    """Time, number and flags of the last replies."""

    def receive(self, data: bytes) -> None:
        found = re.findall(rb"^%begin (\d+ \d+ 1)$", data, re.MULTILINE)
        self.numbers = (*self.numbers, *found)[-9:]
        super().receive(data)


async def test_a_pane_cannot_forge_the_end_of_its_capture(server: Server, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.touch()
    pane = run_python(server, FORGE, str(known), cols=60, lines=36)
    wait_for_text(server, pane.id, b"%end ")
    client = Tapped(server, lambda _: None, lambda: None)
    await client.start()
    hits = 0

    for _ in range(300):
        taken = await capture(client, pane.id)
        assert taken is not None
        assert len(taken.rows) == 36
        assert all(row.startswith((b"%end ", b"%error ")) for row in taken.rows)
        ends = {b"%end " + number for number in client.numbers}
        hits += any(row in ends for row in taken.rows)
        known.write_bytes(client.numbers[-1].split()[1])

    await client.close()
    assert hits > 30


async def test_every_byte_value_is_typed_as_it_is(server: Server) -> None:
    keys = bytes(range(256)) * 10
    pane = run_python(server, ECHO_HEX, cols=200, lines=50)
    wait_for_text(server, pane.id, b"ready")

    async with connected(server) as (client, _):
        client.send(pane.id, keys)
        wanted = b"ready" + keys.hex().encode()

        async def shown() -> bytes:
            taken = await capture(client, pane.id, "-J")
            return b"".join(taken.rows).replace(b" ", b"") if taken else b""

        async with asyncio.timeout(10):
            while await shown() != wanted:
                pass


async def test_what_is_not_an_id_is_never_sent(server: Server) -> None:
    async with connected(server) as (client, _):
        with pytest.raises(TmuxError, match="not an id"):
            client.send("%1\nkill-server", b"x")
        with pytest.raises(TmuxError, match="not an id"):
            client.pause(["%1:pause' ; kill-server"])


async def test_a_pane_rings_until_it_is_paused_and_again_after_a_resuming_capture(
    server: Server,
) -> None:
    pane = run_python(server, ECHO_HEX)
    wait_for_text(server, pane.id, b"ready")

    async with connected(server) as (client, heard):
        client.send(pane.id, b"a")
        await until(lambda: any(isinstance(h, Output) and h.pane == pane.id for h in heard))

        client.pause([pane.id])
        heard.clear()
        client.send(pane.id, b"b")
        wait_for_text(server, pane.id, b"6162")
        await client.command("display-message -p settled")
        assert not any(isinstance(h, Output) for h in heard)

        client.capture(pane.id, lambda _: None, resume=True)
        client.send(pane.id, b"c")
        await until(lambda: any(isinstance(h, Output) and h.pane == pane.id for h in heard))


async def test_sizes_bells_and_deaths_are_told(server: Server) -> None:
    pane = run_shell(server, "printf '\\a'; read line; exit 3")

    async with connected(server) as (client, heard):
        await until(lambda: any(isinstance(h, Status) and h.bell for h in heard))
        server.resize_window(pane.window, 50, 10)
        await until(lambda: Resized(pane.id) in heard)
        client.send(pane.id, b"\r")
        await until(lambda: any(isinstance(h, Status) and h.dead for h in heard))
        remind_of_deaths(server)
        await until(lambda: any(isinstance(h, Status) and h.code == 3 for h in heard))


async def test_close_ends_the_child(server: Server) -> None:
    async with connected(server) as (client, _):
        child = child_of(server)
        assert os.getpgid(child.pid) == child.pid

    assert not child.is_running()
    with pytest.raises(TmuxError, match="connection to tmux was lost"):
        await client.command("display-message -p one")


async def test_who_waits_for_a_reply_when_it_is_closed_is_told(server: Server) -> None:
    answers: list[object] = []
    async with connected(server) as (client, _):
        client.submit(("display-message -p one",), answers.append)
        await client.close()
        assert answers == [None]


async def test_the_end_of_the_server_is_told_once_to_everybody_who_waits(server: Server) -> None:
    lost: list[str] = []
    client = ControlClient(server, lambda _: None, lambda: lost.append("lost"))
    await client.start()
    pid = int(server.identity().split(":")[0])
    os.kill(pid, signal.SIGSTOP)
    waiting = asyncio.ensure_future(client.command("display-message -p one"))
    await asyncio.sleep(0)

    os.kill(pid, signal.SIGKILL)

    with pytest.raises(TmuxError, match="was lost"):
        await waiting
    await until(lambda: lost)
    await client.close()
    assert lost == ["lost"]


async def test_a_server_that_does_not_let_it_attach_leaves_no_child(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tmux_client, "ATTACH_SECONDS", 0.3)
    before = set(psutil.Process().children())
    pid = int(server.identity().split(":")[0])
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(TmuxError, match="did not let the screen attach"):
            await ControlClient(server, lambda _: None, lambda: None).start()
        assert set(psutil.Process().children()) == before
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_without_a_server_it_does_not_start() -> None:
    lost: list[str] = []
    client = ControlClient(Server(places()), lambda _: None, lambda: lost.append("lost"))

    with pytest.raises(TmuxError, match="no tmux server"):
        await client.start()
    assert lost == []
