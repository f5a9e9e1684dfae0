"""The click command of `agentmux ls`, apart so that plain `ls` does not pay for click."""

import click

from agentmux.cli.ls import list_sessions


@click.command("ls", short_help="list the sessions")
@click.option("--all", "everything", is_flag=True, help="Removed ones too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, everything: bool, as_json: bool) -> None:
    """List the sessions: state, agent, branch, changes and load."""
    list_sessions(everything=everything, as_json=as_json, folder=str(ctx.obj))
