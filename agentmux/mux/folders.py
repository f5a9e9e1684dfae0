"""The folders of sessions: which is free, and which holds spools that nothing needs any more.

Those of removed ones go after the removal is recorded, so that a leader that is killed in between
removes nothing a session still has; what it left, the next one takes at its start.
"""

from contextlib import suppress

from agentmux.core.fleet import Fleet
from agentmux.errors import GitError
from agentmux.git.removal import remove_tree
from agentmux.paths import Places


def free_id(places: Places, fleet: Fleet) -> str:
    """An id that no session has, not even one of a ledger that was moved away.

    What such a one left in its folder and its window would be taken for this one's run.
    """
    number = int(fleet.next_id[1:])
    while places.session_dir(f"s{number}").exists():
        number += 1
    return f"s{number}"


def clear_removed(places: Places, fleet: Fleet) -> None:
    """Remove the folder of every removed session; one that cannot go now is tried again later."""
    for folder in places.session_dir("s").parent.iterdir():
        session = fleet.sessions.get(folder.name)
        if session is not None and session.removed:
            with suppress(GitError):
                remove_tree(folder)
