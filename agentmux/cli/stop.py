"""`agentmux stop`: end a session's agent, keep its worktree."""

import click

from agentmux.cli.context import report_session, stand


@click.command("stop", short_help="end a session's agent, keep its worktree")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the session as JSON.")
def command(name: str, as_json: bool) -> None:
    """Ask the agent of session NAME to end, then end it. Worktree and last screen stay."""
    place = stand()
    session = place.require(name)
    place.ask("stop", session.id)
    report_session(place, session.id, "stopped", as_json=as_json)
