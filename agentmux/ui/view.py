"""All that is drawn, as one frozen picture: the widgets get it and ask for nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agentmux.core.fleet import Fleet
from agentmux.core.session import Session
from agentmux.ui.alerts import Alert, is_lost
from agentmux.ui.contract import AgentRow
from agentmux.ui.keymap import KEYMAP, Key
from agentmux.ui.layout import Plan
from agentmux.ui.theme import Theme
from agentmux.ui.tour import Tour


@dataclass(frozen=True)
class View:
    """The screen at one moment."""

    now: datetime
    theme: Theme
    plan: Plan
    size: tuple[int, int]
    fleet: Fleet = field(default_factory=Fleet)
    sessions: tuple[Session, ...] = ()
    """Those that are shown, in the order of the list."""
    selected: str | None = None
    mode: str = "command"
    """`command`, `type`, `leader` (the one key after the leader) or `scroll`."""
    alert: Alert | None = None
    glyphs: str = "ascii"
    keymap: tuple[Key, ...] = KEYMAP
    repo: str | None = None
    branch: str | None = None
    leader: int | None = None
    agents: Sequence[AgentRow] = ()
    filter: str = ""
    deed: str = ""
    """What the person did last: the id of the key's row, or `started` for a new session."""
    tour: Tour | None = None
    covered: bool = False
    """Whether a dialog that has the keys dims all this."""

    @property
    def session(self) -> Session | None:
        """The selected session."""
        return self.fleet.sessions.get(self.selected or "")

    @property
    def word(self) -> str:
        """The mode as the screen spells it."""
        return "TYPE" if self.mode == "type" else "SCROLL" if self.mode == "scroll" else "COMMAND"


def is_possible(row: Key, view: View) -> bool:
    """Whether the key has something to act on now."""
    session = view.session
    match row.needs:
        case "session":
            return session is not None
        case "live":
            return session is not None and session.is_live
        case "ended":
            return session is not None and not session.is_live
        case "worktree":
            return session is not None and not session.here
        case "lost":
            return any(is_lost(session) for session in view.fleet.present)
        case "waiting":
            return bool(view.fleet.waiting(view.now))
        case "asking":
            return session is not None and session.ask is not None
        case "several":
            return len(view.fleet.present) > 1
        case _:
            return True
