"""`agentmux trust`: show what a repository's configuration would start, and accept it."""

import click

from agentmux.cli import output
from agentmux.cli.context import load_here, stand
from agentmux.cli.group import is_terminal
from agentmux.cli.ls import repo_around
from agentmux.config import Untrusted
from agentmux.core.fleet import Fleet
from agentmux.errors import NeedsConfirmation
from agentmux.mux.surroundings import untrusted_programs


@click.command("trust", short_help="show and accept a repository's configuration")
@click.option("--yes", is_flag=True, help="Accept without being asked.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, yes: bool, as_json: bool) -> None:
    """Show what in this repository would start programs or set the environment.

    That is files of agentmux, and git settings that a checkout or a fetch needs. They are accepted
    with exactly the content shown, and asked about again on change.
    """
    place = stand()
    waiting = _waiting(place.ledger.load_fleet(), str(ctx.obj))
    for file in waiting:
        output.talk(f"{file.path} sets {', '.join(file.keys)}:")
        output.talk(file.text)
        if not yes:
            _confirm(str(file.path))
        place.ask("trust", path=str(file.path), sha256=file.sha256)
    if as_json:
        output.data_rows("trusted", [{"path": str(f.path), "sha256": f.sha256} for f in waiting])
    else:
        output.data(f"trusted {len(waiting)} file{'' if len(waiting) == 1 else 's'}")


def _waiting(fleet: Fleet, folder: str) -> tuple[Untrusted, ...]:
    """What is not accepted yet: files of ours, then git's own settings."""
    repo = repo_around(folder)
    return (*load_here(folder).untrusted, *(untrusted_programs(fleet, repo) if repo else ()))


def _confirm(path: str) -> None:
    if not is_terminal():
        raise NeedsConfirmation(f"{path} is not trusted.", "Read it, then `agentmux trust --yes`.")
    click.confirm("Let it?", abort=True, err=True)
