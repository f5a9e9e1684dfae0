"""Somebody who looks at the panes of a real tmux, and two programs to look at."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agentmux.mux.pacing import LIVELY_S
from agentmux.mux.panes import Frame, Panes
from agentmux.tmux.formats import Status
from agentmux.tmux.server import Server

ECHO = """
import os, tty
tty.setraw(0)
os.write(1, b'ready>')
while True:
    os.write(1, os.read(0, 65536))
"""
REPAINT = """
import os, time
for number in range(10 ** 6):
    rows = (b'\\x1b[3%dm%06d %s' % (row % 8, number, b'x' * 180) for row in range(58))
    os.write(1, b'\\x1b[2J\\x1b[H' + b'\\r\\n'.join(rows))
    time.sleep(0.05)
"""


class Watch:
    """A screen's side of the panes: what it was given."""

    def __init__(self, panes: Panes) -> None:
        self.panes = panes
        self.frames: list[Frame] = []
        self.statuses: list[Status] = []
        self.lost = 0
        self._captures = (-1, 0.0)
        """How many there were, and since when."""
        panes.on_frame = self.frames.append
        panes.on_status = self.statuses.append
        panes.on_lost = self._lose

    def _lose(self) -> None:
        self.lost += 1

    def rests(self) -> bool:
        """Whether nothing has been captured for a while."""
        now, captures = time.monotonic(), self.panes.stats.captures
        if captures != self._captures[0]:
            self._captures = (captures, now)
        return now - self._captures[1] > LIVELY_S

    def shows(self, pane: str, text: bytes) -> bool:
        frame = self.panes.latest(pane)
        return frame is not None and any(text in row for row in frame.rows)


@asynccontextmanager
async def watching(server: Server) -> AsyncIterator[Watch]:
    async with asyncio.TaskGroup() as tasks:
        watch = Watch(Panes(server, tasks))
        await watch.panes.start()
        yield watch
        await watch.panes.close()
