"""Where a session's worktree goes and what its branch is called: free names, asked of git.

Worktrees stand beside the repository, never inside it unless the person's own setting says so:
linters, watchers and indexers would find every file once more. Source: `docs/design/git.md` 2.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from agentmux.errors import ConfigError, UsageError
from agentmux.git.repo import Repo
from agentmux.git.run import look, shown
from agentmux.git.worktrees import list_worktrees, placed

PLACE = "../{repo}.worktrees/{slug}"
"""Relative to the main checkout."""
BRANCH = "agentmux/{slug}"


def plan_place(
    repo: Repo,
    slug: str,
    *,
    data_dir: Path,
    template: str = PLACE,
    branch: str = "",
    slot: int | None = None,
) -> Path:
    """A path for a new worktree at which there is nothing; creates nothing.

    `template` may use {repo}, {slug}, {branch} and {slot}, and begin with `~`. Where its folder
    cannot be written to, `data_dir`/worktrees takes its place.
    """
    values = {
        "repo": repo.name,
        "slug": slug,
        "branch": branch.replace("/", "-"),
        "slot": "" if slot is None else str(slot),
    }
    filled = Path(_fill(template, values, "worktree.root")).expanduser()
    path = placed(Path(os.path.normpath(repo.root / filled)))
    if not _is_writable(path.parent):
        digest = hashlib.sha256(os.fsencode(repo.root)).hexdigest()[:8]
        path = placed(data_dir / "worktrees" / f"{repo.name}-{digest}" / path.name)
    taken = {worktree.path for worktree in list_worktrees(repo)}
    for tried in _numbered(path.name):
        place = path.with_name(tried)
        if place not in taken and not os.path.lexists(place):
            return place
    raise AssertionError("unreachable: the numbers do not end")


def plan_branch(repo: Repo, slug: str, *, template: str = BRANCH, slot: int | None = None) -> str:
    """A branch name that no branch, here or on a remote, has or stands in the way of."""
    values = {"slug": slug, "repo": repo.name, "slot": "" if slot is None else str(slot)}
    name = _fill(template, values, "worktree.branch_template")
    require_branch_name(repo, name)
    return free_branch(name, _branches(repo))


def free_branch(name: str, existing: Iterable[str]) -> str:
    """`name`, with `-2`, `-3`, … behind the part that clashes with one of `existing`.

    Branches are files and folders to git: a branch `a` rules out `a/b`, and the other way round.
    Letter case is ignored, for so do the file systems of macOS and Windows.
    """
    taken = {branch.casefold() for branch in existing}
    folders = {branch[:i] for branch in taken for i in range(len(branch)) if branch[i] == "/"}
    done: list[str] = []
    parts = name.split("/")
    for part in parts[:-1]:
        free = (p for p in _numbered(part) if "/".join([*done, p]).casefold() not in taken)
        done.append(next(free))
    used = taken | folders
    free = (p for p in _numbered(parts[-1]) if "/".join([*done, p]).casefold() not in used)
    return "/".join([*done, next(free)])


def branch_in_the_way(repo: Repo, name: str) -> str | None:
    """A branch above or below `name`, beside which git cannot make it: `a` for `a/b`, `a/b/c`."""
    parts = name.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    wanted = [f"refs/heads/{branch}" for branch in (*above, f"{name}/")]
    said = look(repo.git_dir, "for-each-ref", "--format=%(refname:lstrip=2)", *wanted)
    branches = map(os.fsdecode, said.splitlines())
    return next((b for b in branches if b in above or b.startswith(f"{name}/")), None)


def require_branch_name(repo: Repo, name: str) -> None:
    """Raise UsageError unless git would accept `name` for a branch."""
    said = b""
    if name and "\0" not in name:
        said = look(repo.git_dir, "check-ref-format", "--branch", name, ok=(0, 1, 128, 129))
    if os.fsdecode(said).removesuffix("\n") != name or not name:
        raise UsageError(
            f"“{shown(name)}” cannot be the name of a branch.",
            "Use letters, digits, dashes and slashes, and begin with a letter.",
        )


def _branches(repo: Repo) -> list[str]:
    local = look(repo.git_dir, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads")
    remote = look(repo.git_dir, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes")
    return [os.fsdecode(line) for line in (local + remote).splitlines()]


def _fill(template: str, values: dict[str, str], setting: str) -> str:
    for field in re.findall(r"\{(.*?)\}", template):
        if field not in values:
            known = ", ".join(f"{{{name}}}" for name in values)
            raise ConfigError(
                f"The setting {setting} has an unknown field {{{shown(field)}}}.", f"Known: {known}"
            )
    return re.sub(r"\{(.*?)\}", lambda found: values[found.group(1)], template)


def _is_writable(folder: Path) -> bool:
    """Whether `folder` can be written to, or be made in the nearest one above that exists."""
    while not os.path.lexists(folder):
        folder = folder.parent
    return folder.is_dir() and os.access(
        folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids
    )


def _numbered(name: str) -> Iterable[str]:
    """`name`, `name-2`, `name-3`, … without end."""
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
