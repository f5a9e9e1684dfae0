"""`agentmux down`: end the leader; sessions run on unless all are to end."""

import time

import click

from agentmux.cli import output
from agentmux.cli.context import Stand, stand
from agentmux.cli.group import is_terminal
from agentmux.errors import AgentmuxError, NeedsConfirmation
from agentmux.mux.lease import leader_pid
from agentmux.mux.start import end_server

GONE_S = 10.0


@click.command("down", short_help="end the leader; sessions run on")
@click.option("--all", "everything", is_flag=True, help="End every session and tmux too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True)
def command(everything: bool, yes: bool, as_json: bool) -> None:
    """End the leader; sessions run on. With --all, end everything."""
    place = stand()
    live = place.observed().live
    if everything and live and not yes:
        _confirm(", ".join(session.name for session in live))
    if leader_pid(place.places.leader_lock) is not None or (everything and live):
        place.ask("down", all=everything)
        _await_end(place)
    if everything:
        end_server(place.places)
    if as_json:
        output.data_json({"leader": {"pid": None, "alive": False}})
    else:
        output.data("everything is down" if everything else "the leader is down")


def _confirm(names: str) -> None:
    if not is_terminal():
        raise NeedsConfirmation(f"This would end the agents of {names}.", "Add --yes.")
    click.confirm(f"End the agents of {names}?", abort=True, err=True)


def _await_end(place: Stand) -> None:
    deadline = time.monotonic() + GONE_S
    while leader_pid(place.places.leader_lock) is not None:
        if time.monotonic() > deadline:
            raise AgentmuxError(f"The leader did not end within {GONE_S:.0f} s.")
        time.sleep(0.02)  # noqa: TID251 - nothing can wake us when another process drops a lock
