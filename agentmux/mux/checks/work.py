"""The repositories: locks that nobody holds, worktrees without a session, kept work."""

import shlex
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from agentmux.git.kept import KeptRef, drop_kept, kept_bytes, list_kept
from agentmux.git.locks import Lock, find_lock, remove_lock
from agentmux.git.repo import Repo, find_repo
from agentmux.git.worktrees import Worktree, list_worktrees
from agentmux.mux.checks.check import Check, Subject
from agentmux.mux.clock import now

KEEP = timedelta(days=14)
"""For so long removed work can be had back; older refs go with `--fix`."""
MIB = 1 << 20


def check_locks(subject: Subject) -> Iterator[Check]:
    """`index.lock` files of a git that was killed; one that is young or held is work going on."""
    trees = [*subject.repos, *(s.worktree for s in subject.fleet.present if not s.here)]
    found = [lock for tree in dict.fromkeys(trees) if (lock := _lock(tree))]
    if not found:
        yield Check("locks", "ok", "No git was killed half-way in these worktrees.")
    for lock in found:
        message = f"{lock.path} is left of a git that was killed {lock.age_s:.0f} s ago."
        fix = f"rm {shlex.quote(str(lock.path))}"
        yield Check("locks", "warn", message, fix, _remove(lock))


def _lock(tree: str) -> Lock | None:
    """A lock nobody holds any more; a folder that is gone has none."""
    lock = find_lock(Path(tree)) if Path(tree).is_dir() else None
    return lock if lock is not None and lock.is_stale else None


def _remove(lock: Lock) -> Callable[[], str]:
    def remove() -> str:
        gone = remove_lock(lock)
        return f"removed {lock.path}" if gone else f"left {lock.path}: it is in use again"

    return remove


def check_worktrees(subject: Subject) -> Iterator[Check]:
    """Sessions without their folder, and folders without their session."""
    for session in subject.fleet.present:
        if session.prepared and not Path(session.worktree).is_dir():
            message = f"The worktree of {session.name} is gone: {session.worktree}."
            yield Check(
                f"worktrees.{session.id}", "warn", message, f"agentmux rm {session.id} --yes"
            )
    for root in subject.repos:
        yield from _unowned(subject, root)


def _unowned(subject: Subject, root: str) -> Iterator[Check]:
    """Worktrees on a branch of ours that no session of this home works in."""
    if not Path(root).is_dir():
        return
    repo = find_repo(Path(root))
    ours = {s.worktree for s in subject.fleet.present}
    once = {s.worktree for s in subject.fleet.sessions.values()}
    for tree in list_worktrees(repo):
        is_ours = str(tree.path) in once or (tree.branch or "").startswith("agentmux/")
        if tree.path != repo.root and is_ours and str(tree.path) not in ours:
            yield _unowned_check(repo, tree)


def _unowned_check(repo: Repo, tree: Worktree) -> Check:
    message = f"No session of this home works in {tree.path} (branch {tree.branch or 'none'})."
    command = ["git", "-C", str(repo.root), "worktree"]
    words = ["prune"] if tree.prunable is not None else ["remove", str(tree.path)]
    return Check("worktrees.unowned", "warn", message, shlex.join([*command, *words]))


def check_kept(subject: Subject) -> Iterator[Check]:
    """What removals have kept, how much it is, and what of it is older than two weeks."""
    for root in subject.repos:
        if Path(root).is_dir():
            yield from _kept(find_repo(Path(root)))


def _kept(repo: Repo) -> Iterator[Check]:
    refs = list_kept(repo)
    if not refs:
        return
    size = f"{kept_bytes(repo) / MIB:.1f} MiB"
    old = tuple(ref for ref in refs if now() - ref.at > KEEP)
    if not old:
        yield Check("kept", "ok", f"{len(refs)} removed sessions are kept in {repo.root} ({size}).")
        return
    message = (
        f"{len(old)} of {len(refs)} removed sessions kept in {repo.root} ({size}) "
        f"are older than {KEEP.days} days."
    )
    yield Check("kept", "warn", message, "agentmux doctor --fix", _drop(repo, old))


def _drop(repo: Repo, refs: tuple[KeptRef, ...]) -> Callable[[], str]:
    def drop() -> str:
        for ref in refs:
            drop_kept(repo, ref)
        return f"dropped {', '.join(ref.name for ref in refs)}"

    return drop
