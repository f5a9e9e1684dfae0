"""`agentmux fork`: start a second session from where one stands."""

import click

from agentmux.cli.context import report_start, stand, warn_withheld


@click.command("fork", short_help="start a second session from where one stands")
@click.argument("name")
@click.argument("task", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the new session as JSON.")
def command(name: str, task: str | None, as_json: bool) -> int:
    """Start a session from the commit and the uncommitted work of session NAME."""
    place = stand()
    session = place.require(name)
    done = place.ask("fork", session.id, task=task)
    code = report_start(place, str(done.result["session"]), "forked", as_json=as_json)
    warn_withheld(done.result)
    return code
