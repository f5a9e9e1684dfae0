"""`agentmux config`: every setting with its value, and the file that decided it."""

import json

import click

from agentmux.cli import output
from agentmux.cli.context import load_here
from agentmux.config import Explained
from agentmux.paths import places


@click.group(
    "config",
    short_help="print the configuration and where it comes from",
    invoke_without_command=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """The configuration in force here: built-in, the person's own, the repository's.

    Without a further word: as `config show`.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show, as_json=as_json)
    elif as_json:
        raise click.UsageError("--json stands after the word it is for.", ctx)


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    """Print every setting, its value and where that comes from."""
    _print(load_here(str(ctx.find_root().obj)).explain(), as_json)


@command.command("explain")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def explain(ctx: click.Context, key: str, as_json: bool) -> None:
    """Print the value of KEY, or of every setting below it, and the file that decided it."""
    _print(load_here(str(ctx.find_root().obj)).explain(key), as_json)


@command.command("path")
def path() -> None:
    """Print the path of the person's own configuration file."""
    output.data(str(places().config_file))


def _print(rows: tuple[Explained, ...], as_json: bool) -> None:
    if as_json:
        output.data_rows(
            "settings",
            [{"key": r.key, "value": _plain(r.value), "origin": r.origin} for r in rows],
        )
        return
    width = max(len(row.key) for row in rows)
    for row in rows:
        output.data(f"{row.key.ljust(width)}  {json.dumps(_plain(row.value))}  ({row.origin})")


def _plain(value: object) -> object:
    """As JSON can hold it."""
    return json.loads(json.dumps(value, default=_listed))


def _listed(value: object) -> object:
    return dict(value) if isinstance(value, dict) else str(value)
