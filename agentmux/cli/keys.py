"""`agentmux keys`: the keys as they are in force, from the one table of keys."""

import click

from agentmux.cli import output
from agentmux.cli.context import load_here
from agentmux.ui.keymap import effective_keymap, keymap_json, keymap_markdown, spoken


@click.command("keys", short_help="print the keys")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--md", "as_markdown", is_flag=True, help="Print Markdown.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, as_markdown: bool) -> None:
    """Print the keys in force, the person's own changes applied."""
    config = load_here(str(ctx.obj)).config
    keymap = effective_keymap(config.keys, config.leader)
    if as_json:
        output.data_rows("keys", keymap_json(keymap))
    elif as_markdown:
        output.data(keymap_markdown(keymap).rstrip("\n"))
    else:
        width = max(len(spoken(row)) for row in keymap)
        for row in keymap:
            output.data(f"{row.mode:8} {spoken(row).ljust(width)}  {row.help}")
