"""The private refs that keep removed work: listed with their age and size, dropped when old."""

from dataclasses import dataclass
from datetime import UTC, datetime

from agentmux.git.repo import Repo
from agentmux.git.run import look
from agentmux.git.snapshot import REMOVED

_FORMAT = "%(objectname) %(committerdate:unix) %(refname)"


@dataclass(frozen=True)
class KeptRef:
    """One removed session's work."""

    name: str
    commit: str
    at: datetime
    """When it was kept."""


def list_kept(repo: Repo) -> tuple[KeptRef, ...]:
    """All of them, by name."""
    listed = look(repo.git_dir, "for-each-ref", f"--format={_FORMAT}", REMOVED).decode()
    rows = (line.split(" ", 2) for line in listed.splitlines())
    return tuple(KeptRef(ref, commit, _time(at)) for commit, at, ref in rows)


def kept_bytes(repo: Repo) -> int:
    """Bytes on disk that only these refs hold."""
    only = ("--glob=refs/agentmux", "--not", "--branches", "--tags", "--remotes")
    return int(look(repo.git_dir, "rev-list", "--objects", "--disk-usage", *only))


def drop_kept(repo: Repo, ref: KeptRef) -> None:
    """Delete a ref if it still is what was listed; its objects go with git's next gc."""
    look(repo.git_dir, "update-ref", "-d", ref.name, ref.commit, doing=f"drop {ref.name}")


def _time(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
