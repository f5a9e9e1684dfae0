"""`agentmux explain`: why a session is in its state."""

import click

from agentmux.cli import output
from agentmux.cli.context import stand_by
from agentmux.core import events as e
from agentmux.mux.clock import now
from agentmux.mux.observe import agent_of
from agentmux.report.explanation import explanation, explanation_lines


@click.command("explain", short_help="print why a session is in its state")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, as_json: bool) -> None:
    """Print who says that session NAME is in its state, and what every source says now."""
    place = stand_by()
    session = place.require(name)
    kinds = (e.StateChanged, e.AgentStarted, e.Exited)
    rows = [row for _, row in place.ledger.of_session(session.id, kinds)]
    ranks = agent_of(session).RANKS
    if as_json:
        output.data_json(explanation(session, rows, ranks))
        return
    for line in explanation_lines(session, rows, ranks, now()):
        output.data(line)
