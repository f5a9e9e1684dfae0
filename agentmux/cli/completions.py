"""`agentmux completions`: the script that makes a shell complete verbs and options."""

import click
from click.shell_completion import get_completion_class

from agentmux.cli import output
from agentmux.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


@click.command("completions", short_help="print a shell's completion script")
@click.argument("shell", metavar="bash|zsh|fish")
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL; source it in the shell's start-up file."""
    made = get_completion_class(shell) if shell in SHELLS else None
    if made is None:
        raise UsageError(f"There is no completion for {shell!r}.", f"Known: {', '.join(SHELLS)}.")
    root = ctx.find_root().command
    output.data(made(root, {}, "agentmux", "_AGENTMUX_COMPLETE").source())
