"""The demo without a terminal: the scenario at speed, every question answered, a summary.

The answers are the demo's own policy for its own simulated agents; agentmux itself never answers
an agent by reading its screen.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agentmux.core.events import Json
from agentmux.core.fleet import Fleet
from agentmux.core.session import Session
from agentmux.demo.personas import PERSONAS
from agentmux.demo.stage import Stage, left_behind, stage
from agentmux.errors import AgentmuxError, TmuxError
from agentmux.ledger.store import Ledger
from agentmux.mux.clock import now
from agentmux.mux.observe import observe
from agentmux.mux.start import private_server
from agentmux.report.sessions import session_table

QUESTION = b"choose 1 or 2"
PATIENCE_S = 120.0
LOOK_S = 0.1


@dataclass
class Summary:
    """What a headless run saw."""

    sessions: int = 0
    seconds: float = 0.0
    states_seen: set[str] = field(default_factory=set)
    answered: int = 0
    exit_codes: dict[str, int | None] = field(default_factory=dict)
    changed_paths: int = 0
    table: list[str] = field(default_factory=list)
    left: dict[str, Json] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """The object of `demo --headless --json`; keys appear as their feature lands."""
        return {
            "simulated": True,
            "sessions": self.sessions,
            "seconds": round(self.seconds, 1),
            "states_seen": [*sorted(self.states_seen)],
            "answered": self.answered,
            "exit_codes": dict(self.exit_codes),
            "changed_paths": self.changed_paths,
            "left_behind": self.left,
        }


def run_headless(
    sessions: int, seed: int, speed: float, *, keep: bool, say: Callable[[str], None]
) -> Summary:
    """Play the scenario to its end and take it down; AgentmuxError when it does not come to one."""
    began = time.monotonic()
    with stage(keep=keep) as made:
        summary = _play(made, sessions, seed, speed)
        root = made.root
    summary.seconds = time.monotonic() - began
    if keep:
        say(kept(root))
    else:
        summary.left = left_behind(root)
    return summary


def kept(root: Path) -> str:
    """What to type to look around in a stage that was not taken down."""
    return f"kept: cd {root / 'acme-api'}; AGENTMUX_HOME={root / 'home'} agentmux"


def _play(made: Stage, sessions: int, seed: int, speed: float) -> Summary:
    names = list(PERSONAS)[:sessions]
    summary = Summary(sessions=len(names))
    for name in names:
        made.start(name, seed, speed, stay=False)
    deadline = time.monotonic() + PATIENCE_S
    with Ledger.open(made.places.ledger) as ledger:
        while True:
            fleet = observe(ledger.load_fleet(), made.places, now())
            summary.states_seen |= {str(s.state) for s in fleet.sessions.values()}
            if not fleet.live:
                break
            if time.monotonic() > deadline:
                raise AgentmuxError("The demo did not come to its end; it was taken down.")
            summary.answered += _answer_all(made, fleet)
            time.sleep(LOOK_S)  # noqa: TID251 - the scenario plays in other processes
    _sum_up(summary, fleet)
    return summary


def _answer_all(made: Stage, fleet: Fleet) -> int:
    """Answer every question that is on a screen; how many were."""
    return sum(_answer(made, session) for session in fleet.live if session.pane)


def _answer(made: Stage, session: Session) -> bool:
    server = private_server(made.places)
    try:
        rows = server.capture(session.pane or "")
        if not rows or not rows[-1].startswith(QUESTION):
            return False
        server.send_bytes(session.pane or "", b"1")
    except TmuxError:  # the session ended meanwhile
        return False
    return True


def _sum_up(summary: Summary, fleet: Fleet) -> None:
    summary.exit_codes = {s.name: s.exit_code for s in fleet.sessions.values()}
    summary.changed_paths = sum(_changed(Path(s.worktree)) for s in fleet.sessions.values())
    summary.table = session_table(fleet.present, now())


def _changed(worktree: Path) -> int:
    from agentmux.git.changes import read_changes

    return read_changes(worktree).dirty
