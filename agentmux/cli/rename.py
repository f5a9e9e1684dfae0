"""`agentmux rename`: give a session another name."""

import click

from agentmux.cli.context import report_session, stand


@click.command("rename", short_help="give a session another name")
@click.argument("name")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print the session as JSON.")
def command(name: str, new: str, as_json: bool) -> None:
    """Call session NAME by the name NEW; its branch and worktree keep theirs."""
    place = stand()
    session = place.require(name)
    place.ask("rename", session.id, name=new)
    report_session(place, session.id, "renamed", as_json=as_json)
