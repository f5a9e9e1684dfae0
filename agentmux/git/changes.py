"""What is new in a worktree: counted against its base, and what of it exists nowhere else.

The counts are read beside a working agent, without locks and without running a filter. A file
under a filter (Git LFS) whose index entry is stale cannot be judged without that filter: it is
counted as `unsure`, not as dirty. Submodules are looked into one by one, for git would let each
one's own configuration run programs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from agentmux.errors import GitError, NotFound
from agentmux.git.repo import Repo, find_commit
from agentmux.git.run import look, settings_of, shown
from agentmux.git.stamp import git_dir

STATUS = (
    *("status", "--porcelain=v2", "-z", "--branch", "--untracked-files=normal"),
    *("--ignore-submodules=dirty", "--no-renames"),
)

UNSETTLED = {
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
"""File in the worktree's git directory → the operation that has begun and not ended."""


@dataclass(frozen=True)
class Entry:
    """One line of `git status --porcelain=v2`."""

    kind: str
    """`1` changed, `u` unmerged, `?` untracked."""
    path: bytes
    """Relative to the worktree; with a slash at the end, a folder."""
    state: str = ".."
    """What `git status` calls XY: index and worktree."""
    is_submodule: bool = False


@dataclass(frozen=True)
class Changes:
    """Where a worktree stands."""

    head: str | None
    """Full hash; None before the first commit."""
    branch: str | None
    """None when detached, which it is during a rebase too."""
    ahead: int | None = None
    """Commits here and not on the base; None without a base."""
    behind: int | None = None
    """Commits on the base and not here; None when the base's branch is gone."""
    dirty: int = 0
    """Changed, staged, deleted, unmerged and untracked paths; a new folder counts once."""
    unmerged: int = 0
    """Paths with conflicts, among the dirty ones."""
    unsure: int = 0
    """Paths under a filter that may or may not have changed."""
    unsettled: str | None = None
    """`rebase`, `merge`, … while one is under way."""


@dataclass(frozen=True)
class Work:
    """What removing a worktree and its branch would take from the repository."""

    uncommitted: int
    """Changed and new paths, unsure ones included."""
    commits: int
    """Commits that no other branch, tag or remote has."""
    inner: int = 0
    """Commits in submodules that no remote of theirs has: they live in the worktree alone."""

    @property
    def is_any(self) -> bool:
        return bool(self.uncommitted or self.commits or self.inner)


def read_changes(
    worktree: Path, base: str | None = None, base_commit: str | None = None
) -> Changes:
    """Where `worktree` stands against `base`, a ref, or `base_commit` when that ref is gone.

    NotFound when the worktree is gone, GitError when git cannot read it.
    """
    require_worktree(worktree)
    changes, entries = parse_status(_status(worktree))
    unsure = _count_filtered(worktree, entries)
    stirred = sum(1 for folder in submodules(worktree) if is_dirty(folder))
    ahead, behind = _distance(worktree, base, base_commit) if changes.head else (None, None)
    return replace(
        changes,
        ahead=ahead,
        behind=behind,
        dirty=changes.dirty - unsure + stirred,
        unsure=unsure,
        unsettled=_unsettled(worktree),
    )


def unmerged_work(
    repo: Repo, *, worktree: Path | None, branch: str | None, base_commit: str | None = None
) -> Work:
    """What would be lost with `worktree` (None when it is gone already) and `branch`."""
    dirty, inner, tips = 0, 0, []
    if worktree:
        inner = sum(map(count_inner, submodules(worktree)))
        changes = read_changes(worktree)
        dirty = changes.dirty + changes.unsure
        tips += [changes.head] if changes.head else []
    tip = find_commit(repo.git_dir, f"refs/heads/{branch}") if branch else None
    tips += [tip] if tip else []
    if not tips:
        return Work(dirty, 0, inner)
    others = ["--not", f"--exclude={branch or ''}", "--branches", "--remotes", "--tags"]
    if base_commit and find_commit(repo.git_dir, base_commit):
        others.append(base_commit)
    return Work(dirty, int(look(repo.git_dir, "rev-list", "--count", *tips, *others)), inner)


