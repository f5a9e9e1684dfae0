"""The one runner of the tmux program: which tmux, words in, bytes out.

Every call gets a small environment instead of ours. The first one forks the server, and tmux
hands its environment to whoever asks (`show-environment`) and to every pane.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agentmux.errors import MissingTool, TmuxError

OLDEST = (3, 2, "a")
SECONDS = 10.0
"""A server that answers nothing for so long is taken as hung."""

_KEPT = {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TERM", "TMPDIR"}
_KEPT_STARTS = ("LC_", "XDG_", "AGENTMUX_")
_INSTALL = {
    "brew": "brew install tmux",
    "apt-get": "sudo apt-get install tmux",
    "dnf": "sudo dnf install tmux",
    "pacman": "sudo pacman -S tmux",
    "apk": "sudo apk add tmux",
    "zypper": "sudo zypper install tmux",
}


@dataclass(frozen=True)
class Version:
    """A tmux that is new enough."""

    program: str
    """Its path."""
    text: str
    """As it names itself, `3.3a`."""
    number: tuple[int, int, str]
    """`(3, 3, "a")`, to compare with."""


def require_tmux(env: Mapping[str, str] | None = None) -> Version:
    """The tmux of this machine; MissingTool when there is none or it is older than 3.2a.

    `AGENTMUX_TMUX` in `env` (default: the process's own) names another program.
    """
    env = os.environ if env is None else env
    wanted = env.get("AGENTMUX_TMUX") or "tmux"
    program = shutil.which(wanted, path=env.get("PATH"))
    if program is None:
        raise MissingTool(f"{wanted} was not found; agentmux needs tmux 3.2a or newer.", _hint())
    text = run_program([program, "-V"]).decode(errors="replace").strip().removeprefix("tmux ")
    number = parse_version(text)
    if number is None:
        raise MissingTool(f"{program} did not say which version of tmux it is.", _hint())
    if number < OLDEST:
        raise MissingTool(f"tmux {text} is too old; agentmux needs 3.2a or newer.", _hint())
    return Version(program, text, number)


def parse_version(text: str) -> tuple[int, int, str] | None:
    """Numbers of `3.3a`, `next-3.6` or `openbsd-7.4`; None for what is no version of tmux.

    Builds that carry no number of tmux itself (`master`, OpenBSD's own) count as the newest.
    """
    if text == "master" or text.startswith("openbsd-"):
        return (99, 0, "")
    found = re.fullmatch(r"(?:next-)?(\d+)\.(\d+)([a-z]?)(?:-\S+)?", text)
    return (int(found[1]), int(found[2]), found[3]) if found else None


def run_program(argv: Sequence[str], stdin: bytes | None = None) -> bytes:
    """Run tmux and return what it printed; TmuxError says what tmux said.

    Blocks for about 8 ms: for threads and the command line, never on an event loop.
    """
    try:
        done = subprocess.run(
            argv,
            input=b"" if stdin is None else stdin,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd="/",
            env=environment(),
        )
    except subprocess.TimeoutExpired as error:
        message = f"tmux did not answer within {SECONDS:.0f} seconds."
        raise TmuxError(message, "`agentmux doctor` looks for the reason.") from error
    except OSError as error:
        raise MissingTool(f"{argv[0]} could not be run: {error.strerror}.", _hint()) from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}"
        raise TmuxError(f"tmux refused: {said}.")
    return done.stdout


def pane_command(argv: Sequence[str]) -> list[str]:
    """A pane's command as words of a tmux command line; at least two, so that no shell runs it.

    A word that ends in `;` would end the tmux command: it is written `\\;`. `#` stays single,
    tmux expands no formats in these words (3.3a, tried).
    """
    if len(argv) < 2:
        raise TmuxError("A pane's command needs two words or more, else tmux hands it to a shell.")
    return [f"{word[:-1]}\\;" if word.endswith(";") else word for word in argv]


def environment() -> dict[str, str]:
    """What locates programs, files and language; nothing that could be a secret, no `TMUX`."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_STARTS)
    }


def _hint() -> str:
    """The command that installs tmux here."""
    for manager, command in _INSTALL.items():
        if shutil.which(manager):
            return command
    return "Install tmux 3.2a or newer with your package manager."
