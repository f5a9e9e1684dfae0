"""`agentmux keys`: the keys as they are in force, from the one table of keys."""

import click

from agentmux.cli import output
from agentmux.cli.context import load_here
from agentmux.config import Loaded
from agentmux.ui.keymap import (
    Key,
    effective_keymap,
    keymap_json,
    keymap_markdown,
    require_key,
    require_override,
    spoken,
)


@click.command("keys", short_help="print the keys")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--md", "as_markdown", is_flag=True, help="Print Markdown.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, as_markdown: bool) -> None:
    """Print the keys in force, the person's own changes applied."""
    keymap = require_keymap(load_here(str(ctx.obj)))
    if as_json:
        output.data_rows("keys", keymap_json(keymap))
    elif as_markdown:
        output.data(keymap_markdown(keymap).rstrip("\n"))
    else:
        width = max(len(spoken(row)) for row in keymap)
        for row in keymap:
            output.data(f"{row.mode:8} {spoken(row).ljust(width)}  {row.help}")


def require_keymap(loaded: Loaded) -> tuple[Key, ...]:
    """The keys in force; a mistake in them is told with the file and line it stands in."""
    config = loaded.config
    for id_, keys in config.keys.items():
        with loaded.about(("keys", id_)):
            require_override(id_, keys)
    with loaded.about(("leader",)):
        for key in config.leader:
            require_key(key, "leader")
    with loaded.about(("keys",)):
        return effective_keymap(config.keys, config.leader)
