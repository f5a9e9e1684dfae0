"""`agentmux wait`: block until sessions reach a state."""

import time

import click

from agentmux.cli import output
from agentmux.cli.context import Stand, stand_by
from agentmux.core.session import SessionState
from agentmux.errors import AgentmuxError
from agentmux.report.sessions import session_row

LOOK_S = 0.05


@click.command("wait", short_help="wait until sessions reach a state")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--for", "states", required=True, metavar="STATE[,STATE]", help="Any of these.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="S", help="Give up after S s.")
@click.option("--json", "as_json", is_flag=True, help="Print the sessions as JSON.")
def command(names: tuple[str, ...], states: str, timeout: float | None, as_json: bool) -> None:
    """Wait until every session NAME is in one of the states; exit 1 when that takes too long."""
    wanted = _parse_states(states)
    place = stand_by()
    ids = [place.require(name).id for name in names]
    deadline = None if timeout is None else time.monotonic() + timeout
    while not _all_in(place, ids, wanted):
        if deadline is not None and time.monotonic() >= deadline:
            raise AgentmuxError(
                f"Not all of {', '.join(names)} were {states} within {timeout:g} s."
            )
        time.sleep(LOOK_S)  # noqa: TID251 - states come from several processes
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
    return frozenset(SessionState(word) for word in words)


def _all_in(place: Stand, ids: list[str], wanted: frozenset[SessionState]) -> bool:
    fleet = place.observed()
    return all(fleet.sessions[i].state in wanted for i in ids)
