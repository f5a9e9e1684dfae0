"""The loop that moves the bytes: one poll, two bounded buffers, no wakeup while nothing happens.

When tmux does not read, the agent is not read; when the agent does not read, tmux is not, beyond
`INPUT_LIMIT`. Input goes on before it is looked at.
"""

from __future__ import annotations

import os
import select
import signal
import time

from agentmux.shim.ending import Ending
from agentmux.shim.keys import KeyWatch
from agentmux.shim.launch import Agent
from agentmux.shim.outer import Outer, load_terminal
from agentmux.shim.outlet import Outlet
from agentmux.shim.recorder import Recorder
from agentmux.shim.scan import Scanner
from agentmux.shim.signals import received
from agentmux.shim.spec import Spec

CHUNK = 64 * 1024
OUTPUT_LIMIT = 64 * 1024
INPUT_LIMIT = 1024 * 1024
"""Bytes that may wait; beyond it the source is not read. A paste must fit whole."""
DRAIN_S = 0.1
"""Seconds to wait for a dead agent's last output: a process it left may hold the terminal."""
DRAIN_LIMIT = 256 * 1024
"""Bytes that are still read then, more than the kernel keeps: a flood has no end."""


class Relay:
    """One agent and one pane, until the agent has ended."""

    def __init__(
        self, spec: Spec, outer: Outer, agent: Agent, recorder: Recorder, wakeup: int
    ) -> None:
        self._outer = outer
        self._agent = agent
        self._recorder = recorder
        self._wakeup = wakeup
        self._grace_s = spec.grace_s
        self._scanner = Scanner(lambda: load_terminal(spec.terminal))
        self._keys = KeyWatch()
        self._ending = Ending(spec.grace_s)
        self._to_outer = Outlet(outer.fd)
        self._to_agent = Outlet(agent.master)
        self._held_until: float | None = None
        self._status: int | None = None
        self._poll = select.poll()
        self._watched: dict[int, int] = {}
        self._was_calm = False
        """Nothing waited to be written when the ends were looked at last."""

    def run(self) -> int:
        """Relay; returns the agent's wait status once its last words are out."""
        self._watch(self._wakeup, select.POLLIN)
        self._outer.copy_size(self._agent.master)
        while self._status is None:
            self._watch_ends()
            due = self._due()
            for fd, events in self._poll.poll(_milliseconds_until(due)):
                self._react(fd, events)
            if due is not None and time.monotonic() >= due:
                self._tick(time.monotonic())
        self._drain()
        self._recorder.ended(self._status, time.monotonic())
        self._flush()
        return self._status

    def _watch_ends(self) -> None:
        """Watch each end for what may be done with it now."""
        output, to_agent = self._to_outer.pending, self._to_agent.pending
        is_calm = not (output or to_agent or self._to_outer.is_gone)
        if is_calm and self._was_calm:
            return
        self._was_calm = is_calm
        reading = select.POLLIN if len(output) < OUTPUT_LIMIT else 0
        self._watch(self._agent.master, reading | (select.POLLOUT if to_agent else 0))
        if self._to_outer.is_gone:
            self._ending.begin(time.monotonic())
            if self._watched.pop(self._outer.fd, None) is not None:
                self._poll.unregister(self._outer.fd)
            return
        reading = select.POLLIN if len(to_agent) < INPUT_LIMIT else 0
        self._watch(self._outer.fd, reading | (select.POLLOUT if output else 0))

    def _watch(self, fd: int, events: int) -> None:
        if self._watched.get(fd) != events:
            self._watched[fd] = events
            self._poll.register(fd, events)

    def _due(self) -> float | None:
        """When something is to be done although nothing happens; None most of the time."""
        first = self._held_until
        for due in (self._recorder.due, self._ending.due):
            if due is not None and (first is None or due < first):
                first = due
        return first

    def _tick(self, now: float) -> None:
        if self._held_until is not None and now >= self._held_until:
            self._held_until = None
            self._pass_on(self._scanner.release(), now)
        self._recorder.tick(now)
        if number := self._ending.tick(now):
            self._agent.signal(number)

    def _react(self, fd: int, events: int) -> None:
        if fd == self._wakeup:
            self._hear(received(fd))
        elif fd == self._agent.master:
            if events & select.POLLOUT:
                self._to_agent.flush()
            if events & select.POLLIN:
                self._read_agent()
        else:
            if events & select.POLLOUT:
                self._to_outer.flush()
            if events & ~select.POLLOUT:
                self._read_outer()

    def _hear(self, numbers: bytes) -> None:
        """Act on signals."""
        for number in set(numbers):
            if number == signal.SIGWINCH:
                self._outer.copy_size(self._agent.master)
            elif number == signal.SIGCHLD:
                pid, status = os.waitpid(self._agent.pid, os.WNOHANG)
                self._status = status if pid else None
            else:
                self._ending.begin(time.monotonic())

    def _read_outer(self) -> None:
        try:
            data = os.read(self._outer.fd, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._to_outer.close()
            return
        self._to_agent.send(data)
        self._recorder.pressed(self._keys.feed(data, time.monotonic()))

    def _read_agent(self) -> int:
        """Take some output; returns how many bytes, 0 when there are none now or any more."""
        try:
            data = os.read(self._agent.master, CHUNK)
        except OSError:  # EAGAIN; EIO once every descriptor of the agent's side is closed
            return 0
        now = time.monotonic()
        scanned = self._scanner.feed(data)
        if scanned.answers and len(self._to_agent.pending) < INPUT_LIMIT:
            self._to_agent.send(scanned.answers)
        self._pass_on(scanned.passed, now)
        if scanned.rows:
            self._recorder.note(scanned.rows, now)
        hold_s = self._scanner.hold_s
        self._held_until = None if hold_s is None else now + hold_s
        return len(data)

    def _pass_on(self, data: bytes | bytearray, now: float) -> None:
        if data:
            self._to_outer.send(data)
            self._recorder.heard_output(now)

    def _drain(self) -> None:
        """Read what the agent said last."""
        os.close(self._agent.slave)
        self._poll = select.poll()
        self._poll.register(self._agent.master, select.POLLIN)
        end = time.monotonic() + DRAIN_S
        left = DRAIN_LIMIT
        while left > 0 and self._poll.poll(_milliseconds_until(end)):
            taken = self._read_agent()
            if not taken:
                break
            left -= taken
        self._pass_on(self._scanner.release(), time.monotonic())

    def _flush(self) -> None:
        """Wait for tmux to take the last output, as long as it takes some."""
        self._poll = select.poll()
        self._poll.register(self._outer.fd, select.POLLOUT)
        while self._to_outer.pending and self._poll.poll(self._grace_s * 1000):
            self._to_outer.flush()


def _milliseconds_until(due: float | None) -> float | None:
    return None if due is None else max(0.0, (due - time.monotonic()) * 1000)
