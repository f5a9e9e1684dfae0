"""`agentmux rm`: remove a session and its worktree, never losing work."""

from collections.abc import Sequence

import click

from agentmux.cli import output
from agentmux.cli.context import report_session, stand, warn_withheld
from agentmux.cli.group import is_terminal
from agentmux.core.text import clean

MOST = 20
"""Paths that are named; JSON has them all."""


@click.command("rm", short_help="remove a session and its worktree")
@click.argument("name")
@click.option("--keep-branch", is_flag=True, help="Leave the branch.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--discard", is_flag=True, help="With --yes: even with work that is nowhere else.")
@click.option("--json", "as_json", is_flag=True, help="Print the session as JSON.")
def command(name: str, keep_branch: bool, yes: bool, discard: bool, as_json: bool) -> None:
    """Remove session NAME, its worktree and its branch.

    Refuses to lose uncommitted, unmerged or unpushed work unless told twice; even then a private
    ref keeps it, and what it cannot hold is named.
    """
    place = stand()
    session = place.require(name)
    confirmed = yes
    if not yes and is_terminal():
        what = session.name if session.here else f"{session.name} and {session.worktree}"
        confirmed = click.confirm(clean(f"Remove {what}?"), abort=True, err=True)
    told = {"yes": confirmed, "discard": yes and discard, "keep_branch": keep_branch}
    done = place.ask("remove", session.id, **told)
    report_session(place, session.id, "removed", as_json=as_json)
    warn_withheld(done.result)
    gone = place.observed().sessions[session.id]
    if gone.kept_ref:
        output.talk(f"Its work is kept: `git branch NAME {gone.kept_ref}` brings it back.")
    if gone.not_kept:
        output.talk(f"Not kept: {_named(gone.not_kept)}.")


def _named(paths: Sequence[str]) -> str:
    shown = ", ".join(clean(path, one_line=True) for path in paths[:MOST])
    return shown if len(paths) <= MOST else f"{shown} and {len(paths) - MOST} more"
