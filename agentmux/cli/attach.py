"""`agentmux attach`: one session in plain full-screen tmux; the leader key returns."""

import subprocess  # noqa: TID251 - hands the terminal itself over to tmux
from contextlib import suppress

import click

from agentmux.cli.context import require_pane, stand_by
from agentmux.cli.group import is_terminal
from agentmux.errors import TmuxError, UsageError
from agentmux.mux.attach import attach_command, end_attach


@click.command("attach", short_help="open a session in plain full-screen tmux")
@click.argument("name")
def command(name: str) -> int:
    """Show session NAME full screen by tmux itself, exactly as its program draws it."""
    if not is_terminal():
        raise UsageError(
            "`attach` needs a terminal.", "`agentmux screen NAME` prints what the pane shows."
        )
    place = stand_by()
    session, _ = require_pane(place, name, dead_too=True)
    code = subprocess.run(attach_command(place.places, session), check=False).returncode
    with suppress(TmuxError):  # the session may have been removed meanwhile
        end_attach(place.places, session)
    return min(code, 1)
