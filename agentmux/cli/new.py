"""`agentmux new`: start a session and return when its pane runs."""

from typing import Any

import click

from agentmux.cli.context import report_start, stand, warn_withheld


class _Dashed(click.Command):
    """Keeps what stands after `--` apart: click alone would join it with the task."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            at = args.index("--")
            ctx.meta[AFTER_DASHES] = tuple(args[at + 1 :])
            args = args[:at]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.meta.get(AFTER_DASHES) == ():
            raise click.UsageError("No command stands after `--`.", ctx)
        return super().invoke(ctx)


AFTER_DASHES = "agentmux.after_dashes"


@click.command("new", cls=_Dashed, short_help="start a session")
@click.argument("task", required=False, metavar="[TASK] [-- COMMAND ARG...]")
@click.option("--agent", "-a", help="Row of `agentmux agents`.")
@click.option("--profile", "-p", help="Profile of the configuration.")
@click.option("--name", "-n", help="What to call the session.")
@click.option("--base", help="Branch or commit to start from.")
@click.option("--branch", help="Name of the new branch.")
@click.option("--here", is_flag=True, help="Work in this checkout instead of a worktree.")
@click.option("--carry", is_flag=True, help="Take uncommitted work along.")
@click.option("--size", metavar="COLSxROWS", help="Size of the pane.")
@click.option("--key", help="While one with this key lives here, give that one.")
@click.option("--force", is_flag=True, help="Start it even when free memory is low.")
@click.option("--json", "as_json", is_flag=True, help="Print the session as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    task: str | None,
    as_json: bool,
    **options: str | bool | None,
) -> int:
    """Start a session in a worktree of its own and return when its pane runs.

    TASK is the first prompt. Everything after `--` is run as the agent.
    """
    for name, value in options.items():
        if value == "":  # most likely a script's variable that was never set
            raise click.UsageError(f"The value of --{name} is empty.", ctx)
    after = ctx.meta.get(AFTER_DASHES, ())
    if after and not after[0]:
        raise click.UsageError("The command after -- is empty.", ctx)
    place = stand()
    done = place.ask("new", task=task, command=list(after) or None, cwd=str(ctx.obj), **options)
    code = report_start(place, str(done.result["session"]), "started", as_json=as_json)
    warn_withheld(done.result)
    return code
