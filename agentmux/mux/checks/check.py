"""One finding of `doctor`, and what the checks look at."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from agentmux.config import Config
from agentmux.core.fleet import Fleet
from agentmux.errors import AgentmuxError
from agentmux.ledger.store import Ledger
from agentmux.mux.clock import now
from agentmux.mux.observe import observe
from agentmux.mux.surroundings import load_for
from agentmux.paths import Places

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """What was found about one thing."""

    id: str
    level: Level
    message: str
    """One sentence."""
    fix: str | None = None
    """The command that fixes it, or installs what is missing."""
    repair: Callable[[], str] | None = field(default=None, repr=False, compare=False)
    """What `--fix` does about it; only set where that cannot lose anything. Says what it did."""


@dataclass(frozen=True)
class Answers:
    """What a terminal said of itself when it was asked."""

    kitty: bool = False
    """Kitty's keyboard protocol."""
    clipboard: bool = False
    """That it takes copies (OSC 52); False also where it did not say."""
    background: str | None = None
    """As the terminal writes it, `rgb:1e1e/1e1e/2e2e`."""
    complete: bool = False
    """False when it answered nothing."""


@dataclass(frozen=True)
class Subject:
    """What the checks look at: a person's machine, home and repository."""

    places: Places
    env: Mapping[str, str]
    folder: str
    """Absolute path of where the person stands."""
    repo: str | None
    """Root of the main repository around it."""
    fleet: Fleet = field(default_factory=Fleet)
    """As observed now; empty while the ledger cannot be read."""
    config: Config = field(default_factory=Config)
    """The defaults while the configuration cannot be used."""
    answers: Answers | None = None
    """What the terminal said; None without a terminal."""
    proc: Path = Path("/proc")
    """Where the kernel tells its limits."""

    @property
    def repos(self) -> tuple[str, ...]:
        """Roots of every repository concerned: those of the sessions, and the one here."""
        roots = [s.repo for s in self.fleet.sessions.values() if s.branch]
        return tuple(dict.fromkeys([*roots, *([self.repo] if self.repo else [])]))


def load_subject(
    places: Places,
    env: Mapping[str, str],
    folder: str,
    repo: str | None,
    answers: Answers | None = None,
) -> Subject:
    """Everything read once. What cannot be read is left empty: its own check says why."""
    fleet, config = Fleet(), Config()
    with (
        suppress(AgentmuxError),
        Ledger.open(places.ledger, create=False, read_only=True) as ledger,
    ):
        fleet = observe(ledger.load_fleet(), places, now())
    with suppress(AgentmuxError):
        config = load_for(places, fleet, repo, folder, env).config
    return Subject(places, env, folder, repo, fleet, config, answers)
