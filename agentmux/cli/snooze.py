"""`agentmux snooze`: say nothing of what a session asks for a while."""

import click

from agentmux.cli.context import report_session, stand
from agentmux.cli.number import Number


@click.command("snooze", short_help="say nothing of what a session asks for a while")
@click.argument("name")
@click.argument("minutes", type=Number(min=0, max=1440), default=10.0, metavar="[MIN]")
@click.option("--json", "as_json", is_flag=True, help="Print the session as JSON.")
def command(name: str, minutes: float, as_json: bool) -> None:
    """Keep session NAME out of the ask queue for MIN minutes, 10 unless said; 0 ends that."""
    place = stand()
    session = place.require(name)
    place.ask("snooze", session.id, minutes=minutes)
    report_session(place, session.id, f"snoozed for {minutes:g} min", as_json=as_json)
