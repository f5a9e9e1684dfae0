"""`agentmux up`: start the leader without a screen."""

import click

from agentmux.cli import output
from agentmux.cli.context import stand
from agentmux.mux.start import ensure_leader


@click.command("up", short_help="start the leader without a screen")
@click.option("--headless", is_flag=True, help="No screen (the only way; said for clarity).")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def command(ctx: click.Context, headless: bool, as_json: bool) -> None:
    """Start the leader and keep it until `agentmux down`; a second call changes nothing."""
    if not headless:
        from agentmux.cli.screen_app import open_screen

        ctx.exit(open_screen(str(ctx.obj)))
    place = stand()
    ensure_leader(place.places, stay=True)
    pid = place.ask("stay").result["pid"]
    if as_json:
        output.data_json({"leader": {"pid": pid, "alive": True}})
    else:
        output.data(f"leader {pid} is up")
