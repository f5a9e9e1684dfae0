"""Keep a worktree's whole content under a private ref before the worktree is removed.

The commit's first parent is the worktree's HEAD, so that its commits are kept along; where the
index holds a third version of something, it is the second parent, as in a stash. Index, HEAD,
stash and reflogs stay as they are, no hook runs, and no identity need be configured.
"""

from dataclasses import dataclass
from pathlib import Path

from agentmux.git.repo import Repo, find_commit
from agentmux.git.run import holds, look, shown
from agentmux.git.tree import write_tree

REMOVED = "refs/agentmux/removed/"
"""Where removed sessions are kept, by their id."""

IDENTITY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "agentmux"), ("EMAIL", "agentmux@localhost"))
}


@dataclass(frozen=True)
class Kept:
    """A worktree's content, safe under a ref."""

    ref: str
    commit: str
    left_out: tuple[str, ...] = ()
    """Paths that could not be stored, as `os.fsdecode` gives them."""
    nested: tuple[str, ...] = ()
    """Folders with a repository of their own: files kept, its history not."""


def keep(
    worktree: Path, ref: str, *, branch: str | None = None, why: str = "Removed with its session"
) -> Kept:
    """Store all of `worktree` that git does not ignore under `ref`, a full name (`REMOVED` + id).

    The commits of `branch` come along, also when something else is checked out. What `ref` held
    before stays reachable: it becomes the last parent.
    """
    content = write_tree(worktree)
    head, earlier = find_commit(worktree, "HEAD"), find_commit(worktree, ref)
    tip = find_commit(worktree, f"refs/heads/{branch}") if branch else None
    if earlier and _is_same(worktree, earlier, content.tree, head) and _has(worktree, earlier, tip):
        return Kept(ref, earlier, content.left_out, content.nested)
    parents = [head] if head else []
    if content.staged and content.staged not in (content.tree, _tree_of(worktree, head)):
        parents.append(_commit(worktree, content.staged, parents[:1], f"{why}: index"))
    if tip and not (head and _has(worktree, head, tip)):
        parents.append(tip)
    if earlier:
        parents.append(earlier)
    commit = _commit(worktree, content.tree, parents, why)
    doing = f"keep the content of {shown(worktree)}"
    look(worktree, "update-ref", ref, commit, earlier or "", doing=doing)
    return Kept(ref, commit, content.left_out, content.nested)


def keep_branch(repo: Repo, ref: str, branch: str) -> Kept | None:
    """Keep the commits of `branch` under `ref` where the worktree is gone; None without any."""
    tip = find_commit(repo.git_dir, f"refs/heads/{branch}")
    earlier = find_commit(repo.git_dir, ref)
    if tip is None or (earlier and _has(repo.git_dir, earlier, tip)):
        return Kept(ref, earlier) if earlier else None
    commit = tip
    if earlier:
        tree = str(_tree_of(repo.git_dir, tip))
        commit = _commit(repo.git_dir, tree, [tip, earlier], "Removed with its session")
    doing = f"keep the branch {shown(branch)}"
    look(repo.git_dir, "update-ref", ref, commit, earlier or "", doing=doing)
    return Kept(ref, commit)


def _commit(worktree: Path, tree: str, parents: list[str], message: str) -> str:
    given = [word for parent in parents for word in ("-p", parent)]
    text = f"{message}\n".encode("utf-8", "surrogateescape")
    return look(worktree, "commit-tree", tree, *given, stdin=text, also=IDENTITY).decode().strip()


def _tree_of(worktree: Path, commit: str | None) -> str | None:
    if commit is None:
        return None
    return look(worktree, "rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()


def _is_same(worktree: Path, earlier: str, tree: str, head: str | None) -> bool:
    """Whether `earlier` already keeps exactly this: a removal that was killed and runs again."""
    first = find_commit(worktree, f"{earlier}^1")
    return first == head and _tree_of(worktree, earlier) == tree


def _has(folder: Path, commit: str, ancestor: str | None) -> bool:
    return ancestor is None or holds(folder, "merge-base", "--is-ancestor", ancestor, commit)
