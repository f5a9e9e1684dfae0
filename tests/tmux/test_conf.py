"""The configuration file, as a real tmux understands it."""

from pathlib import Path

import pytest

from agentmux.tmux.conf import configuration, has_terminfo
from agentmux.tmux.server import Server


@pytest.mark.tmux
def test_tmux_accepts_every_line(server: Server) -> None:
    """A line it refuses is shown to the person who attaches first."""
    assert server.run("source-file", str(server.places.tmux_conf)) == b""


@pytest.mark.tmux
@pytest.mark.parametrize(
    ("option", "value"),
    [
        (("-s", "set-clipboard"), b"off"),
        (("-g", "-w", "allow-passthrough"), b"off"),
        (("-g", "-w", "allow-rename"), b"off"),
        (("-g", "-w", "remain-on-exit"), b"on"),
        (("-g", "prefix"), b"None"),
        (("-g", "update-environment"), b""),
        (("-s", "command-alias"), b""),
        (("-s", "escape-time"), b"0"),
        (("-s", "focus-events"), b"on"),
        (("-g", "history-limit"), b"500"),
    ],
)
def test_what_safety_rests_on_is_in_force(
    server: Server, option: tuple[str, ...], value: bytes
) -> None:
    assert server.run("show-options", "-v", *option).strip() == value


@pytest.mark.tmux
def test_no_key_but_ours_is_bound(server: Server) -> None:
    tables = {line.split()[2] for line in server.run("list-keys").splitlines() if b"-T" in line}

    assert tables <= {b"copy-mode", b"copy-mode-vi"}


def test_the_scrollback_is_an_argument() -> None:
    assert "history-limit 1234\n" in configuration(1234)


def test_an_entry_in_the_persons_own_folder_counts(private_home: Path) -> None:
    assert not has_terminfo("zz-term")
    (private_home / ".terminfo/7a").mkdir(parents=True)
    (private_home / ".terminfo/7a/zz-term").touch()
    assert has_terminfo("zz-term")
