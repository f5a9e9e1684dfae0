"""The commit a session is cut from: by the person's wish, or the default branch as it is now.

The default is the remote's default branch, fetched if that takes no more than ten seconds, and
otherwise what is known here: agents that start from last week's state produce last week's
conflicts. Source: `docs/design/git.md` 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agentmux.errors import GitError, UsageError
from agentmux.git.repo import Repo, find_commit, resolve_commit
from agentmux.git.run import act, look, shown

REMOTE = "origin"
FETCH_LIMIT_S = 10.0


@dataclass(frozen=True)
class Base:
    """Where a session's branch starts."""

    name: str
    """As the person would write it: `main`, `origin/main`, `v1.2`, or the start of a hash."""
    commit: str
    """Full hash at the time of choosing."""
    is_fresh: bool = False
    """Whether it was fetched just now."""


def choose_base(
    repo: Repo,
    wish: str | None = None,
    *,
    fetch: bool = True,
    trusted: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Base:
    """The base for `wish`: None or `auto` for the default branch, `head` for what is checked out
    in the worktree we stand in, or any branch, tag or commit. May fetch, for ten seconds.
    """
    if wish not in (None, "auto"):
        name = "HEAD" if wish.lower() == "head" else wish
        commit = find_commit(repo.worktree, name) or resolve_commit(repo, name)
        return Base(_lasting_name(repo, name, commit), commit)
    branch = remote_default(repo) if fetch else None
    fresh = branch is not None and fetch_base(repo, REMOTE, branch, trusted=trusted, env=env)
    return default_base(repo, fresh=fresh)


def default_base(repo: Repo, *, fresh: bool = False) -> Base:
    """The default branch, without asking anyone.

    `fresh` prefers the remote's own state of it. Without a remote: `main`, `master`, and then
    whatever is checked out.
    """
    branch = remote_default(repo)
    for name, ref in _candidates(branch, fresh):
        commit = find_commit(repo.root, ref)
        if commit:
            return Base(name, commit, is_fresh=fresh and ref.startswith("refs/remotes/"))
    commit = find_commit(repo.root, "HEAD")
    if commit is None:
        raise UsageError(
            f"Nothing is checked out in {shown(repo.root)} that a session could start from.",
            "Name a branch: --base BRANCH",
        )
    return Base(_lasting_name(repo, "HEAD", commit), commit)


def _candidates(branch: str | None, fresh: bool) -> list[tuple[str, str]]:
    """(name as written, full ref), best first."""
    if branch is None:
        return [(name, f"refs/heads/{name}") for name in ("main", "master")]
    local = (branch, f"refs/heads/{branch}")
    remote = (f"{REMOTE}/{branch}", f"refs/remotes/{REMOTE}/{branch}")
    return [remote, local] if fresh else [local, remote]


def remote_default(repo: Repo) -> str | None:
    """Name of the remote's default branch, as noted at the last clone; None when unknown."""
    prefix = f"refs/remotes/{REMOTE}/"
    said = look(repo.root, "symbolic-ref", "--quiet", f"{prefix}HEAD", ok=(0, 1, 128))
    name = said.decode("utf-8", "surrogateescape").removesuffix("\n")
    return name.removeprefix(prefix) if name.startswith(prefix) else None


def _lasting_name(repo: Repo, name: str, commit: str) -> str:
    """A name that means the same from every worktree: `HEAD~2` and the like become the hash."""
    argv = ("rev-parse", "--verify", "--quiet", "--symbolic-full-name", "--end-of-options", name)
    full = look(repo.worktree, *argv, ok=(0, 1, 128)).decode("utf-8", "surrogateescape").strip()
    for prefix in ("refs/heads/", "refs/remotes/", "refs/tags/"):
        if full.startswith(prefix):
            return full.removeprefix(prefix)
    return full if full.startswith("refs/") else commit[:12]


def fetch_base(
    repo: Repo,
    remote: str,
    branch: str,
    *,
    limit_s: float = FETCH_LIMIT_S,
    trusted: str | None = None,
    env: Mapping[str, str] | None = None,
) -> bool:
    """Bring `remote`'s state of `branch` here; False when that fails or takes too long.

    Touches the one remote-tracking ref: no tags, no FETCH_HEAD, no pruning, no submodules.
    """
    narrow = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
    quiet = ("--no-prune", "--no-prune-tags", "--no-auto-gc", "--upload-pack=git-upload-pack")
    refspec = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
    try:
        argv = ("fetch", *narrow, *quiet, "--", remote, refspec)
        act(repo.root, *argv, trusted=trusted, env=env, limit_s=limit_s)
    except GitError:
        return False
    return True
