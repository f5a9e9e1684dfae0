"""The hot lane: a person's keys into panes, and paced pictures of panes out.

A pane that prints rings, and is captured when its `Pace` says so; a picture nobody would see is
never taken. What it printed is thrown away unread. A pane is paused once it need not ring again
before its next capture: beyond 64 KiB, so that a flood costs ten captures a second and nothing
grows; beside the focused one at its first ring.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

from agentmux.errors import TmuxError
from agentmux.mux.frame import Frame, next_frame
from agentmux.mux.pacing import TICK_S, TYPED_SHARE, TYPED_TICK_S, Pace
from agentmux.tmux.client import Capture, ControlClient
from agentmux.tmux.formats import Status, require_id
from agentmux.tmux.protocol import Notification, Output, Paused, Reply, Resized
from agentmux.tmux.server import HUB, Server

__all__ = ["Frame", "Panes", "Stats"]

PAGE = 2000
"""Lines of scrollback in one reply; replies are not flow-controlled."""
RETRIES = 3
"""Connections that break within a second, one after another, before the server counts as gone."""
SETTLED_S = 1.0


@dataclass(slots=True)
class Stats:
    """What the hot lane has done since it was made."""

    bells: int = 0
    captures: int = 0
    frames: int = 0
    pauses: int = 0
    """For their volume, or for not being the focused one."""
    connections: int = 0


@dataclass(slots=True)
class _Pane:
    """What is kept of one pane."""

    id: str
    pace: Pace = field(default_factory=Pace)
    timer: asyncio.TimerHandle | None = None
    frame: Frame | None = None
    height: int | None = None
    """Rows in view, if that is known; the rows above them need not be captured."""
    pastes: int = 0
    """Under way; one at a time holds `order`."""
    order: asyncio.Lock = field(default_factory=asyncio.Lock)
    held: bytearray = field(default_factory=bytearray)
    """Keys that must not overtake a paste, or that wait for a connection."""

    def crop(self) -> int:
        """The first row in view, as far as the last picture tells."""
        return 0 if self.frame is None or self.height is None else self.frame.top(self.height)

    def is_true(self, frame: Frame | None = None) -> bool:
        """Whether what is in view is of this picture, or of the last one there is."""
        new, old = frame or self.frame, self.frame
        if new is None or old is None or not new.first:
            return True
        return new.lines == old.lines and new.is_true_in(self.height or new.lines)

    def cancel_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Panes:
    """Every pane of one server, over one connection that is made anew when it breaks."""

    def __init__(self, server: Server, tasks: asyncio.TaskGroup) -> None:
        self.on_frame: Callable[[Frame], None] = _ignore
        """Called on the loop with each new picture; a newer one replaces it."""
        self.on_status: Callable[[Status], None] = _ignore
        """A pane died, rang or has a new title; also for panes that are not on the screen."""
        self.on_lost: Callable[[], None] = lambda: None
        """The server is gone, and with it every pane."""
        self.stats = Stats()
        self._server = server
        self._tasks = tasks
        self._client: ControlClient | None = None
        self._open = False
        self._connected_at = 0.0
        self._failures = 0
        self._panes: dict[str, _Pane] = {}
        self._visible: frozenset[str] = frozenset()
        self._focused: str | None = None
        self._tick: asyncio.TimerHandle | None = None
        self._ticked = 0.0

    # --- life

    async def start(self) -> None:
        """Connect, and take a picture of every visible pane. TmuxError when there is no server."""
        self._open = True
        client = ControlClient(self._server, self._heard, self._ended)
        await client.start()
        if not self._open:
            await client.close()
            return
        self._client = client
        self._connected_at = self._now()
        self.stats.connections += 1
        for pane in self._panes.values():
            pane.pace.busy = pane.pace.paused = False
            self._release(pane)
        for name in self._visible:
            self._capture(self._pane(name))

    async def close(self) -> None:
        """Let go of the connection, before a suspend or another program has the terminal.

        A connection that nobody reads stops the agents. `start` takes up again from here.
        """
        self._open = False
        client, self._client = self._client, None
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        for pane in self._panes.values():
            pane.cancel_timer()
        if client is not None:
            await client.close()

    # --- what is wanted

    def show(
        self,
        visible: Collection[str],
        focused: str | None,
        heights: Mapping[str, int] | None = None,
    ) -> None:
        """Which panes are on the screen, and which one of them is looked at; all others rest.

        `heights` are the rows of a pane that are in view, from its last ones; without it all are.
        """
        shown = frozenset(map(require_id, visible))
        hidden, new = self._visible - shown, shown - self._visible
        self._visible, self._focused = shown, focused
        for name in hidden:
            self._pause(self._pane(name))
        for name in shown:
            pane = self._pane(name)
            pane.height = heights.get(name) if heights else None
            if name in new or not pane.is_true():
                self._capture(pane)
        if focused is not None:
            self._plan(self._pane(focused))

    def latest(self, pane: str) -> Frame | None:
        """The newest picture there is, of a hidden pane an old one."""
        found = self._panes.get(pane)
        return found.frame if found else None

    def send_bytes(self, pane: str, data: bytes) -> None:
        """Type `data` into a pane, at once; behind a paste under way, when that is done."""
        target = self._pane(pane)
        target.pace.typed = self._now()
        target.held += data
        self._release(target)

    async def paste(self, pane: str, data: bytes) -> None:
        """Paste text of any size, ESC and C1 stripped; returns when the pane has it."""
        target = self._pane(pane)
        target.pastes += 1
        try:
            async with target.order:
                await asyncio.to_thread(self._server.paste, pane, data)
        finally:
            target.pastes -= 1
            target.pace.typed = self._now()
            self._release(target)

    async def history(
        self, pane: str, first: int, count: int, *, joined: bool = False
    ) -> tuple[bytes, ...]:
        """Up to `count` (at most 2,000) rows of scrollback and screen from row `first`.

        Rows count as tmux does: 0 is the first on the screen, -1 the last that scrolled off it.
        They keep their SGR; `joined` gives plain text instead, one row for each wrapped line.
        Raises TmuxError when the pane is gone.
        """
        kind = "-J" if joined else "-eN"
        last = first + min(count, PAGE) - 1
        client = self._require_client()
        return await client.read(pane, f"{kind} -S {first:d} -E {last:d}")

    async def resize(self, window: str, cols: int, rows: int) -> None:
        """Give a window this size; the new picture follows by itself."""
        target = require_id(window)
        await self._require_client().command(f"resize-window -t {target} -x {cols:d} -y {rows:d}")

    async def focus(self, window: str) -> None:
        """Tell programs that asked for it who has the focus now; ends the window's bell."""
        await self._require_client().command(f"select-window -t '={HUB}:{require_id(window)}'")

    # --- what is heard

    def _heard(self, heard: Notification) -> None:
        match heard:
            case Output():
                self._rung(self._pane(heard.pane), heard.size)
            case Paused():
                pane = self._pane(heard.pane)
                pane.pace.paused = True
                self._rung(pane, 0)
            case Resized():
                self._rung(self._pane(heard.pane), 0)
            case Status():
                self._rung(self._pane(heard.pane), 0)
                self.on_status(heard)
            case Reply():
                pass

    def _rung(self, pane: _Pane, size: int) -> None:
        self.stats.bells += 1
        pane.pace.ring(self._now(), size)
        if pane.pace.is_flooding or (size and pane.id != self._focused):
            self._pause(pane)  # one ring is enough until its tick
        self._plan(pane)

    def _ended(self) -> None:
        """The connection broke without us."""
        self._client = None
        settled = self._now() - self._connected_at > SETTLED_S
        self._failures = 0 if settled else self._failures + 1
        if self._open:
            self._tasks.create_task(self._reconnect())

    async def _reconnect(self) -> None:
        try:
            if self._failures >= RETRIES:
                raise TmuxError("tmux ends every connection.")
            await self.start()
        except TmuxError:
            self._open = False
            self.on_lost()

    # --- pacing

    def _plan(self, pane: _Pane) -> None:
        """Capture the pane now, or see to it that it is captured when it is due."""
        pace = pane.pace
        if not pace.dirty or pace.busy or self._client is None or pane.id not in self._visible:
            return
        if pane.id != self._focused:
            self._plan_tick()
            return
        now = self._now()
        due = pace.due(now)
        if due <= now:
            self._capture(pane)
        elif pane.timer is None or pane.timer.when() > due:
            pane.cancel_timer()  # one that fires earlier is left alone: it plans again
            pane.timer = asyncio.get_running_loop().call_at(due, self._wake, pane)

    def _wake(self, pane: _Pane) -> None:
        pane.timer = None
        self._plan(pane)

    def _plan_tick(self) -> None:
        if self._tick is None:
            pause = TYPED_TICK_S if self._is_typed() else TICK_S
            due = self._ticked + pause
            self._tick = asyncio.get_running_loop().call_at(due, self._take_tick)

    def _take_tick(self) -> None:
        """All dirty panes but the focused one together: their pictures make one repaint."""
        self._tick = None
        self._ticked = now = self._now()
        others = [self._pane(name) for name in self._visible if name != self._focused]
        dirty = [pane for pane in others if pane.pace.dirty]
        due = dirty
        if self._is_typed():
            rested = [pane for pane in dirty if now - pane.pace.last >= TICK_S - TYPED_TICK_S / 2]
            due = sorted(rested, key=lambda pane: pane.pace.last)[:TYPED_SHARE]
        if due and self._client is not None:
            with self._client.together():
                for pane in due:
                    self._capture(pane)
        if len(due) < len(dirty):
            self._plan_tick()

    def _is_typed(self) -> bool:
        return self._focused is not None and self._pane(self._focused).pace.is_typed(self._now())

    def _capture(self, pane: _Pane, first: int | None = None) -> None:
        """Capture it from this row on, or from the first one in view."""
        if pane.pace.busy or self._client is None:
            return
        pane.cancel_timer()
        pace, now = pane.pace, self._now()
        resume = pace.paused and (pane.id == self._focused or not pace.is_lively(now))
        pace.paused &= not resume
        pace.take(now)
        self.stats.captures += 1
        first = pane.crop() if first is None else first
        options = f"-eN -S {first:d}" if first else "-eN"
        done = partial(self._captured, pane, first)
        self._client.capture(pane.id, done, resume=resume, options=options)

    def _captured(self, pane: _Pane, first: int, capture: Capture | None) -> None:
        frame = None if capture is None else next_frame(capture, pane.frame, first)
        pane.pace.show(frame is not None)
        if capture is None:
            return
        if pane.pace.paused:
            pane.pace.ring(self._now(), 0)  # what it prints from now on does not ring
        if first and not pane.is_true(frame):
            self._capture(pane, 0)
            return
        if frame is not None:
            pane.frame = frame
            self.stats.frames += 1
            self.on_frame(frame)
        self._plan(pane)

    # --- inside

    def _pane(self, name: str) -> _Pane:
        pane = self._panes.get(name)
        if pane is None:
            pane = self._panes[require_id(name)] = _Pane(name)
        return pane

    def _pause(self, pane: _Pane) -> None:
        if self._client is not None and not pane.pace.paused:
            pane.pace.paused = True
            self.stats.pauses += 1
            self._client.pause([pane.id])

    def _release(self, pane: _Pane) -> None:
        """Type what is held, unless it still has to wait."""
        if pane.held and not pane.pastes and self._client is not None:
            self._client.send(pane.id, bytes(pane.held))
            pane.held.clear()

    def _require_client(self) -> ControlClient:
        if self._client is None:
            raise TmuxError("There is no connection to tmux at the moment.")
        return self._client

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _ignore(_: object) -> None:
    """What listens until somebody does."""
