"""`agentmux themes`: the themes that can be chosen."""

import click

from agentmux.cli import output
from agentmux.paths import places
from agentmux.ui.theme import load_themes


@click.command("themes", short_help="list the themes")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the themes: ours, and those in the folder `themes` of the configuration."""
    themes = load_themes(places().config / "themes")
    if as_json:
        rows: list[dict[str, object]] = [{"name": name} for name in sorted(themes)]
        output.data_rows("themes", rows)
        return
    for name in sorted(themes):
        output.data(name)
