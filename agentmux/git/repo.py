"""Which repository we stand in, and the names of its branches and tags.

A `Repo` is always the *main* repository: from inside a linked worktree, and so from inside a
session, its main checkout is found. The names are read by GitPython, in this process and without
starting one (0.2 ms for a small repository once loaded), because they are asked for while typing.
"""

import difflib
import os
from dataclasses import dataclass
from pathlib import Path

from agentmux.errors import GitError, NotFound, UsageError
from agentmux.git.run import holds, look, require_git, shown


@dataclass(frozen=True)
class Repo:
    """One repository with a working tree and at least one commit."""

    root: Path
    """The main checkout, absolute and without links."""
    git_dir: Path
    """Where its branches and objects are: what all its worktrees share."""
    worktree: Path
    """The checkout it was found from; `root`, or a linked worktree's."""

    @property
    def name(self) -> str:
        return self.root.name


def find_repo(folder: Path) -> Repo:
    """The repository around `folder`; UsageError for none, a bare one, or one without a commit."""
    require_git()
    git_dir = _git_dir(folder)
    if _answer(git_dir, "rev-parse", "--is-bare-repository") == "true":
        raise UsageError(
            f"The repository {shown(git_dir)} is bare: there is no working tree to start from.",
            "Clone it, and run agentmux in the clone: git clone URL",
        )
    root = _main_root(folder, git_dir)
    repo = Repo(root, git_dir, _toplevel(folder) or root)
    if not has_commits(repo):
        raise UsageError(
            f"The repository {shown(repo.root)} has no commits yet: nothing to branch from.",
            "Make the first one: git commit --allow-empty -m 'Start'",
        )
    return repo


def has_commits(repo: Repo) -> bool:
    """Whether HEAD or any branch has a commit."""
    if holds(repo.root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
        return True
    return bool(look(repo.root, "for-each-ref", "--count=1", "refs/heads", "refs/remotes"))


def resolve_commit(repo: Repo, name: str) -> str:
    """Full hash of the commit that `name` stands for; NotFound with the nearest name."""
    commit = find_commit(repo.root, name)
    if commit is None:
        near = difflib.get_close_matches(name, ref_names(repo), n=1)
        raise NotFound(
            f"There is no branch, tag or commit “{shown(name)}” in {shown(repo.root)}.",
            f"The nearest name is “{shown(near[0])}”." if near else "See: git branch --all",
        )
    return commit


def find_commit(folder: Path, name: str) -> str | None:
    """Full hash of the commit that `name` stands for, or None."""
    if not name or name.startswith("-") or "\0" in name:
        return None
    argv = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return look(folder, *argv, ok=(0, 1, 128)).decode().strip() or None


def ref_names(repo: Repo) -> tuple[str, ...]:
    """Short names of branches, tags and remote branches, in this order, each sorted.

    Empty where GitPython cannot read them (the reftable format).
    """
    import git  # 190 ms, for those who ask

    with git.Repo(repo.root, expand_vars=False) as opened:
        refs = [*opened.heads, *opened.tags]
        for remote in opened.remotes:
            refs += remote.refs
        return tuple(ref.name for ref in refs)


def _git_dir(folder: Path) -> Path:
    if not folder.is_dir():
        raise NotFound(f"There is no folder {shown(folder)}.", "Give another one: --repo PATH")
    try:
        found = _answer(folder, "rev-parse", "--path-format=absolute", "--git-common-dir")
    except GitError as error:
        if "not a git repository" not in error.message:
            raise
        raise UsageError(
            f"{shown(folder)} is not in a git repository.",
            "Go to one, name one with --repo PATH, or make one: git init",
        ) from error
    return Path(found)


def _main_root(folder: Path, git_dir: Path) -> Path:
    """The main checkout. git names it outright only to those who stand in it."""
    own = Path(_answer(folder, "rev-parse", "--absolute-git-dir"))
    top = _toplevel(folder)
    if own == git_dir and top:
        return top
    moved = look(git_dir, "config", "-z", "core.worktree", ok=(0, 1)).removesuffix(b"\0")
    root = Path(os.path.normpath(git_dir / os.fsdecode(moved))) if moved else git_dir.parent
    if not moved and git_dir.name != ".git":
        raise UsageError(
            f"The main checkout of {shown(git_dir)} cannot be told from here.",
            "Name it: --repo PATH",
        )
    return root


def _toplevel(folder: Path) -> Path | None:
    """The checkout `folder` is in; None inside a git directory."""
    if _answer(folder, "rev-parse", "--is-inside-work-tree") != "true":
        return None
    return Path(_answer(folder, "rev-parse", "--show-toplevel"))


def _answer(folder: Path, *argv: str) -> str:
    """One answer of git, a path perhaps: only the newline that git adds is taken off."""
    return os.fsdecode(look(folder, *argv).removesuffix(b"\n"))