def parse_status(listing: bytes) -> tuple[Changes, tuple[Entry, ...]]:
    """What `git status --porcelain=v2 -z --branch --no-renames` printed."""
    told: dict[str, str] = {}
    entries = []
    for line in listing.split(b"\0"):
        kind, _, rest = line.partition(b" ")
        if kind == b"#":
            key, _, value = rest.partition(b" ")
            told[key.decode()] = value.decode("utf-8", "surrogateescape")
        elif kind == b"1":
            fields = rest.split(b" ", 7)
            entries.append(Entry("1", fields[7], fields[0].decode(), fields[1][:1] == b"S"))
        elif kind == b"u":
            fields = rest.split(b" ", 9)
            entries.append(Entry("u", fields[9], fields[0].decode(), fields[1][:1] == b"S"))
        elif kind == b"?":
            entries.append(Entry("?", rest))
    head, branch = told.get("branch.oid"), told.get("branch.head")
    changes = Changes(
        head=None if head == "(initial)" else head,
        branch=None if branch == "(detached)" else branch,
        dirty=len(entries),
        unmerged=sum(entry.kind == "u" for entry in entries),
    )
    return changes, tuple(entries)


def require_worktree(worktree: Path) -> None:
    """Raise unless `worktree` is a checkout itself: git would go on looking further up."""
    if not worktree.is_dir():
        raise NotFound(f"The worktree {shown(worktree)} is gone.", "See: git worktree list")
    if not (worktree / ".git").exists():
        raise GitError(
            f"The folder {shown(worktree)} is no longer a worktree: its .git is missing.",
            "In the main checkout: git worktree repair",
        )


def submodules(worktree: Path) -> Iterator[Path]:
    """Folders of the checked out submodules of `worktree`, not of theirs."""
    if not (worktree / ".gitmodules").is_file():
        return
    for line in look(worktree, "ls-files", "-z", "--stage").split(b"\0"):
        if line.startswith(b"160000 "):
            folder = worktree / line.partition(b"\t")[2].decode("utf-8", "surrogateescape")
            if (folder / ".git").exists():
                yield folder


def _status(worktree: Path) -> bytes:
    return look(worktree, *STATUS, doing=f"read the state of {shown(worktree)}")


def is_dirty(submodule: Path) -> bool:
    """Whether something is changed or new in a submodule, or in one inside it."""
    return bool(parse_status(_status(submodule))[1]) or any(map(is_dirty, submodules(submodule)))


def count_inner(submodule: Path) -> int:
    """Commits and stashes of a submodule, and of those inside it, that no remote has."""
    own = 0
    if find_commit(submodule, "HEAD"):
        said = look(submodule, "rev-list", "--count", "HEAD", "--all", "--not", "--remotes")
        own = int(said)
    return own + sum(map(count_inner, submodules(submodule)))


def _count_filtered(worktree: Path, entries: tuple[Entry, ...]) -> int:
    """How many of `entries` only *seem* changed in the worktree, for a filter did not run."""
    doubtful = [e.path for e in entries if e.state == ".M" and not e.is_submodule]
    if not doubtful or not any(s.name.startswith("filter.") for s in settings_of(worktree)):
        return 0
    asked = b"".join(path + b"\0" for path in doubtful)
    said = look(worktree, "check-attr", "-z", "--stdin", "filter", stdin=asked).split(b"\0")
    return sum(value not in (b"unspecified", b"unset") for value in said[2::3])


def _distance(
    worktree: Path, base: str | None, base_commit: str | None
) -> tuple[int | None, int | None]:
    """(ahead, behind), each None when it cannot be told."""
    tip = find_commit(worktree, base) if base else None
    known = tip or (find_commit(worktree, base_commit) if base_commit else None)
    if known is None:
        return None, None
    said = look(worktree, "rev-list", "--left-right", "--count", f"{known}...HEAD")
    behind, ahead = map(int, said.split())
    return ahead, behind if tip else None


def _unsettled(worktree: Path) -> str | None:
    own = git_dir(worktree)
    return next((name for file, name in UNSETTLED.items() if (own / file).exists()), None)
