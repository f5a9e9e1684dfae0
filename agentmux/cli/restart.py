"""`agentmux restart`: start a session's agent afresh in the same worktree."""

import click

from agentmux.cli.context import report_start, stand, warn_withheld


@click.command("restart", short_help="start a session's agent afresh")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the session as JSON.")
def command(name: str, as_json: bool) -> int:
    """End the agent of session NAME if it runs and start it afresh in the same worktree."""
    place = stand()
    session = place.require(name)
    done = place.ask("restart", session.id)
    code = report_start(place, session.id, "restarted", as_json=as_json)
    warn_withheld(done.result)
    return code
