"""Where files live; the only reader of the environment variables that decide it.

`AGENTMUX_HOME=DIR` moves everything below DIR: two homes never meet. Without it the XDG
directories are used, on macOS too. The tmux socket lives in a 0700 runtime directory; where its
path would exceed what the system allows (107 bytes), a short private directory in the system's
temporary folder takes its place, and `doctor` says which.
"""

import hashlib
import os
import stat
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

from agentmux.errors import ConfigError

SOCKET_LIMIT = 100
"""Bytes: sun_path holds 108 on Linux and 104 on macOS, the closing NUL included."""


@dataclass(frozen=True)
class Places:
    """Every place agentmux reads or writes outside of repositories."""

    config: Path
    data: Path
    state: Path
    cache: Path
    runtime: Path
    home: Path | None = None
    """`AGENTMUX_HOME`, when set."""
    too_long: Path | None = None
    """Where `runtime` would be, had the socket's path not been too long there."""

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.db"

    @property
    def socket(self) -> Path:
        return self.runtime / "tmux.sock"

    @property
    def tmux_conf(self) -> Path:
        return self.state / "tmux.conf"

    @property
    def leader_lock(self) -> Path:
        return self.state / "leader.lock"

    @property
    def leader_log(self) -> Path:
        return self.state / "leader.log"

    @property
    def receiver(self) -> Path:
        """Port and secret of the addresses to which agents report; 0600."""
        return self.state / "receiver.json"

    @property
    def terminal(self) -> Path:
        """What the outer terminal can do, written by the screen, read by shims."""
        return self.runtime / "terminal.json"

    def request_env(self, request: str) -> Path:
        """Environment and words of whoever asked for a start; 0600, unlinked once used."""
        return self.runtime / "requests" / f"{request}.json"

    def session_dir(self, session: str) -> Path:
        return self.state / "sessions" / session

    def spool(self, session: str, run: int) -> Path:
        """What the shim of one run saw, one JSON object a line."""
        return self.session_dir(session) / f"run-{run}.jsonl"

    def modes(self, session: str, run: int) -> Path:
        """The keyboard, paste, focus and mouse modes the agent has asked for."""
        return self.session_dir(session) / f"run-{run}.modes.json"

    def shim_spec(self, session: str, run: int) -> Path:
        """What the shim is to start; it reads and unlinks this file."""
        return self.runtime / "specs" / f"{session}-{run}.json"

    def hooks(self, session: str) -> Path:
        """Folder into which the agent's hooks put one file for each payload."""
        return self.session_dir(session) / "hooks"

    def feeds(self, session: str) -> Path:
        """What the agent of the newest run writes and where, as its adapter said."""
        return self.session_dir(session) / "feeds.json"

    def words(self, session: str) -> Path:
        """Task and command of a session, where the ledger has them blotted; 0600."""
        return self.state / "words" / f"{session}.json"

    def run_secrets(self, session: str, run: int) -> Path:
        """Secret values in the environment of one run; 0600, unlinked when it has ended."""
        return self.runtime / "secrets" / f"{session}-{run}.json"

    def make(self) -> None:
        """Create the private folders, 0700; a foreign-owned one raises ConfigError."""
        for folder in (self.data, self.state, self.runtime, self.session_dir("s").parent):
            make_private(folder)
        for file in (self.request_env("x"), self.shim_spec("s", 1)):
            make_private(file.parent)
        for file in (self.words("s"), self.run_secrets("s", 1)):
            make_private(file.parent)


def make_private(folder: Path) -> None:
    """Make sure `folder` exists, is ours and is closed to others."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        seen = folder.stat()
        if seen.st_uid == os.geteuid() and stat.S_IMODE(seen.st_mode) & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise _unusable(folder, str(error.strerror)) from error
    if seen.st_uid != os.geteuid():
        raise ConfigError(
            f"The folder {folder} belongs to another user.",
            "Set AGENTMUX_HOME to a folder of yours.",
        )
    if not is_writable(folder):
        raise _unusable(folder, "it is read-only")


def _unusable(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The folder {folder} cannot be used: {why}.",
        "Make it writable, or set AGENTMUX_HOME to a folder of yours.",
    )


def is_writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, a read-only file system considered."""
    effective = os.access in os.supports_effective_ids
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)


def places(env: Mapping[str, str] | None = None) -> Places:
    """The places for this environment (default: the process's own); creates nothing."""
    env = os.environ if env is None else env
    moved = env.get("AGENTMUX_HOME")
    if moved:
        home = Path(moved).absolute()
        return _shortened(
            Places(
                config=home / "config",
                data=home / "data",
                state=home / "state",
                cache=home / "cache",
                runtime=home / "runtime",
                home=home,
            )
        )
    user = Path(env.get("HOME") or "~").expanduser()
    given = env.get("XDG_RUNTIME_DIR")
    state = _xdg(env, "XDG_STATE_HOME", user / ".local/state")
    return _shortened(
        Places(
            config=_xdg(env, "XDG_CONFIG_HOME", user / ".config"),
            data=_xdg(env, "XDG_DATA_HOME", user / ".local/share"),
            state=state,
            cache=_xdg(env, "XDG_CACHE_HOME", user / ".cache"),
            runtime=Path(given) / "agentmux" if given else state / "runtime",
        )
    )


def settle(env: MutableMapping[str, str]) -> None:
    """Make the relative paths among our variables absolute, in place.

    The leader, tmux and the agents get them handed on, and stand in other folders.
    """
    for name in ("AGENTMUX_HOME", "AGENTMUX_CONFIG", "AGENTMUX_TMUX"):
        value = env.get(name, "")
        is_path = "/" in value or (value and name != "AGENTMUX_TMUX")  # a bare program is on PATH
        if is_path and not value.startswith("/"):
            env[name] = str(Path(value).absolute())


def _xdg(env: Mapping[str, str], name: str, default: Path) -> Path:
    """An XDG folder; the specification says that relative values are to be ignored."""
    value = env.get(name, "")
    return (Path(value) if value.startswith("/") else default) / "agentmux"


def _shortened(where: Places) -> Places:
    """`where`, with a private short runtime folder where a socket's path would be too long."""
    wished = where.runtime
    if len(os.fsencode(where.socket)) <= SOCKET_LIMIT:
        return where
    import tempfile  # costs `ls` 4 ms, and few paths are that long

    digest = hashlib.sha256(os.fsencode(wished)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"agentmux-{os.geteuid()}-{digest}"
    return replace(where, runtime=short, too_long=wished)
