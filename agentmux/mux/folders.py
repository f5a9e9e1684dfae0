"""The folders of removed sessions: spools, logs and specs that nothing needs any more.

They go after the removal is recorded, so that a leader that is killed in between removes nothing
a session still has; what it left, the next one takes at its start.
"""

from contextlib import suppress

from agentmux.core.fleet import Fleet
from agentmux.errors import GitError
from agentmux.git.removal import remove_tree
from agentmux.paths import Places


def clear_removed(places: Places, fleet: Fleet) -> None:
    """Remove the folder of every removed session; one that cannot go now is tried again later."""
    for folder in places.session_dir("s").parent.iterdir():
        session = fleet.sessions.get(folder.name)
        if session is not None and session.removed:
            with suppress(GitError):
                remove_tree(folder)
