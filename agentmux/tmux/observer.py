"""tmux as libtmux sees it: a second opinion on the private server, and a look at an outer one.

`doctor` is to notice when our own way of talking to tmux goes wrong, so it asks another library.
libtmux's object lists break on pane titles that hold its separator; `cmd` with our own formats
does not. No command here can start a server, and libtmux knows no time limit: a caller makes sure
first that the server answers (`Server.is_alive`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agentmux.errors import TmuxError
from agentmux.tmux.formats import PANE, Pane, parse_pane
from agentmux.tmux.server import HUB, Server

_MODIFIERS = {"C": "ctrl", "M": "alt", "S": "shift"}


@dataclass(frozen=True)
class Seen:
    """The private server, as another library sees it."""

    version: str
    """Of the running server, which an upgrade of the program leaves behind."""
    panes: tuple[Pane, ...]
    """In the hub; keeper and leader among them."""


def look_at(server: Server) -> Seen:
    """What libtmux sees of a server that answers; TmuxError when it sees none."""
    socket = str(server.places.socket)
    version = _ask(socket, server.program, "display-message", "-p", "#{version}")
    panes = _ask(socket, server.program, "list-panes", "-s", "-t", f"={HUB}", "-F", PANE)
    parsed = tuple(parse_pane(line.encode()) for line in panes)
    return Seen("".join(version), parsed)


def outer_prefix(env: Mapping[str, str]) -> str | None:
    """The prefix key of the tmux this terminal is in, as `ctrl+b`; None when it has none."""
    prefix = _outer_option(env, "-g", "prefix")
    return None if prefix is None else spoken_key(prefix)


def outer_clipboard(env: Mapping[str, str]) -> str | None:
    """`set-clipboard` of the tmux this terminal is in; None when it does not say."""
    return _outer_option(env, "-s", "set-clipboard")


def _outer_option(env: Mapping[str, str], scope: str, name: str) -> str | None:
    socket = env.get("TMUX", "").split(",")[0]
    try:
        said = _ask(socket, None, "show-options", f"{scope}qv", name)
    except TmuxError:
        return None
    return said[0] if said else None


def spoken_key(key: str) -> str | None:
    """tmux's name of a key in our words: `C-b` → `ctrl+b`; `None` is no key."""
    *modifiers, last = key.lower().split("-") if not key.endswith("--") else [key[0], "-"]
    words = [_MODIFIERS.get(modifier.upper(), modifier) for modifier in modifiers]
    return None if key in ("", "None") else "+".join([*words, last])


def _ask(socket: str, program: str | None, *words: str) -> list[str]:
    """The lines libtmux gets back."""
    import libtmux  # 300 ms, for those who ask

    said = libtmux.Server(socket_path=socket, tmux_bin=program).cmd(*words)
    if said.returncode != 0:
        raise TmuxError(f"tmux refused: {' '.join(said.stderr) or said.returncode}.")
    return said.stdout
