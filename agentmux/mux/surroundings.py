"""What surrounds a request: the asker's environment and the configuration of the repository."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agentmux.config import Config, Loaded, Untrusted, load_config
from agentmux.core import events as e
from agentmux.core.fleet import Fleet
from agentmux.core.secrets import secret_values
from agentmux.errors import AgentmuxError
from agentmux.git.run import hash_of, programs_of
from agentmux.mux import arguments
from agentmux.mux.private import load_environment
from agentmux.paths import Places

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

HIDDEN = ("TMUX", "TMUX_PANE")


@dataclass(frozen=True)
class Surroundings:
    """Where a request comes from."""

    cwd: str
    env: Mapping[str, str]
    """The asker's, less what leads to a tmux server: whatever is run with it can be a program of
    the repository's, and one that knows the socket owns every pane."""
    config: Config
    untrusted: tuple[str, ...]
    """Repository files whose programs and environment are withheld until they are trusted."""

    programs: str | None = None
    """Hash of the programs in the repository's git settings that the person has accepted."""

    def secrets(self, profile: str | None) -> frozenset[str]:
        """The secret values an agent started here with `profile` would know."""
        chosen = self.config.profiles.get(profile or "")
        return secret_values({**self.env, **(chosen.env if chosen else {})})


async def load_surroundings(leader: Leader, request: e.Requested, repo: str) -> Surroundings:
    """Read them for a request about `repo` (absolute path of its main root)."""
    cwd = arguments.text(request.args, "cwd") or repo
    env = _environment(leader, request)
    loaded = await asyncio.to_thread(load_for, leader.mux.places, leader.mux.fleet, repo, cwd, env)
    untrusted = tuple(str(u.path) for u in loaded.untrusted)
    programs = leader.mux.fleet.trusted.get(str(_settings_place(repo)))
    return Surroundings(cwd, env, loaded.config, untrusted, programs)


def load_for(
    places: Places, fleet: Fleet, repo: str | None, cwd: str | None, env: Mapping[str, str]
) -> Loaded:
    """The configuration for somebody who stands in `cwd` of `repo`, with the trust given so far."""

    def is_trusted(path: Path, sha256: str) -> bool:
        return fleet.trusted.get(str(path)) == sha256

    root = Path(repo) if repo else None
    return load_config(places, root, Path(cwd) if cwd else None, is_trusted, env)


def untrusted_programs(fleet: Fleet, repo: str) -> tuple[Untrusted, ...]:
    """The repository's git settings, if git would start programs by them and they are not accepted.

    None where git cannot read them: it starts nothing by them either.
    """
    try:
        text = programs_of(Path(repo))
    except AgentmuxError:
        return ()
    place, sha256 = _settings_place(repo), hash_of(text)
    if not text or fleet.trusted.get(str(place)) == sha256:
        return ()
    keys = dict.fromkeys(line.partition(" = ")[0] for line in text.splitlines())
    return (Untrusted(place, sha256, tuple(keys), text),)


def _settings_place(repo: str) -> Path:
    """What trust in git settings is noted under: they may stand in several files there."""
    return Path(repo, ".git")


def _environment(leader: Leader, request: e.Requested) -> Mapping[str, str]:
    """The asker's environment; the leader's own (a bare one) when the file is gone."""
    env = load_environment(leader.mux.places, request.request)
    return {k: v for k, v in (os.environ if env is None else env).items() if k not in HIDDEN}
