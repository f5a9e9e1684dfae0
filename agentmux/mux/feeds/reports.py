"""Everything an agent tells beside its pane, gathered in one look and recorded with what it means.

Hooks, transcripts and registry files are read here; what is pushed at us (OTLP, event streams)
waits in `pushed` for the same look, so that all facts of a session take one road in one order.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from agentmux.agents import AGENTS
from agentmux.core import events as e
from agentmux.core.agent import Feed
from agentmux.core.facts import AnyFact, Source
from agentmux.core.secrets import redact
from agentmux.core.session import Session
from agentmux.core.turns import with_verdicts
from agentmux.mux.bills import Bills
from agentmux.mux.feeds.hooks import clear_hooks, read_hooks
from agentmux.mux.feeds.tails import Known, paths_of, read_tail, read_whole
from agentmux.mux.mux import Mux
from agentmux.mux.private import load_secrets, write_private
from agentmux.paths import Places

TEXT = 20_000
"""Characters of one text that are kept."""
EXACT = frozenset({"response", "call", "id", "model", "path", "agent", "conversation", "request"})
"""Fields by which something is found again."""
ID = 4096
"""Characters of such a field that are kept."""
PARTS = 100
"""Parts of a list that are kept: paths, options, tasks."""
PASSES = 50
"""Pages of one session in one look; what is left waits for the next, so that others are heard."""

TRIES = 3
"""How often the meaning of a page is found anew because its session changed meanwhile."""


@dataclass(frozen=True, eq=False)
class Pushed:
    """A row that came by itself."""

    row: e.Reported
    kept: asyncio.Event
    """Set once it is on disk."""


class Reports:
    """What has been gathered, and how far the files that are replaced as a whole were read."""

    def __init__(self, mux: Mux) -> None:
        self.pushed: defaultdict[str, list[Pushed]] = defaultdict(list)
        """Session → rows that came by themselves and are not recorded yet."""
        self.stirred = asyncio.Event()
        """Set when a look is worth taking."""
        self._mux = mux
        self._bills = Bills(mux)
        self._known: Known = {}
        self._secrets: dict[tuple[str, int], frozenset[str]] = {}
        """Session and run → secrets it knows; kept, since their file goes when the run ends."""
        self._read_out: set[tuple[str, int]] = set()
        """Sessions and runs that have ended and were read to their end."""
        self._feeds: dict[tuple[str, int], list[Feed]] = {}

    async def read(self) -> None:
        """One look at every session: record what its agent has told and what that means.

        One whose agent has ended is looked at once more: what it said while it ended still counts.
        """
        for session in self._mux.fleet.present:
            run = (session.id, session.run)
            if session.is_live:
                self._secrets_of(session)
                if session.reports:
                    self._bills.warm()
            elif run not in self._secrets or run in self._read_out:
                continue
            if await self._read_pages(session.id) and not session.is_live:
                self._read_out.add(run)
        for session_id in tuple(self.pushed):
            await self._read_page(session_id, ())

    async def _read_pages(self, session_id: str) -> bool:
        """Whether it was read to its end."""
        for _ in range(PASSES):
            session = self._mux.fleet.sessions[session_id]
            if not await self._read_page(session_id, self._rows(session)):
                return True
        return False

    def push(self, row: e.Reported) -> Pushed:
        """Have `row` recorded with the next look, which is asked for."""
        pushed = Pushed(row, asyncio.Event())
        self.pushed[row.session or ""].append(pushed)
        self.stirred.set()
        return pushed

    def withdraw(self, pushed: Pushed) -> None:
        """Have a row that is not recorded yet not recorded at all."""
        self._forget((pushed,))

    def _forget(self, gone: Iterable[Pushed]) -> None:
        for one in gone:
            waiting = self.pushed.get(one.row.session or "", [])
            if one in waiting:
                waiting.remove(one)
            if not waiting:
                self.pushed.pop(one.row.session or "", None)

    async def _read_page(self, session_id: str, read: Iterable[e.Reported]) -> bool:
        session = self._mux.fleet.sessions[session_id]
        came = tuple(self.pushed.get(session_id, ()))
        rows = sorted([*(one.row for one in came), *read], key=lambda row: row.at)
        if rows:
            known = self._secrets_of(session)
            safe = [without_secrets(row, known) for row in rows]
            await self._mux.record(*await self._meaning(session_id, safe))
            clear_hooks(self._mux.fleet.sessions[session_id], self._mux.places)
            self._forget(came)
            for one in came:
                one.kept.set()
        return bool(rows)

    async def _meaning(self, session_id: str, rows: list[e.Reported]) -> list[e.Event]:
        """The rows with the verdicts and charges that come of them."""
        ranks = AGENTS.get(self._mux.fleet.sessions[session_id].agent, AGENTS["command"]).RANKS
        for _ in range(TRIES):
            session, now = self._mux.fleet.sessions[session_id], self._mux.now()
            told = with_verdicts(session, rows, now, ranks)
            money = await self._bills.of(session, told, now)
            if self._mux.fleet.sessions[session_id] is session:
                break  # else something was recorded while the list was asked for prices
        return [*told, *money]

    def _secrets_of(self, session: Session) -> frozenset[str]:
        run = (session.id, session.run)
        self._secrets[run] = self._secrets.get(run) or load_secrets(self._mux.places, session)
        return self._secrets[run]

    def _rows(self, session: Session) -> Iterator[e.Reported]:
        now, parse = self._mux.now(), AGENTS.get(session.agent, AGENTS["command"]).parse
        found = [read_hooks(session, self._mux.places, parse, now)]
        for feed in self.feeds(session):
            for path in paths_of(feed, session):
                if feed.way == "tail" and path not in session.transcripts:
                    found.append(read_tail(session, feed.source, path, parse, now))
                elif feed.way == "file":
                    found.append(read_whole(session, feed.source, path, parse, self._known))
        found += (
            read_tail(session, Source.TRANSCRIPT, path, parse, now) for path in session.transcripts
        )
        yield from (row for row in found if row is not None)

    def feeds(self, session: Session) -> list[Feed]:
        """What its agent writes, as the adapter said at the start of this run."""
        key = (session.id, session.run)
        if session.pid is None:  # an earlier run's may still stand there
            return []
        if key not in self._feeds:
            self._feeds[key] = load_feeds(self._mux.places, session)
        return self._feeds[key]

    def folders(self) -> set[Path]:
        """Where something is written when a living session has something to tell."""
        places = self._mux.places
        watched: set[Path] = set()
        for session in self._mux.fleet.live:
            watched.add(places.hooks(session.id))
            watched |= {Path(path).parent for path in session.transcripts}
            for feed in self.feeds(session):
                watched |= {Path(path).parent for path in paths_of(feed, session)}
        return {folder for folder in watched if folder.is_dir()}


def keep_feeds(places: Places, session: Session, feeds: tuple[Feed, ...]) -> None:
    """Write down what the agent about to be started writes, for whichever leader reads it."""
    write_private(places.feeds(session.id), json.dumps([asdict(feed) for feed in feeds]))
    places.hooks(session.id).mkdir(mode=0o700, exist_ok=True)


def load_feeds(places: Places, session: Session) -> list[Feed]:
    """What `keep_feeds` wrote for the newest run; none when there is nothing of it."""
    try:
        kept = json.loads(places.feeds(session.id).read_bytes())
        return [Feed(**{**feed, "source": Source(feed["source"])}) for feed in kept]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def without_secrets(row: e.Reported, known: frozenset[str]) -> e.Reported:
    """The row with its texts cut to `TEXT` and without what is secret in them."""
    return replace(row, facts=tuple(_safe(fact, known) for fact in row.facts))


def _safe(fact: AnyFact, known: frozenset[str]) -> AnyFact:
    changed: dict[str, Any] = {}
    for field in fields(fact):
        value = getattr(fact, field.name)
        if isinstance(value, str) and field.name in EXACT:
            changed[field.name] = value[:ID]
        elif isinstance(value, str) and value:
            changed[field.name] = _redacted(value, known)
        elif isinstance(value, tuple):
            changed[field.name] = tuple(_redacted(part, known) for part in value[:PARTS])
    return replace(fact, **changed) if changed else fact


def _redacted(text: str, known: frozenset[str]) -> str:
    """What is cut off may be the second half of a secret: it is looked at before."""
    return redact(text[: TEXT + ID], known)[:TEXT]
