"""What may be asked of an agent adapter: how to start it, resume it, and what to put beside it.

An adapter is a module of constants and pure functions that fits `Agent`; the table of them is
`agents.AGENTS`. Nothing is ever written into a person's own files: whatever an agent needs goes
into files of the session's own folder, named in `Launch.files`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class LaunchSpec:
    """What a start is about; everything an adapter may look at."""

    args: tuple[str, ...] = ()
    """The person's own arguments, from the profile."""
    command: tuple[str, ...] = ()
    """Command given in place of the adapter's own, from the profile or after `--`."""
    prompt: str | None = None
    """Task to start with; None starts the agent with an empty composer."""
    session_id: str | None = None
    """The agent's own id to choose (first start) or to resume."""
    folder: str = ""
    """Absolute path of a private folder for `Launch.files`."""
    env: Mapping[str, str] = field(default_factory=dict)
    """The environment the agent will have, to look at."""


@dataclass(frozen=True)
class Launch:
    """How to start the program."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables to add to the person's environment."""
    files: Mapping[str, str] = field(default_factory=dict)
    """File name in `LaunchSpec.folder` → its text, written 0600 before the start."""
    session_id: str | None = None
    """The id this start will have, when the adapter can choose it."""


class Agent(Protocol):
    """One coding agent. `NAME` is its row in `AGENTS` and the word the person types."""

    NAME: str
    TITLE: str
    """How people write it, `Claude Code`."""
    PROGRAMS: tuple[str, ...]
    """Executable names to look for on PATH, first found wins."""
    LEVEL: int
    """0 pane only · 1 screen rules · 2 hooks · 3 usage as well."""
    INSTALL: str
    """The one command that installs it."""
    CHOOSES_ID: bool
    """Whether a session id can be given at the first start."""

    def version_argv(self) -> tuple[str, ...]:
        """Arguments that make the program print its version."""

    def parse_version(self, text: str) -> str | None:
        """The version in what `version_argv` printed; None when there is none."""

    def launch(self, spec: LaunchSpec) -> Launch:
        """A first start."""

    def resume(self, spec: LaunchSpec) -> Launch | None:
        """A start that continues `spec.session_id`; None when this agent cannot."""
