"""What another library sees of our server, hostile titles included."""

import os
import subprocess
from pathlib import Path

import pytest

from agentmux.errors import TmuxError
from agentmux.paths import places
from agentmux.tmux.observer import look_at, outer_clipboard, outer_prefix, spoken_key
from agentmux.tmux.run import require_tmux
from agentmux.tmux.server import KEEPER, Server
from tests.support.tmux import run_shell, wait_until

pytestmark = pytest.mark.tmux

SEPARATOR = "\N{SYMBOL FOR RECORD SEPARATOR}"
"""What libtmux joins the fields of its own lists with."""


def test_it_sees_what_we_see(server: Server) -> None:
    run_shell(server, "exec sleep 60")
    seen = look_at(server)
    assert seen.version == require_tmux().text
    assert [pane.name for pane in seen.panes] == [KEEPER, "s1-1"]
    assert list(seen.panes[1:]) == server.windows()


def test_a_title_that_holds_its_separator_is_no_obstacle(server: Server) -> None:
    pane = run_shell(server, f"printf '\\033]2;a{SEPARATOR}b|c\\033\\\\'; exec sleep 60")
    wait_until(lambda: SEPARATOR in server.pane_status(pane.id).title)
    assert [pane.name for pane in look_at(server).panes] == [KEEPER, "s1-1"]


def test_no_server_is_an_error_and_none_is_started(private_home: Path) -> None:
    where = places()
    where.make()
    with pytest.raises(TmuxError):
        look_at(Server(where))
    assert not where.socket.exists()


def test_the_prefix_of_an_outer_tmux(private_home: Path) -> None:
    socket = private_home / "outer"
    tmux = ["tmux", "-S", str(socket), "-f", os.devnull]
    env = {"TMUX": f"{socket},1,0"}
    assert (outer_prefix(env), outer_clipboard(env)) == (None, None)
    subprocess.run([*tmux, "new-session", "-d", "sleep", "60"], check=True)
    try:
        assert outer_prefix(env) == "ctrl+b"
        subprocess.run([*tmux, "set-option", "-g", "prefix", "C-q"], check=True)
        assert outer_prefix(env) == "ctrl+q"
        subprocess.run([*tmux, "set-option", "-g", "prefix", "None"], check=True)
        assert outer_prefix(env) is None
        assert outer_clipboard(env) == "external"
        subprocess.run([*tmux, "set-option", "-s", "set-clipboard", "on"], check=True)
        assert outer_clipboard(env) == "on"
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)


@pytest.mark.parametrize(
    ("key", "spoken"),
    [("C-b", "ctrl+b"), ("M-a", "alt+a"), ("C-]", "ctrl+]"), ("F12", "f12"), ("C--", "ctrl+-")],
)
def test_keys_in_our_words(key: str, spoken: str) -> None:
    assert spoken_key(key) == spoken
