"""What the screen asks of the rest of the program; the Mux of a screen fits it.

The protocols name every outside thing that `ui/` uses, so that a screen can be staged with a
made-up fleet (for the pictures in the documentation) as well as run on the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from agentmux.core.events import Completed, Json
from agentmux.core.fleet import Fleet
from agentmux.core.session import Session

if TYPE_CHECKING:
    from agentmux.config import Config
    from agentmux.mux.panes import Frame
    from agentmux.paths import Places

Visit = Literal["attach", "shell", "editor"]
"""A program that gets the whole terminal: tmux on the pane, a shell, the person's editor."""


class AgentRow(Protocol):
    """One agent that agentmux knows, found on this machine or not."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def version(self) -> str | None: ...
    @property
    def path(self) -> str | None:
        """Where it is; None when it is not installed."""

    @property
    def install(self) -> str:
        """The one command that installs it."""


class ScreenPanes(Protocol):
    """The hot lane: keys in, frames out."""

    on_frame: Callable[[Frame], None]

    def show(
        self, visible: Collection[str], focused: str | None, heights: Mapping[str, int]
    ) -> None:
        """Which panes (`%4`) are on the screen, which of them is selected, their rows in view."""

    def latest(self, pane: str) -> Frame | None: ...
    def send_bytes(self, pane: str, data: bytes) -> None: ...
    async def paste(self, pane: str, data: bytes) -> None: ...
    async def history(
        self, pane: str, first: int, count: int, *, joined: bool = False
    ) -> Sequence[bytes]: ...
    async def resize(self, window: str, cols: int, rows: int) -> None: ...
    async def focus(self, window: str) -> None: ...


class ScreenMux(Protocol):
    """A process's live picture of the fleet, and the one way to ask for a change of it."""

    fleet: Fleet

    @property
    def config(self) -> Config: ...
    @property
    def places(self) -> Places: ...
    @property
    def repo(self) -> str | None:
        """Main root of the repository the screen stands in."""

    @property
    def branch(self) -> str | None:
        """What that checkout is on."""

    @property
    def leader(self) -> int | None:
        """The pid of the living leader."""

    @property
    def agents(self) -> Sequence[AgentRow]: ...
    @property
    def panes(self) -> ScreenPanes: ...
    def now(self) -> datetime: ...
    def subscribe(self, callback: Callable[[Fleet], None]) -> Callable[[], None]: ...
    def modes(self, session: Session) -> Mapping[str, Json]:
        """The keyboard, paste, focus and mouse modes its agent asked for."""

    def note_terminal(self, record: Mapping[str, object]) -> None:
        """Keep what the outer terminal can do, for the shims to answer their agents by."""

    async def request(self, verb: str, session: str | None = None, **args: Json) -> Completed:
        """Ask the leader and wait; a refusal is raised as its AgentmuxError."""

    async def summarize(self, session: Session) -> Sequence[str]:
        """What git says of its worktree, a line each, uncleaned; AgentmuxError when it cannot."""

    async def rest(self) -> None:
        """Let go of the panes before this process stops reading; agents must not wait for it."""

    async def wake(self) -> None:
        """Follow the panes again."""

    async def visit(self, what: Visit, session: Session) -> int:
        """Run that program on the terminal until it ends; the panes rest meanwhile."""
