"""Take uncommitted work along: what is changed in one worktree becomes changed in another.

The source's content is stored as objects (`tree`) and written out in the target, with filters off
on both ways (line ends come out as git writes them); then the target's index is given the
source's staged state. The source is not touched. Killed and run again, the result is the same.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agentmux.errors import GitError, UsageError
from agentmux.git.changes import read_changes
from agentmux.git.run import act, look, shown
from agentmux.git.tree import write_tree


@dataclass(frozen=True)
class Carried:
    """What came along."""

    paths: int
    """How many paths are changed in the source, as `git status` counts them."""
    left_out: tuple[str, ...] = ()
    """Paths that could not be taken: inner repositories, and what cannot be read."""


def carry(
    source: Path, target: Path, *, trusted: str | None = None, env: Mapping[str, str] | None = None
) -> Carried:
    """Make the uncommitted work of `source` the uncommitted work of `target` too.

    Both must stand on the same commit, and the source in no half-done merge or rebase: otherwise
    UsageError, and nothing is changed. Staged stays staged, new stays new, ignored stays behind.
    """
    changes = read_changes(source)
    require_carriable(source, changes.unsettled, changes.head, read_changes(target).head)
    content = write_tree(source, nested=False)
    if content.staged is None:
        raise UsageError(f"{shown(source)} has conflicts: its changes cannot be carried.", SETTLE)
    _write_files(target, content.tree)
    look(target, "read-tree", "--reset", content.staged, doing="carry what is staged")
    # Without fresh file times in the index, every later status would read every file again.
    act(target, "update-index", "-q", "--refresh", trusted=trusted, env=env, ok=(0, 1))
    return Carried(changes.dirty, content.left_out + content.nested)


SETTLE = "Finish or abort it there, then try again."


def require_carriable(
    source: Path, unsettled: str | None, head: str | None, start: str | None
) -> None:
    """Raise UsageError unless changes on top of `head` fit a worktree that starts at `start`."""
    if unsettled:
        raise UsageError(
            f"{shown(source)} is in the middle of a {unsettled}: its changes cannot be carried.",
            SETTLE,
        )
    if head != start:
        raise UsageError(
            f"The changes in {shown(source)} belong to another commit than the new session's base.",
            "Start from where they are: --base head",
        )


def _write_files(target: Path, tree: str) -> None:
    """Make the files of `target` those of `tree`, by way of a copy of its index."""
    said = look(target, "rev-parse", "--path-format=absolute", "--git-path", "index")
    index = Path(said.removesuffix(b"\n").decode("utf-8", "surrogateescape"))
    if not index.exists():
        raise GitError(f"The worktree {shown(target)} has no index.", "Remove it and start again.")
    with tempfile.TemporaryDirectory(prefix="agentmux-") as folder:
        copy = shutil.copy2(index, Path(folder) / "index")
        env = {"GIT_INDEX_FILE": str(copy)}
        argv = ("read-tree", "--reset", "-u", tree)
        look(target, *argv, also=env, doing=f"write files to {shown(target)}", limit_s=600)
