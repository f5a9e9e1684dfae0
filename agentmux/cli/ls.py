"""`agentmux ls`: the sessions, from ledger, spools and process table alone.

Never starts tmux, Textual or git, and does not need a leader.
"""

import os

from agentmux.cli import output
from agentmux.core.fleet import Fleet
from agentmux.ledger.store import Ledger
from agentmux.mux.clock import now
from agentmux.mux.lease import leader_pid
from agentmux.mux.observe import observe
from agentmux.paths import Places, places
from agentmux.report.sessions import session_row, session_table


def load_observed(where: Places) -> Fleet:
    """The fleet as it is now; empty where nothing was ever recorded."""
    with Ledger.open(where.ledger, create=False, read_only=True) as ledger:
        return observe(ledger.load_fleet(), where, now())


def list_sessions(*, everything: bool, as_json: bool, folder: str | None = None) -> None:
    """Print the sessions; `everything` includes removed ones."""
    where = places()
    fleet = load_observed(where)
    sessions = tuple(fleet.sessions.values()) if everything else fleet.present
    if as_json:
        pid = leader_pid(where.leader_lock)
        output.data_json(
            {
                "home": str(where.home or where.state),
                "repo": repo_around(folder or current_folder()),
                "leader": {"pid": pid, "alive": pid is not None},
                "sessions": [session_row(session) for session in sessions],
            }
        )
        return
    if not sessions:
        output.talk("No sessions. `agentmux new` starts one.")
        return
    for line in session_table(sessions, now()):
        output.data(line)


def current_folder() -> str:
    """Where the person stands; the root when that folder was removed under them."""
    try:
        return os.getcwd()  # noqa: PTH109 - pathlib costs `ls` 10 ms
    except FileNotFoundError:
        return "/"


def repo_around(folder: str) -> str | None:
    """The main repository's root around `folder`, found without git; None outside of one.

    A linked worktree's `.git` is a file that names its place in the main repository's `.git`.
    """
    while True:
        dot_git = os.path.join(folder, ".git")  # noqa: PTH118
        if os.path.isdir(dot_git):  # noqa: PTH112
            return folder
        if os.path.isfile(dot_git):  # noqa: PTH113
            return _main_root(dot_git) or folder
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            return None
        folder = parent


def _main_root(dot_git: str) -> str | None:
    with open(dot_git, encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
        place = file.read().strip().removeprefix("gitdir: ")
    root, found, _ = place.partition("/.git/worktrees/")
    if not found:
        return None
    # A relative place, as git 2.48 may write it, counts from the folder of this file.
    return os.path.normpath(os.path.join(os.path.dirname(dot_git), root))  # noqa: PTH118, PTH120


def __getattr__(name: str) -> object:
    """The click command, made when somebody asks for it: the plain forms do without click."""
    if name == "command":
        from agentmux.cli.ls_command import command

        return command
    raise AttributeError(name)
