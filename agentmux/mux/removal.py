"""Removing a session: never loses work; what is not merged is kept under a private ref first."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentmux.core import events as e
from agentmux.core.session import Session
from agentmux.errors import NeedsConfirmation
from agentmux.git import snapshot
from agentmux.git.changes import Work, unmerged_work
from agentmux.git.inner import inner_repositories
from agentmux.git.repo import find_repo
from agentmux.git.snapshot import Kept
from agentmux.git.worktrees import remove_worktree
from agentmux.mux import arguments
from agentmux.mux.folders import clear_removed
from agentmux.mux.launch import session_variables
from agentmux.mux.run import run_hook
from agentmux.mux.sessions import close_windows, end_run
from agentmux.mux.surroundings import Surroundings, load_surroundings

if TYPE_CHECKING:
    from agentmux.mux.leader import Leader

Result = dict[str, e.Json]


async def remove(leader: Leader, request: e.Requested) -> Result:
    """Remove session and worktree. Refuses to lose work unless told twice (`discard`), and keeps
    a ref to it even then; without `yes` it only says what would happen."""
    session = arguments.require_session(leader.mux.fleet, request)
    async with leader.locks[session.id]:
        session = leader.mux.fleet.sessions[session.id]
        withheld = [] if session.removed else await _remove(leader, request, session)
        session = leader.mux.fleet.sessions[session.id]
        await asyncio.to_thread(clear_removed, leader.mux.places, leader.mux.fleet)
    return {
        "session": session.id,
        "kept_ref": session.kept_ref,
        "not_kept": list(session.not_kept),
        "withheld": withheld,
    }


async def _remove(leader: Leader, request: e.Requested, session: Session) -> list[e.Json]:
    """Returns the repository's files whose hooks were left out for want of trust."""
    if session.removed_by != request.request:
        await asyncio.to_thread(_refuse_loss, request, session)
        await end_run(leader, session.id)
        kept, not_kept = await asyncio.to_thread(_keep, session)
        await leader.mux.record(
            e.RemovalIntended(
                at=leader.mux.now(),
                session=session.id,
                request=request.request,
                kept_ref=kept.ref if kept else None,
                keep_branch=arguments.flag(request.args, "keep_branch"),
                not_kept=not_kept,
            )
        )
    session = leader.mux.fleet.sessions[session.id]
    around = await load_surroundings(leader, request, session.repo)
    await asyncio.to_thread(_take_down, leader, request, session, around)
    await leader.mux.record(
        e.SessionRemoved(at=leader.mux.now(), session=session.id, kept_ref=session.kept_ref)
    )
    return list(around.untrusted)


def _refuse_loss(request: e.Requested, session: Session) -> None:
    """Raise NeedsConfirmation naming what would be ended, deleted and lost, unless told."""
    losses = [] if arguments.flag(request.args, "discard") else _losses(request, session)
    lost = " and ".join(losses)
    if not arguments.flag(request.args, "yes"):
        ends = [] if not session.is_live else ["end its agent"]
        deletes = [] if session.here else [f"delete {session.worktree}"]
        loses = [f"lose {lost}"] if lost else []
        what = ", ".join([*ends, *deletes, *loses]) or "forget it"
        hint = "Add --yes --discard; a ref keeps the work." if lost else "Add --yes."
        raise NeedsConfirmation(f"Removing {session.name!r} would {what}.", hint)
    if lost:
        raise NeedsConfirmation(
            f"Removing {session.name!r} would lose {lost}.",
            "Land or commit it; or `--yes --discard`, which still keeps a ref to restore from.",
        )


def _losses(request: e.Requested, session: Session) -> list[str]:
    """What stands in worktree and branch and nowhere else, in words."""
    work = _work(session)
    losses = []
    if work is not None and work.uncommitted:
        losses.append(f"{work.uncommitted} uncommitted {_plural('path', work.uncommitted)}")
    if work is not None and work.commits and not arguments.flag(request.args, "keep_branch"):
        losses.append(f"{work.commits} unmerged {_plural('commit', work.commits)}")
    if work is not None and work.inner:
        losses.append(f"{work.inner} {_plural('commit', work.inner)} in submodules, kept by no ref")
    losses += [f"the repository {path} in it, kept by no ref" for path in _inner(session)]
    return losses


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _work(session: Session) -> Work | None:
    """What worktree and branch hold and nothing else does; None when there is nothing of ours."""
    if not _has_work(session):
        return None
    folder = Path(session.worktree)
    return unmerged_work(
        find_repo(Path(session.repo)),
        worktree=folder if folder.is_dir() else None,
        branch=session.branch,
        base_commit=session.base_commit,
    )


def _has_work(session: Session) -> bool:
    """Whether a worktree or branch of ours can still be there."""
    return not session.here and session.branch is not None and Path(session.repo).is_dir()


def _inner(session: Session) -> tuple[str, ...]:
    """Repositories in the worktree that go with it."""
    folder = Path(session.worktree)
    return inner_repositories(folder) if _has_work(session) and folder.is_dir() else ()


def _keep(session: Session) -> tuple[Kept | None, tuple[str, ...]]:
    """Keep by a ref all the removal would lose that git can hold, if it would lose anything.

    With the paths that go all the same: what could not be stored, histories of inner repositories,
    and the whole of those that are ignored.
    """
    work, inner = _work(session), _inner(session)
    kept = _keep_work(session) if work is not None and work.is_any else None
    nested = kept.nested if kept else ()
    ignored = tuple(path for path in inner if path not in nested)
    left_out = kept.left_out if kept else ()
    return kept, (*left_out, *(f"{folder}/.git" for folder in nested), *ignored)


def _keep_work(session: Session) -> Kept | None:
    ref = f"{snapshot.REMOVED}{session.id}"
    if Path(session.worktree).is_dir():
        return snapshot.keep(Path(session.worktree), ref, branch=session.branch)
    if session.branch:
        return snapshot.keep_branch(find_repo(Path(session.repo)), ref, session.branch)
    return None


def _take_down(
    leader: Leader, request: e.Requested, session: Session, around: Surroundings
) -> None:
    """Teardown hook, window, worktree, branch: whatever of it is still there."""
    close_windows(leader.server, session.id)
    if not _has_work(session):
        return
    hooks = around.config.hooks
    if hooks.teardown and Path(session.worktree).is_dir():
        log = leader.mux.places.session_dir(session.id) / "teardown.log"
        env = {**around.env, **session_variables(session)}
        failed = run_hook(hooks.teardown, session.worktree, env, log, hooks.timeout_s)
        if failed:  # the hook's own log goes with the session's folder
            print(f"The teardown hook of {session.id} failed: {failed}", file=sys.stderr)  # noqa: T201
    keep_branch = arguments.flag(request.args, "keep_branch")
    repo = find_repo(Path(session.repo))
    branch = None if keep_branch else session.branch
    remove_worktree(repo, Path(session.worktree), branch=branch)
