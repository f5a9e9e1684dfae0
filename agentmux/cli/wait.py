"""`agentmux wait`: block until sessions reach a state.

The past is folded once; then rows are read as they come, so that a wait of hours costs nothing.
"""

import time
from dataclasses import replace

import click

from agentmux.cli import output
from agentmux.cli.context import Stand, require_session, stand_by
from agentmux.cli.number import Number
from agentmux.core.fleet import Fleet, apply_all
from agentmux.core.state import SessionState
from agentmux.core.truth import RESTING
from agentmux.errors import AgentmuxError, NotFound
from agentmux.mux.clock import now
from agentmux.mux.observe import observe
from agentmux.report.sessions import session_row

LOOK_S = 0.05
ALSO = {
    SessionState.RUNNING: frozenset({SessionState.WORKING}),
    SessionState.QUIET: RESTING | {SessionState.ASKING},
}
"""What is said of an output alone → what agents that tell their state say instead: one word serves
for every agent."""


@click.command("wait", short_help="wait until sessions reach a state")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--for", "states", required=True, metavar="STATE[,STATE]", help="Any of these.")
@click.option("--timeout", type=Number(min=0), metavar="S", help="Give up after S s.")
@click.option("--json", "as_json", is_flag=True, help="Print the sessions as JSON.")
def command(names: tuple[str, ...], states: str, timeout: float | None, as_json: bool) -> None:
    """Wait until every session NAME is in one of the states.

    Exit 1 when that takes too long, and 4 when a session is removed meanwhile.
    """
    wanted = _parse_states(states)
    place = stand_by()
    fleet = place.ledger.load_fleet()
    seen = observe(fleet, place.places, now())
    ids = [require_session(seen, name).id for name in names]
    deadline = None if timeout is None else time.monotonic() + timeout
    while not _all_in(place, fleet, ids, wanted):
        if deadline is not None and time.monotonic() >= deadline:
            raise AgentmuxError(
                f"Not all of {', '.join(names)} were {states} within {timeout:g} s."
            )
        time.sleep(LOOK_S)  # noqa: TID251 - states come from several processes
        if place.ledger.changed():
            fleet = apply_all(fleet, place.ledger.since(fleet.seq))
    if as_json:
        fleet = place.observed()
        output.data_json({"sessions": [session_row(fleet.sessions[i]) for i in ids]})


def _parse_states(text: str) -> frozenset[SessionState]:
    known = {str(state) for state in SessionState}
    words = text.split(",")
    for word in words:
        if word not in known:
            raise click.UsageError(
                f"There is no state {word!r}. Known: {', '.join(sorted(known))}."
            )
    wanted = frozenset(SessionState(word) for word in words)
    return wanted.union(*(ALSO.get(state, frozenset()) for state in wanted))


def _all_in(place: Stand, fleet: Fleet, ids: list[str], wanted: frozenset[SessionState]) -> bool:
    """Whether each is in a wanted state; NotFound when one can reach none any more."""
    waited_for = replace(fleet, sessions={i: fleet.sessions[i] for i in ids})
    late = [
        session
        for session in observe(waited_for, place.places, now()).sessions.values()
        if session.state not in wanted
    ]
    for session in late:
        if session.removed:
            raise NotFound(
                f"The session {session.name!r} was removed while it was waited for.",
                "`agentmux ls --all` shows it.",
            )
    return not late
