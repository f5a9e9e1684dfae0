"""The Mux of a screen: it follows the ledger, shows panes, and keeps a leader alive.

Any number of them run at once; ending or killing one changes nothing for sessions or the others.
"""

import asyncio
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self
from uuid import uuid4

from agentmux.agents import AGENTS
from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.errors import AgentmuxError, LedgerError
from agentmux.git.changes import read_changes
from agentmux.git.summary import summarize
from agentmux.mux.attach import attach_command, end_attach
from agentmux.mux.detect import Installation, detect
from agentmux.mux.lease import leader_pid
from agentmux.mux.mux import Mux
from agentmux.mux.panes import Panes
from agentmux.mux.requests import leave_private
from agentmux.mux.start import ensure_leader, private_server
from agentmux.paths import Places

TEND_S = 1.0
"""Seconds between two looks whether a leader lives; one costs about 10 microseconds."""

Visit = Literal["attach", "shell", "editor"]


@dataclass(frozen=True)
class AgentRow:
    """One agent agentmux knows, installed or not."""

    name: str
    title: str
    version: str | None
    path: str | None
    install: str


class Viewer(Mux):
    """What a screen shows and asks; used as `async with Viewer(...) as mux`."""

    def __init__(
        self,
        places: Places,
        config: Config,
        cwd: str,
        repo: str | None,
        env: Mapping[str, str],
    ) -> None:
        super().__init__(places, config)
        self.env = env
        """The person's environment as it was before the screen changed its own."""
        self.cwd = cwd
        self.repo = repo
        self.branch: str | None = None
        self.leader: int | None = leader_pid(places.leader_lock)
        self.agents: Sequence[AgentRow] = ()
        self._server = private_server(places)
        self._group = asyncio.TaskGroup()
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        await self._group.__aenter__()
        self.panes = Panes(self._server, self._group)
        await self._find_leader()
        await self.panes.start()
        self.panes.on_lost = self._reconnect_later
        self._tasks = [
            self._group.create_task(work)
            for work in (self.follow(), self._tend(), self._look_around())
        ]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await self.panes.close()
        await self._group.__aexit__(None, None, None)
        await super().__aexit__(*exc)

    async def request(self, verb: str, session: str | None = None, **args: e.Json) -> e.Completed:
        """Ask the leader, in the person's own environment, and wait; a refusal is raised.

        Nothing is asked when no leader comes up: it would be done later, unasked.
        """
        self.leader = await asyncio.to_thread(ensure_leader, self.places)
        request = uuid4().hex
        given = {"cwd": self.cwd, **args}
        told = await asyncio.to_thread(leave_private, self.places, request, verb, given, self.env)
        return await self.ask(verb, session, told, request=request, by="screen")

    def note_terminal(self, record: Mapping[str, object]) -> None:
        """Keep what the outer terminal can do, for the shims to answer their agents by."""
        draft = self.places.terminal.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(record), encoding="ascii")
        draft.replace(self.places.terminal)

    def modes(self, session: Session) -> Mapping[str, e.Json]:
        """The keyboard, paste, focus and mouse modes its agent asked for; none known: empty."""
        try:
            text = self.places.modes(session.id, session.run).read_text(encoding="ascii")
            asked = json.loads(text)
        except (OSError, ValueError):
            return {}
        return asked if isinstance(asked, dict) else {}

    async def summarize(self, session: Session) -> Sequence[str]:
        """What git says of its worktree, a line each, uncleaned; AgentmuxError when it cannot."""
        return await asyncio.to_thread(summarize, Path(session.worktree), session.base_commit)

    async def rest(self) -> None:
        """Let go of the panes before this process stops reading; agents must not wait for it."""
        await self.panes.close()

    async def wake(self) -> None:
        """Follow the panes again."""
        await self.panes.start()

    async def visit(self, what: Visit, session: Session) -> int:
        """Run a program on the terminal until it ends; the panes rest meanwhile."""
        await self.rest()
        try:
            argv, folder = self._visit(what, session)
            done = await asyncio.to_thread(
                subprocess.run, argv, cwd=folder, env=self.env, check=False
            )
            if what == "attach" and session.window:
                await asyncio.to_thread(end_attach, self.places, session)
            return done.returncode
        finally:
            await self.wake()

    def _visit(self, what: Visit, session: Session) -> tuple[list[str], str]:
        if what == "attach":
            return attach_command(self.places, session, self.config.leader[0]), "/"
        if not Path(session.worktree).is_dir():
            raise AgentmuxError(f"The worktree {session.worktree} is gone.")
        if what == "shell":
            return [self.env.get("SHELL") or "/bin/sh"], session.worktree
        editor = self.env.get("VISUAL") or self.env.get("EDITOR") or "vi"
        return ["sh", "-c", f'{editor} "$@"', editor, session.worktree], session.worktree

    async def _tend(self) -> None:
        """See to it that a leader lives for as long as this runs."""
        while True:
            await asyncio.sleep(TEND_S)
            self.leader = leader_pid(self.places.leader_lock)
            if self.leader is None:
                await self._find_leader()

    async def _find_leader(self) -> None:
        try:
            self.leader = await asyncio.to_thread(ensure_leader, self.places)
        except AgentmuxError as error:
            if isinstance(error, LedgerError):
                raise
            self.leader = None

    def _reconnect_later(self) -> None:
        """The server is gone: a new one comes with the next leader."""
        self._group.create_task(self._reconnect())

    async def _reconnect(self) -> None:
        while True:
            await self._find_leader()
            try:
                await self.panes.start()
            except AgentmuxError:
                await asyncio.sleep(TEND_S)
            else:
                return

    async def _look_around(self) -> None:
        """What takes a moment to find out: the agents installed, the branch checked out."""
        found = await asyncio.to_thread(detect, AGENTS, self.env, self.places.cache)
        self.agents = tuple(map(_row, found))
        if self.repo is not None:
            try:
                changes = await asyncio.to_thread(read_changes, Path(self.cwd))
            except AgentmuxError:
                return
            self.branch = changes.branch


def _row(found: Installation) -> AgentRow:
    agent = AGENTS[found.agent]
    path = str(found.program) if found.program else None
    return AgentRow(found.agent, agent.TITLE, found.version, path, agent.INSTALL)
