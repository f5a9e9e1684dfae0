"""`agentmux profiles`: the profiles in force here."""

import click

from agentmux.cli import output
from agentmux.cli.context import load_here


@click.command("profiles", short_help="list the profiles")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the profiles in force here: agent, command and the names of what they set."""
    loaded = load_here(str(ctx.obj))
    rows: list[dict[str, object]] = [
        {
            "name": name,
            "agent": profile.agent,
            "command": list(profile.command or ()),
            "args": list(profile.args),
            "env": sorted(profile.env),
            "deny_env": list(profile.deny_env),
        }
        for name, profile in sorted(loaded.config.profiles.items())
    ]
    if as_json:
        output.data_rows("profiles", rows)
        return
    for name, profile in sorted(loaded.config.profiles.items()):
        words = " ".join(profile.command or (profile.agent or "-",))
        output.data(f"{name:16} {words} {' '.join(profile.args)}".rstrip())
    if not rows:
        output.talk("No profiles. docs/guide/sessions.md shows how to write one.")
