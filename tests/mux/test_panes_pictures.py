"""Which pictures of panes are taken, how often, and how much of them."""

import asyncio

import pytest

from agentmux.mux.panes import Frame
from agentmux.tmux.server import Server
from tests.mux.watch import ECHO, REPAINT, watching
from tests.support.tmux import run_python, server, until

__all__ = ["server"]

pytestmark = pytest.mark.tmux

COUNT = """
import itertools, os, time
for number in itertools.count():
    os.write(1, b'\\r%d' % number)
    time.sleep(0.003)
"""
PAINT_THEN_ECHO = """
import os, time, tty
tty.setraw(0)
for number in range(100):
    os.write(1, b'\\x1b[Hpicture %03d' % number)
    time.sleep(0.05)
os.write(1, b'\\x1b[Hlast of all>')
while True:
    os.write(1, os.read(0, 65536))
"""
FILL = """
import os, tty
tty.setraw(0)
os.write(1, b'\\x1b[31m' + b'\\r\\n'.join(b'row %02d' % row for row in range(24)))
while True:
    os.write(1, os.read(0, 65536))
"""


async def test_panes_beside_the_focused_one_come_in_ticks(server: Server) -> None:
    looked_at = run_python(server, REPAINT, name="s1-1", cols=200, lines=58)
    beside = [run_python(server, REPAINT, name=f"s{n}-1", cols=200, lines=58) for n in (2, 3)]
    shown = [looked_at.id, *(pane.id for pane in beside)]

    async with watching(server) as watch:
        watch.panes.show(shown, looked_at.id)
        await until(lambda: sum(frame.pane == looked_at.id for frame in watch.frames) >= 30)

    counts = [sum(frame.pane == pane for frame in watch.frames) for pane in shown]
    assert max(counts[1:]) <= 0.4 * counts[0]
    assert min(counts[1:]) >= 4


async def test_panes_beside_go_on_at_their_pace_while_somebody_types(server: Server) -> None:
    typed = run_python(server, ECHO, name="s1-1")
    beside = [run_python(server, REPAINT, name=f"s{n}-1").id for n in range(2, 7)]
    clock = asyncio.get_running_loop().time

    async with watching(server) as watch:
        watch.panes.show([typed.id, *beside], typed.id)
        await until(lambda: watch.shows(typed.id, b"ready>"))
        watch.frames.clear()
        began = clock()

        def frames(name: str) -> int:
            return sum(frame.pane == name for frame in watch.frames)

        while min(map(frames, beside)) < 6:
            echoes = frames(typed.id)
            watch.panes.send_bytes(typed.id, b"x")
            await until(lambda: frames(typed.id) > echoes)  # noqa: B023
        took = clock() - began

    assert max(map(frames, beside)) <= 2 + took / 0.17


async def test_a_pane_that_paints_all_the_time_need_not_ring(server: Server) -> None:
    """Once it has fallen quiet it rings again, and its last picture has not been missed."""
    looked_at = run_python(server, ECHO, name="s1-1")
    beside = run_python(server, PAINT_THEN_ECHO, name="s2-1")

    async with watching(server) as watch:
        watch.panes.show([looked_at.id, beside.id], looked_at.id)
        await until(lambda: watch.shows(beside.id, b"last of all>"))
        pictures = sum(frame.pane == beside.id for frame in watch.frames)
        assert watch.panes.stats.pauses < pictures / 2

        await until(watch.rests)
        bells = watch.panes.stats.bells
        watch.panes.send_bytes(beside.id, b"x")
        await until(lambda: watch.shows(beside.id, b"last of all>x"))
        assert watch.panes.stats.bells > bells


async def test_a_lively_pane_rings_as_soon_as_it_is_looked_at(server: Server) -> None:
    looked_at = run_python(server, ECHO, name="s1-1")
    lively = run_python(server, COUNT, name="s2-1")

    async with watching(server) as watch:
        watch.panes.show([looked_at.id, lively.id], looked_at.id)
        await until(lambda: sum(frame.pane == lively.id for frame in watch.frames) >= 5)
        watch.panes.show([looked_at.id, lively.id], lively.id)
        bells = watch.panes.stats.bells
        await until(lambda: watch.panes.stats.bells > bells + 10)


async def test_a_repainting_pane_is_not_torn(server: Server) -> None:
    pane = run_python(server, REPAINT, cols=200, lines=58)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id)
        await until(lambda: len(watch.frames) >= 60)

    def is_torn(frame: Frame) -> bool:
        return len({row.partition(b" ")[0].rpartition(b"m")[2] for row in frame.rows}) > 1

    torn = sum(map(is_torn, watch.frames[1:]))
    assert torn <= 3, f"{torn} of {len(watch.frames)}"


async def test_only_what_is_in_view_is_captured(server: Server) -> None:
    pane = run_python(server, FILL)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id, {pane.id: 4})
        await until(lambda: watch.shows(pane.id, b"row 23"))
        watch.panes.send_bytes(pane.id, b"\x1b[HAAA\x1b[21HBBB\x1b[24;7Hx")
        await until(lambda: watch.shows(pane.id, b"row 23x"))
        assert watch.shows(pane.id, b"BBB")
        assert not watch.shows(pane.id, b"AAA")
        frame = watch.panes.latest(pane.id)
        assert frame is not None
        assert b"\x1b[31m" in frame.rows[frame.top(4)]  # the colour that runs on from above

        await until(lambda: watch.statuses)  # it rings as well
        await until(watch.rests)
        watch.panes.show([pane.id], pane.id, {pane.id: 24})
        await until(lambda: watch.shows(pane.id, b"AAA"))


@pytest.mark.parametrize("keys", [b"\x1b[H\x1b[J", b"\x1b[H"], ids=["cleared", "cursor moved"])
async def test_a_view_that_moves_up_shows_no_old_rows(server: Server, keys: bytes) -> None:
    pane = run_python(server, FILL)

    async with watching(server) as watch:
        watch.panes.show([pane.id], pane.id, {pane.id: 4})
        await until(lambda: watch.shows(pane.id, b"row 23"))
        watch.panes.send_bytes(pane.id, b"\x1b[HAAA\x1b[24;7Hx")
        await until(lambda: watch.shows(pane.id, b"row 23x"))
        watch.panes.send_bytes(pane.id, keys + b"BBB")
        await until(lambda: watch.shows(pane.id, b"BBB"))

    assert all(frame.is_true_in(4) for frame in watch.frames)
    assert not watch.shows(pane.id, b"AAA")
