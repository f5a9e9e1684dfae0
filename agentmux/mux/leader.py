"""The leader: the one process that changes worktrees, tmux windows and the queue.

It runs headless in a window of the private tmux server, holds the lease, takes requests from the
ledger in order and writes one outcome for each. It may be killed at any moment: the next one
finds the requests without an outcome and finishes them by reading back what was begun.
"""

import asyncio
import os
import signal
import sys
import traceback
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress

from agentmux import __version__
from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.secrets import redact
from agentmux.core.session import Session
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError, LedgerError, UsageError
from agentmux.mux import verbs
from agentmux.mux.feeds.files import WorktreeWatch
from agentmux.mux.feeds.otlp import Receiver
from agentmux.mux.feeds.reports import Reports
from agentmux.mux.feeds.resources import watch_resources
from agentmux.mux.feeds.screens import Looks
from agentmux.mux.feeds.sleep import watch_sleep
from agentmux.mux.feeds.spool import read_spools, watch_spools
from agentmux.mux.feeds.sse import Streams
from agentmux.mux.folders import clear_removed
from agentmux.mux.gauges import Gauges
from agentmux.mux.lease import Lease
from agentmux.mux.log import keep_short
from agentmux.mux.mux import Mux
from agentmux.mux.orphans import end_orphans
from agentmux.mux.private import forget_ended, load_secrets
from agentmux.mux.start import private_server
from agentmux.paths import Places, places
from agentmux.tmux.server import Server

IDLE_S = 60.0
"""A leader that nobody asked to stay ends after this long without a living session or screen."""
LOOK_S = 2.0
CHECKPOINT_ROWS = 500
LAST_LINES = 12
AGAIN_S = 2.0
"""Before a feed that failed is started again."""


