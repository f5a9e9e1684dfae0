"""File changes and git's view of each worktree: branch, ahead and behind, dirty paths.

watchfiles only hints that something changed, and so do the times of git's files, which tell of
commits. What counts is git's own answer, asked at most once a second and session while there are
hints, and again in a sweep that finds what they missed. Where inotify is exhausted the sweep
comes more often, and the gauge says so.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from agentmux.core.session import Gauge, Session
from agentmux.errors import AgentmuxError
from agentmux.git.changes import Changes, read_changes
from agentmux.git.stamp import Stamp, read_stamp
from agentmux.mux.gauges import Gauges
from agentmux.mux.mux import Mux

SWEEP_S = 60.0
"""Seconds between two looks at worktrees in which no change was seen."""
UNWATCHED_S = 20.0
"""The same where files cannot be watched."""
STAMP_S = 2.0
"""Seconds between two looks at the times of git's files; one costs about 40 microseconds."""
CALM_S = 1.0
"""Seconds between two looks at one worktree whose files keep changing."""
DEBOUNCE_MS = 400
STEP_MS = 200
"""The watcher's thread wakes as often as this, whether anything happens or not."""


class WorktreeWatch:
    """Which sessions have changed files since git was last asked about them."""

    def __init__(self, mux: Mux, gauges: Gauges) -> None:
        self._mux = mux
        self._gauges = gauges
        self._hinted: set[str] = set()
        self._changed_at: dict[str, datetime] = {}
        self._wake = asyncio.Event()
        self._notes: dict[str, str] = {}

    async def run(self) -> None:
        """Keep the worktree readings current for as long as this runs."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._sweep())
            while True:
                await self._wake.wait()
                self._wake.clear()
                hinted, self._hinted = self._hinted, set()
                for session in self._mux.fleet.present:
                    if session.id in hinted:
                        await self._look(session)
                await asyncio.sleep(CALM_S)

    def hint(self, session: str) -> None:
        """Something in this session's worktree may have changed."""
        self._hinted.add(session)
        self._wake.set()

    async def _sweep(self) -> None:
        """Hint at what git did, at once; and at everything, now and then."""
        seen: dict[str, tuple[Stamp, float]] = {}
        clock = asyncio.get_running_loop().time
        while True:
            prepared = [s for s in self._mux.fleet.present if s.prepared]
            for session in prepared:
                stamp = read_stamp(Path(session.worktree), session.base)
                last, when = seen.get(session.id, (None, 0.0))
                pause = UNWATCHED_S if session.id in self._notes else SWEEP_S
                if stamp != last or clock() - when >= pause:
                    seen[session.id] = (stamp, clock())
                    self.hint(session.id)
            seen = {s.id: seen[s.id] for s in prepared}
            await asyncio.sleep(STAMP_S)

    async def _look(self, session: Session) -> None:
        try:
            changes = await asyncio.to_thread(
                read_changes, Path(session.worktree), session.base, session.base_commit
            )
        except AgentmuxError as error:
            self._gauges.put(session.id, replace(self._gauges.get(session.id), note=error.message))
            return
        self._gauges.put(session.id, self._reading(session.id, changes))

    def _reading(self, session: str, changes: Changes) -> Gauge:
        old = self._gauges.get(session)
        return replace(
            old,
            head=changes.head,
            branch=changes.branch,
            ahead=changes.ahead,
            behind=changes.behind,
            dirty=changes.dirty,
            last_change=self._changed_at.get(session, old.last_change),
            note=self._notes.get(session),
        )

    async def _watch(self) -> None:
        """Watch the worktrees of the sessions that are there; begin anew when those change."""
        while True:
            roots = self._roots()
            stop = asyncio.Event()
            unsubscribe = self._mux.subscribe(_stop_when(stop, self._roots, roots))
            try:
                if roots:
                    await self._watch_roots(roots, stop)
                await stop.wait()
            finally:
                unsubscribe()

    def _roots(self) -> dict[str, str]:
        """Worktree → session, for those that stand."""
        return {s.worktree: s.id for s in self._mux.fleet.present if s.prepared}

    async def _watch_roots(self, roots: dict[str, str], stop: asyncio.Event) -> None:
        from watchfiles import awatch  # starts a thread pool: only the leader pays for it

        there = [root for root in roots if _is_watchable(root)]
        for root in roots.keys() - there:
            self._notes[roots[root]] = f"files are looked at every {UNWATCHED_S:.0f} s"
        if not there:
            return
        try:
            async for batch in awatch(
                *there, stop_event=stop, debounce=DEBOUNCE_MS, step=STEP_MS, watch_filter=_is_work
            ):
                self._take(roots, [path for _, path in batch])
        except OSError as error:
            for session in roots.values():
                self._notes[session] = f"files are looked at every {UNWATCHED_S:.0f} s: {error}"

    def _take(self, roots: dict[str, str], paths: list[str]) -> None:
        for root, session in roots.items():
            if any(path == root or path.startswith(root + "/") for path in paths):
                self._changed_at[session] = datetime.now(UTC)
                self.hint(session)


def _is_watchable(root: str) -> bool:
    """Whether watchfiles can be given this folder: it takes paths as UTF-8 text only."""
    try:
        root.encode()
    except UnicodeEncodeError:
        return False
    return Path(root).is_dir()


def _is_work(_change: object, path: str) -> bool:
    """Whether a changed path is the work itself and not git's own housekeeping."""
    return "/.git/" not in path


def _stop_when(
    stop: asyncio.Event, roots: Callable[[], dict[str, str]], watched: dict[str, str]
) -> Callable[[object], None]:
    """A subscriber that ends the watch when other worktrees are to be watched."""

    def look(_fleet: object) -> None:
        if roots() != watched:
            stop.set()

    return look
