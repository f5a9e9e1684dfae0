"""Native attach: one window full screen by plain tmux, until the leader key is pressed.

The view is a session of its own that shares hub's windows, so it has its own current window and
key table; the hub and its screens see nothing of it but the window's new size. It is ended by
us: `destroy-unattached`, made for that, killed the whole server (3.3a, segmentation fault) in 4
of 11 tries, when the leaving terminal was slow to read its last bytes.
"""

import string

from agentmux.errors import UsageError
from agentmux.tmux.formats import require_id
from agentmux.tmux.server import HUB, Server

_CHARACTERS = string.ascii_lowercase + "]\\^_"
LEADERS: dict[str, str] = {
    **{f"ctrl+{key}": f"C-{key}" for key in _CHARACTERS},
    "ctrl+space": "C-Space",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}
"""Leader keys as agentmux writes them → as tmux does."""


def attach_argv(server: Server, window: str, view: str, leader: str = "ctrl+q") -> list[str]:
    """The command that shows `window` full screen on the terminal it is run in.

    `view` is an id of ours for the session that carries it, `leader` a row of `LEADERS`.
    Afterwards call `end_view`.
    """
    key = LEADERS.get(leader)
    if key is None:
        raise UsageError(f"tmux cannot leave a view by the key {leader!r}.")
    table = f"leave-{key}"
    steps = (
        ("new-session", "-d", "-t", HUB, "-s", view),
        ("select-window", "-t", f"={view}:{require_id(window)}"),
        ("set-option", "-w", "-t", window, "window-size", "latest"),
        ("bind-key", "-T", table, key, "detach-client"),
        ("set-option", "-t", f"={view}:", "key-table", table),
        ("set-option", "-t", f"={view}:", "status-style", "reverse"),
        ("set-option", "-t", f"={view}:", "status-format[0]", f" {leader} returns to agentmux"),
        ("set-option", "-t", f"={view}:", "status", "on"),
        ("attach-session", "-t", f"={view}"),
    )
    words = [word for step in steps for word in (*step, ";")]
    # Without `-u`: this once a real terminal is on the other end and knows its own encoding.
    tmux = [word for word in server.argv(*words[:-1]) if word != "-u"]
    return ["env", "-u", "TMUX", "-u", "TMUX_PANE", *tmux]


def end_view(server: Server, window: str, size: tuple[int, int]) -> None:
    """Give the window its size back, and end every view nobody looks at: those of the dead too."""
    listed = server.run("list-sessions", "-F", "#{session_id}|#{session_attached}|#{session_name}")
    for line in listed.decode().splitlines():
        session, attached, name = line.split("|", 2)
        if name != HUB and attached == "0":
            server.run("kill-session", "-t", session)
    server.resize_window(window, *size)
