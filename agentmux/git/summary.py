"""What a worktree holds beyond its base, in a few lines for somebody who takes a look.

Committed and uncommitted changes are counted together: what matters to the looker is how far the
work has come, not where it lies. Read beside a working agent, without locks or filters.
"""

import os
from pathlib import Path

from agentmux.git.changes import require_worktree
from agentmux.git.repo import find_commit
from agentmux.git.run import look

COMMITS = 3
"""How many of the newest commits are named."""


def summarize(worktree: Path, base_commit: str | None = None) -> list[str]:
    """`+38 -4  src/importer.py` for each changed path, `new  NOTES.md`, then the newest commits.

    Counted since `base_commit`, else since what is checked out. NotFound when the worktree is
    gone, GitError when git cannot read it. Names are as git has them, uncleaned.
    """
    require_worktree(worktree)
    head = find_commit(worktree, "HEAD")
    base = find_commit(worktree, base_commit) if base_commit else None
    lines = []
    if since := base or head:
        counted = look(worktree, "diff", "--numstat", "-z", "--no-renames", since)
        lines += [_counted(line) for line in counted.split(b"\0") if line]
    untracked = look(worktree, "ls-files", "-z", "--others", "--exclude-standard", "--directory")
    lines += [f"new  {os.fsdecode(path)}" for path in untracked.split(b"\0") if path]
    if base and head:
        subjects = look(worktree, "log", "-z", f"-{COMMITS}", "--format=%s", f"{base}..{head}")
        lines += [f"commit  {os.fsdecode(line)}" for line in subjects.split(b"\0") if line]
    return lines


def _counted(line: bytes) -> str:
    """`38<tab>4<tab>path` as `+38 -4  path`; dashes stand for a file that is no text."""
    added, removed, path = line.split(b"\t", 2)
    if added == b"-":
        return f"binary  {os.fsdecode(path)}"
    return f"+{int(added)} -{int(removed)}  {os.fsdecode(path)}"