class Leader:
    """What a verb works with: the mux, the tmux server, and the locks that keep order."""

    def __init__(self, mux: Mux, server: Server, group: asyncio.TaskGroup) -> None:
        self.mux = mux
        self.server = server
        self.group = group
        self.gauges = Gauges(mux)
        self.files = WorktreeWatch(mux, self.gauges)
        self.reports = Reports(mux)
        self.receiver = Receiver(mux, self.reports)
        self.opening = asyncio.Lock()
        """Held while slot, name, branch or place of a session are decided."""
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One verb at a time for each session."""
        self.stay = False
        """`up --headless` or `down` decide when it ends, not idleness."""
        self.done = asyncio.Event()
        self._looking = asyncio.Lock()
        self._taken: set[str] = set()

    def take_requests(self, _fleet: object = None) -> None:
        """Begin every request that has no outcome and is not in hand; an ending leader leaves them
        to the next."""
        if self.done.is_set():
            return
        for request in tuple(self.mux.fleet.open_requests.values()):
            if request.request not in self._taken:
                self._taken.add(request.request)
                self.mux.begin()
                self.group.create_task(self._act(request))

    async def _act(self, request: e.Requested) -> None:
        """Do what is asked and record its one outcome."""
        outcome: e.Completed | e.Refused
        try:
            await self.look()  # verbs decide on what is: an agent may have ended a moment ago
            result = await verbs.act(self, request)
            outcome = e.Completed(
                at=self.mux.now(),
                session=request.session,
                request=request.request,
                result=result,
            )
        except AgentmuxError as error:
            outcome = self._refusal(request, error)
        except Exception as error:  # noqa: BLE001 - a fault in one verb would be replayed for ever
            traceback.print_exc()
            outcome = self._refusal(request, _fault(error))
        try:
            await self._record_at_last(outcome)
        finally:
            self.mux.places.request_env(request.request).unlink(missing_ok=True)
            self.mux.end()

    async def look(self) -> None:
        """Record what spools and processes say of the living sessions now."""
        async with self._looking:
            await self.reports.read()  # before an end is seen: what was told until then counts
            await read_spools(self.mux, self.last_lines)
            forget_ended(self.mux.places, self.mux.fleet)

    async def _record_at_last(self, outcome: e.Completed | e.Refused) -> None:
        """Record an outcome, as soon as the disk lets us: without it the work would be redone."""
        while True:
            try:
                await self.mux.record(outcome)
                return
            except LedgerError as error:
                print(f"{error.message} An outcome waits.", file=sys.stderr)  # noqa: T201
            await asyncio.sleep(AGAIN_S)

    def _refusal(self, request: e.Requested, error: AgentmuxError) -> e.Refused:
        return e.Refused(
            at=self.mux.now(),
            session=request.session,
            request=request.request,
            message=clean(error.message),
            hint=error.hint and clean(error.hint),
            exit_code=error.exit_code,
        )

    async def last_lines(self, session: Session) -> tuple[str, ...]:
        """What the pane of an exited session shows last, cleaned and without its secrets; empty
        when it is gone."""
        if session.pane is None:
            return ()
        try:
            rows = await asyncio.to_thread(
                self.server.capture, session.pane, history=True, joined=True
            )
        except AgentmuxError:
            return ()
        known = load_secrets(self.mux.places, session)
        whole = redact(b"\n".join(rows).decode(errors="replace"), known)
        text = [clean(row, one_line=True).rstrip() for row in whole.split("\n")]
        while text and not text[-1]:
            text.pop()
        return tuple(text[-LAST_LINES:])

    async def end_when_idle(self) -> None:
        """End the leader once nobody needs it."""
        idle = 0.0
        while not self.done.is_set():
            needed = self.stay or self.mux.fleet.live or self.mux.fleet.open_requests
            idle = 0.0 if needed or await self._is_watched() else idle + LOOK_S
            if idle >= IDLE_S:
                self.done.set()
            await asyncio.sleep(LOOK_S)

    async def _is_watched(self) -> bool:
        """Whether a screen is connected to the tmux server."""
        try:
            return await asyncio.to_thread(self.server.has_screens)
        except AgentmuxError:
            return False

    async def keep_checkpoints(self) -> None:
        """Save the fold now and then, so that a start need not replay everything."""
        saved = 0
        while True:
            if self.mux.fleet.seq - saved >= CHECKPOINT_ROWS:
                with suppress(LedgerError):  # on a full disk; the next round tries again
                    await self.mux.save_checkpoint()
                    saved = self.mux.fleet.seq
            await asyncio.sleep(LOOK_S)


def _fault(error: Exception) -> AgentmuxError:
    return AgentmuxError(
        f"agentmux failed at this ({type(error).__name__}: {error}); nothing more was changed.",
        "The leader's log has the details; `agentmux doctor` names it.",
    )


async def lead(where: Places, *, stay: bool) -> None:
    """Be the leader until asked to end, idle, or without a tmux server."""
    # No settings of its own: each request brings those of its place, and one broken file there
    # must not keep the leader from stopping a session.
    async with Mux(where, Config()) as mux:
        pid, server = os.getpid(), private_server(where)
        life = await asyncio.to_thread(server.identity)
        await mux.record(e.LeaderStarted(at=mux.now(), pid=pid, version=__version__, server=life))
        why = await _run(mux, server, stay)
        await mux.record(e.LeaderEnded(at=mux.now(), pid=pid, why=why))


async def _run(mux: Mux, server: Server, stay: bool) -> str:
    """Everything the leader does; returns why it ended."""
    async with asyncio.TaskGroup() as group:
        leader = Leader(mux, server, group)
        leader.stay = stay
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, leader.done.set)
        leader.receiver.open()
        mux.subscribe(leader.take_requests)
        tasks = [group.create_task(_keep(name, work)) for name, work in _works(leader).items()]
        leader.take_requests()
        await leader.done.wait()
        await mux.settled()
        with suppress(LedgerError):
            await leader.gauges.flush()
        for task in tasks:
            task.cancel()
    return "asked to end or no longer needed"


def _works(leader: Leader) -> dict[str, Callable[[], Awaitable[None]]]:
    """Everything that runs for as long as the leader does."""
    mux = leader.mux
    return {
        "ledger": mux.follow,
        "spools": lambda: watch_spools(
            mux, leader.look, leader.reports.folders, leader.reports.stirred
        ),
        "otlp": leader.receiver.run,
        "streams": Streams(mux, leader.reports).run,
        "files": leader.files.run,
        "resources": lambda: watch_resources(mux, leader.gauges),
        "gauges": leader.gauges.keep_flushing,
        "idleness": leader.end_when_idle,
        "checkpoints": leader.keep_checkpoints,
        "sleep": lambda: watch_sleep(mux),
        "screens": Looks(leader).keep_looking,
        "orphans": lambda: end_orphans(mux),
        "folders": lambda: asyncio.to_thread(clear_removed, mux.places, mux.fleet),
        "log": lambda: keep_short(mux.places.leader_log),
    }


async def _keep(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` until it is cancelled; a fault in one feed must not end the others."""
    while True:
        try:
            await work()
            return
        except Exception:  # noqa: BLE001 - the third boundary, docs/design/leader.md 5
            print(f"{name} failed and is started again:", file=sys.stderr)  # noqa: T201
            traceback.print_exc()
        await asyncio.sleep(AGAIN_S)


def main(argv: list[str] | None = None) -> int:
    """`python -m agentmux.mux.leader [--stay]`: take the lease and lead, or leave it to another."""
    argv = sys.argv[1:] if argv is None else argv
    if set(argv) - {"--stay"}:
        raise UsageError("The leader takes no argument but --stay.")
    where = places()
    where.make()
    lease = Lease.take_patiently(where.leader_lock)
    if lease is None:
        return 0
    try:
        asyncio.run(lead(where, stay="--stay" in argv))
    finally:
        lease.release()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
