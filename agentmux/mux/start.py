"""Seeing to it that a leader runs: starts the private tmux server and a leader in it.

Whoever needs the leader calls `ensure_leader`; when several do at once, several leaders start,
one gets the lease and the others end at once.
"""

import os
import secrets
import sys
import time
from pathlib import Path

from agentmux.config import Config, load_config
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError, ConfigError, TmuxError
from agentmux.mux.lease import leader_pid
from agentmux.mux.processes import is_running
from agentmux.paths import Places
from agentmux.tmux.run import require_tmux
from agentmux.tmux.server import Server

LEADER = "leader"
"""What the names of leaders' windows begin with."""
START_S = 10.0
PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])

# The leader starts in the server's bare environment: only what decides where files live, what
# programs are found and how text is encoded is handed on. None of it is secret.
HANDED_ON = (
    "AGENTMUX_HOME",
    "AGENTMUX_CONFIG",
    "AGENTMUX_TMUX",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
    "HOME",
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "GIT_CONFIG_GLOBAL",
)


def private_server(places: Places) -> Server:
    """The tmux server of this state directory; MissingTool without a usable tmux."""
    return Server(places, require_tmux().program)


def ensure_leader(places: Places, *, stay: bool = False) -> int:
    """The pid of a living leader, started if none ran; AgentmuxError when none comes up."""
    pid = leader_pid(places.leader_lock)
    if pid is not None:
        return pid
    server = private_server(places)
    server.start(_history_limit(places))
    _clear_dead_leaders(server)
    # Each has a name of its own: tmux finds no window by a name that several have.
    name = f"{LEADER}-{secrets.token_hex(4)}"
    pane = server.open_window(name, _leader_argv(places, stay), (120, 40))
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        ended = not is_running(pane.pid)
        pid = leader_pid(places.leader_lock)
        if pid is not None:
            return pid
        if ended:
            raise _failed("The leader ended at its start", places)
        time.sleep(0.02)
    raise _failed(f"The leader did not start within {START_S:.0f} s", places)


def _history_limit(places: Places) -> int:
    """The scrollback the person asked for; a broken file keeps nothing from starting."""
    try:
        return load_config(places, None, None, lambda *_: False).config.panes.history_limit
    except ConfigError:
        return Config().panes.history_limit


def _failed(what: str, places: Places) -> AgentmuxError:
    """`what`, with the last line that a leader said."""
    try:
        lines = places.leader_log.read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    said = f": {clean(lines[-1], one_line=True).rstrip('.')}" if lines else ""
    return AgentmuxError(f"{what}{said}.", f"What it said is in {places.leader_log}.")


def is_leader(window: str) -> bool:
    """Whether a window of this name was opened for a leader."""
    return window.partition("-")[0] == LEADER


def _clear_dead_leaders(server: Server) -> None:
    """Windows of leaders that ended stay as dead panes; only living ones may be left alone."""
    for window in server.windows():
        if is_leader(window.name) and window.dead:
            try:
                server.kill_window(window.window)
            except TmuxError:
                continue


def _leader_argv(places: Places, stay: bool) -> list[str]:
    """`sh` keeps what a failing leader says; the environment goes by `env`, word by word.

    The log is made private by itself: the leader's umask is that of the agents' worktrees.
    """
    env = [f"{name}={os.environ[name]}" for name in HANDED_ON if name in os.environ]
    env.append(f"PYTHONPATH={PACKAGE_PARENT}")
    python = [sys.executable, "-P", "-m", "agentmux.mux.leader", *(["--stay"] if stay else [])]
    script = 'log=$1; shift; (umask 077; : >>"$log"); exec "$@" >>"$log" 2>&1'
    return ["sh", "-c", script, "sh", str(places.leader_log), "env", *env, *python]


def end_server(places: Places) -> None:
    """End the private tmux server and every pane in it; fine when none runs."""
    private_server(places).kill()
