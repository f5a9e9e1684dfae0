"""The click half of the command line: options before the verb, verbs loaded when they are named."""

import sys
from pathlib import Path

import click

from agentmux import __version__
from agentmux.cli import COMMANDS, load_command
from agentmux.cli.ls import current_folder
from agentmux.errors import UsageError


class Verbs(click.Group):
    """The verbs of COMMANDS; a module is imported when its verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table alone: `--help` imports no verb."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="A cockpit for several coding agents in one terminal. Without a verb: the screen.",
    epilog="Documentation: docs/index.md in the source tree.",
)
@click.version_option(__version__, prog_name="agentmux", message="%(prog)s %(version)s")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="Stand in this repository instead of the current directory.",
)
@click.pass_context
def agentmux(ctx: click.Context, repo: Path | None) -> None:
    """Options that stand before the verb."""
    ctx.obj = str(repo) if repo else current_folder()
    if ctx.invoked_subcommand is None:
        from agentmux.cli.screen_app import open_screen

        ctx.exit(open_screen(ctx.obj))


def run(argv: list[str]) -> int:
    """Run `argv`; click's own errors become usage errors with exit code 2."""
    try:
        result = agentmux.main(argv, prog_name="agentmux", standalone_mode=False)
    except click.ClickException as error:
        if isinstance(error, click.UsageError):
            raise UsageError(f"{error.format_message()}", _usage_hint(error)) from error
        raise UsageError(error.format_message()) from error
    except click.exceptions.Abort as error:
        raise KeyboardInterrupt from error
    return result if isinstance(result, int) else 0


def _usage_hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "agentmux"
    return f"`{path} --help` shows how."


def is_terminal() -> bool:
    """Whether everything goes to a terminal; the screen itself is drawn on standard error."""
    streams = (sys.stdin, sys.stdout, sys.stderr)  # None when closed, `<&-`
    return all(stream and stream.isatty() for stream in streams)
