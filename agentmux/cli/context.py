"""What most verbs begin with: places, the observed fleet, a named session, a request."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from agentmux.cli import output
from agentmux.cli.ls import repo_around
from agentmux.config import Loaded
from agentmux.core import events as e
from agentmux.core.fleet import Fleet
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.errors import AgentError, NotFound
from agentmux.ledger.store import Ledger
from agentmux.mux import requests, start
from agentmux.mux.clock import now
from agentmux.mux.observe import observe
from agentmux.mux.surroundings import load_for
from agentmux.paths import Places, places
from agentmux.report.sessions import session_row


@dataclass(frozen=True)
class Stand:
    """Where a verb stands."""

    places: Places
    ledger: Ledger

    def observed(self) -> Fleet:
        """The fleet as it is now."""
        return observe(self.ledger.load_fleet(), self.places, now())

    def require(self, word: str) -> Session:
        """The session `word` names; NotFound with the nearest name."""
        return require_session(self.observed(), word)

    def ask(self, verb: str, session: str | None = None, /, **args: e.Json) -> e.Completed:
        """Ask the leader, starting one when none runs; a refusal is raised."""
        return requests.ask(
            self.ledger,
            self.places,
            verb,
            {name: value for name, value in args.items() if value is not None},
            session=session,
            keep_leader=lambda: start.ensure_leader(self.places),
        )


def stand() -> Stand:
    """Make the private folders and open the ledger."""
    where = places()
    where.make()
    return Stand(where, Ledger.open(where.ledger))


def stand_by() -> Stand:
    """As `stand`, for verbs that ask the leader nothing: a home that cannot be written will do."""
    where = places()
    return Stand(where, Ledger.open(where.ledger, create=False, read_only=True))


def load_here(folder: str) -> Loaded:
    """The configuration for somebody who stands in `folder`, with the trust given so far."""
    where = places()
    with Ledger.open(where.ledger, create=False, read_only=True) as ledger:
        fleet = ledger.load_fleet()
    return load_for(where, fleet, repo_around(folder), folder, os.environ)


def require_session(fleet: Fleet, word: str) -> Session:
    """The session `word` names; NotFound with the nearest name."""
    session = fleet.find(word)
    if session is None:
        names = [s.name for s in fleet.present] + [s.id for s in fleet.present]
        near = difflib.get_close_matches(word, names, 1)
        hint = f"Did you mean {near[0]!r}?" if near else "`agentmux ls` names them."
        raise NotFound(f"There is no session {word!r}.", hint)
    return session


def report_session(stand: Stand, session_id: str, done: str, *, as_json: bool) -> None:
    """Print the new state of a session: JSON, or one line that says what was done."""
    _report(stand.observed().sessions[session_id], done, as_json=as_json)


def _report(session: Session, done: str, *, as_json: bool) -> None:
    if as_json:
        output.data_json({"session": session_row(session)})
    else:
        output.data(f"{done} {session.id} {session.name}".rstrip())


def report_start(stand: Stand, session_id: str, done: str, *, as_json: bool) -> int:
    """As `report_session` after a start; 1 when the agent's program could not be started.

    The session stays for a retry.
    """
    session = stand.observed().sessions[session_id]
    failed = session.state is SessionState.EXITED and session.pid is None
    _report(session, "kept" if failed else done, as_json=as_json)
    if not failed:
        return 0
    output.talk(f"agentmux: the agent of {session.name!r} did not start: {session.state_why}")
    output.talk(f"  hint: the session is kept; `agentmux resume {session.id}` tries again.")
    return 1


def warn_withheld(result: Mapping[str, e.Json]) -> None:
    """Say which of the repository's files were not let start programs or set the environment."""
    files = result.get("withheld")
    for path in files if isinstance(files, list) else ():
        output.talk(f"agentmux: {path} is not trusted: the programs it names are left out.")
        output.talk("  hint: `agentmux trust` shows and accepts it.")


def require_pane(place: Stand, word: str, *, dead_too: bool = False) -> tuple[Session, str]:
    """A session and its pane; AgentError when its agent has ended, unless `dead_too`.

    With the tmux server all panes are gone, those of ended agents too.
    """
    session = place.require(word)
    server = start.private_server(place.places)
    if session.pane is None or not (session.is_live or dead_too) or not server.is_alive():
        raise AgentError(
            f"The agent of {session.name!r} has ended.", f"`agentmux resume {session.id}` goes on."
        )
    return session, session.pane
