"""Full-screen attach: one session by tmux itself, when the exact picture is wanted."""

import os

from agentmux.core.session import Session
from agentmux.mux.start import private_server
from agentmux.paths import Places
from agentmux.tmux.view import attach_argv, end_view


def attach_command(places: Places, session: Session, leader: str = "ctrl+q") -> list[str]:
    """The command that shows the session on the terminal it is run in; `leader` returns.

    Afterwards call `end_attach`.
    """
    server = private_server(places)
    return attach_argv(server, session.window or "", f"view{os.getpid()}", leader)


def end_attach(places: Places, session: Session) -> None:
    """The pane has its own size again, and nothing in tmux remembers the visit."""
    end_view(private_server(places), session.window or "", session.size)
