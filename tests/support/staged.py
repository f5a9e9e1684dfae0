"""A staged mux: the screen's outer parts as plain records, with a clock that stands still.

It stands where leader, tmux and ledger are, and nowhere else: fleet, themes, keys and every
widget are the real ones. What the screen asks for is written down in `requests`, `typed` and so
on, for the tests to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agentmux.config import Config
from agentmux.core.events import Completed, Json
from agentmux.core.fleet import Fleet
from agentmux.core.session import Gauge, Session
from agentmux.core.state import SessionState
from agentmux.errors import AgentmuxError
from agentmux.mux.frame import Frame
from agentmux.paths import Places, places

NOON = datetime(2026, 3, 2, 9, 42, tzinfo=UTC)


@dataclass(frozen=True)
class StagedAgent:
    """A row of the agents table."""

    name: str
    title: str
    version: str | None = None
    path: str | None = None
    install: str = ""


AGENTS = (
    StagedAgent("claude", "Claude Code", "2.1.330", "/usr/bin/claude"),
    StagedAgent("codex", "Codex", "0.165.0", "/usr/bin/codex"),
    StagedAgent("gemini", "Gemini CLI", install="npm install -g @google/gemini-cli"),
)


class StagedPanes:
    """Panes that show what the stage put there, and write down what they are told."""

    def __init__(self) -> None:
        self.on_frame: Callable[[Frame], None] = lambda frame: None
        self.frames: dict[str, Frame] = {}
        self.shown: tuple[list[str], str | None] = ([], None)
        self.heights: Mapping[str, int] = {}
        self.typed: list[tuple[str, bytes]] = []
        self.pasted: list[tuple[str, bytes]] = []
        self.sizes: dict[str, tuple[int, int]] = {}
        self.focused: list[str] = []

    def show(
        self, visible: Collection[str], focused: str | None, heights: Mapping[str, int]
    ) -> None:
        self.shown = (sorted(visible), focused)
        self.heights = heights

    def latest(self, pane: str) -> Frame | None:
        return self.frames.get(pane)

    def send_bytes(self, pane: str, data: bytes) -> None:
        self.typed.append((pane, data))

    async def paste(self, pane: str, data: bytes) -> None:
        self.pasted.append((pane, data))

    async def resize(self, window: str, cols: int, rows: int) -> None:
        self.sizes[window] = (cols, rows)

    async def focus(self, window: str) -> None:
        self.focused.append(window)

    async def history(
        self, pane: str, first: int, count: int, *, joined: bool = False
    ) -> tuple[bytes, ...]:
        frame = self.frames[pane]
        return tuple(b"line %d" % n for n in range(first, min(first + count, frame.lines)))

    def draw(self, pane: str, text: str, cols: int = 120, lines: int = 40) -> None:
        """The pane now shows `text`, from its top."""
        old = self.frames.get(pane)
        rows = [row.encode() for row in text.splitlines()]
        rows += [b""] * (lines - len(rows))
        frame = Frame(
            pane=pane, seq=old.seq + 1 if old else 1, rows=tuple(rows[:lines]), cols=cols,
            lines=lines, cursor=None, title="", alternate=False, mouse=frozenset(), history=0,
            dead=False,
        )  # fmt: skip
        self.frames[pane] = frame
        self.on_frame(frame)


@dataclass
class StagedMux:
    """The screen's mux, staged."""

    home: Path
    fleet: Fleet = field(default_factory=Fleet)
    config: Config = field(default_factory=Config)
    repo: str | None = "/home/me/src/acme-api"
    branch: str | None = "main"
    leader: int | None = 4711
    agents: tuple[StagedAgent, ...] = AGENTS
    clock: datetime = NOON
    result: dict[str, Json] = field(default_factory=dict)
    """What a request that is done has for a result."""
    summary: tuple[str, ...] = ("+38 -4  src/importer/reader.py", "commit  Stream the rows")
    """What git says of every worktree."""
    refusals: dict[str, list[AgentmuxError]] = field(default_factory=dict)
    """Verb → what to refuse with, one for each request; then it is done."""

    def __post_init__(self) -> None:
        self.panes = StagedPanes()
        self.requests: list[tuple[str, str | None, dict[str, Json]]] = []
        self.visits: list[tuple[str, str]] = []
        self._subscribers: list[Callable[[Fleet], None]] = []

    @property
    def places(self) -> Places:
        return places({"AGENTMUX_HOME": str(self.home)})

    def now(self) -> datetime:
        return self.clock

    def subscribe(self, callback: Callable[[Fleet], None]) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def publish(self, fleet: Fleet) -> None:
        """The ledger says something new."""
        self.fleet = fleet
        for callback in tuple(self._subscribers):
            callback(fleet)

    def change(self, session: str, **fields: object) -> None:
        """Publish the fleet with some fields of one session changed."""
        changed = replace(self.fleet.sessions[session], **fields)  # type: ignore[arg-type]
        self.publish(replace(self.fleet, sessions={**self.fleet.sessions, session: changed}))

    def modes(self, session: Session) -> Mapping[str, Json]:
        return {}

    def note_terminal(self, record: Mapping[str, object]) -> None:
        self.terminal = record

    async def request(self, verb: str, session: str | None = None, **args: Json) -> Completed:
        self.requests.append((verb, session, args))
        if self.refusals.get(verb):
            raise self.refusals[verb].pop(0)
        return Completed(at=self.clock, session=session, request="r1", result=self.result)

    async def summarize(self, session: Session) -> tuple[str, ...]:
        if self.refusals.get("summarize"):
            raise self.refusals["summarize"].pop(0)
        return self.summary

    async def rest(self) -> None:
        self.visits.append(("rest", ""))

    async def wake(self) -> None:
        self.visits.append(("wake", ""))

    async def visit(self, what: str, session: Session) -> int:
        self.visits.append((what, session.id))
        if self.refusals.get(what):
            raise self.refusals[what].pop(0)
        return 0


def session(
    number: int, name: str, agent: str = "claude", age_s: float = 60, **fields: object
) -> Session:
    """A running session as the ledger would give it."""
    known: dict[str, object] = {
        "id": f"s{number}",
        "name": name,
        "agent": agent,
        "created": NOON - timedelta(hours=3),
        "repo": "/home/me/src/acme-api",
        "worktree": f"/home/me/src/acme-api.worktrees/{name}",
        "slot": number,
        "branch": f"agentmux/{name}",
        "base": "main",
        "state": SessionState.RUNNING,
        "state_since": NOON - timedelta(seconds=age_s),
        "run": 1,
        "pane": f"%{number}",
        "window": f"@{number}",
        "pid": 4000 + number,
    }
    return Session(**{**known, **fields})  # type: ignore[arg-type]


def fleet_of(*sessions: Session) -> Fleet:
    return Fleet(sessions={s.id: s for s in sessions}, seq=len(sessions))


def load(ahead: int, dirty: int, cpu: float, rss: float, processes: int = 4) -> Gauge:
    return Gauge(
        ahead=ahead, behind=0, dirty=dirty, cpu_pct=cpu, rss_mb=rss, processes=processes,
        last_change=NOON - timedelta(minutes=4),
    )  # fmt: skip
