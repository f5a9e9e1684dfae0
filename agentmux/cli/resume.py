"""`agentmux resume`: continue an exited session in its worktree."""

import click

from agentmux.cli.context import report_start, stand, warn_withheld


@click.command("resume", short_help="continue an exited session")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the session as JSON.")
def command(name: str, as_json: bool) -> int:
    """Continue session NAME by the agent's own id; a plain command is run again."""
    place = stand()
    session = place.require(name)
    done = place.ask("resume", session.id)
    code = report_start(place, session.id, "resumed", as_json=as_json)
    warn_withheld(done.result)
    return code
