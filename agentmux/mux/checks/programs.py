"""The programs agentmux stands on: Python, tmux and git."""

import shutil
import sys
from collections.abc import Iterator

from agentmux.git.run import require_git
from agentmux.mux.checks.check import Check, Level, Subject
from agentmux.tmux.run import Version, require_tmux

TESTED_TMUX = ("3.3a",)
"""The versions a run of the tests has seen; the others are only thought to work."""
LATER_TMUX = {
    (3, 5): "other formats of extended keys",
    (3, 6): "reports of a changed theme",
    (3, 7): "synchronized output and progress",
}
"""What a version brought; agentmux does without where it is missing."""
PYTHON = (3, 11)
GIT_BETTER = (2, 38)
UPGRADES = {
    "brew": "brew upgrade",
    "apt-get": "sudo apt-get install",
    "dnf": "sudo dnf upgrade",
    "pacman": "sudo pacman -Syu",
    "apk": "sudo apk add --upgrade",
    "zypper": "sudo zypper update",
}
"""Package manager → what brings a program up to date."""


def check_python(_: Subject) -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    level: Level = "ok" if sys.version_info >= PYTHON else "fail"
    yield Check("python", level, f"Python {version} at {sys.executable}.")


def check_tmux(subject: Subject) -> Iterator[Check]:
    yield judge_tmux(require_tmux(subject.env))


def judge_tmux(tmux: Version) -> Check:
    """A tmux that is new enough: whether the tests know it, and what it lacks."""
    known = (
        "the tests run with it"
        if tmux.text in TESTED_TMUX
        else (f"not tried by the tests, which run with {', '.join(TESTED_TMUX)}")
    )
    lacks = [
        f"{what} ({since[0]}.{since[1]})"
        for since, what in LATER_TMUX.items()
        if tmux.number[:2] < since
    ]
    without = f"; it lacks {', '.join(lacks)}" if lacks else ""
    return Check("tmux", "ok", f"tmux {tmux.text} at {tmux.program}: {known}{without}.")


def check_git(_: Subject) -> Iterator[Check]:
    yield judge_git(require_git())


def judge_git(version: tuple[int, ...]) -> Check:
    """A git that is new enough; a newer one finds conflicts without a checkout."""
    text = ".".join(map(str, version))
    if version < GIT_BETTER:
        better = ".".join(map(str, GIT_BETTER))
        why = f"git {text} works; conflicts between sessions need {better} (merge-tree)."
        return Check("git", "warn", why, _upgrade("git"))
    return Check("git", "ok", f"git {text}.")


def _upgrade(program: str) -> str:
    """The command of the first package manager that is here."""
    for manager, words in UPGRADES.items():
        if shutil.which(manager):
            return f"{words} {program}"
    return f"Install a newer {program}."
