"""Bring ignored files into a worktree: `.worktreeinclude` as copies, `.worktreelink` as links.

Both files are in gitignore's syntax and git itself reads them. Only what is untracked *and*
ignored here and in the new worktree is brought in, so nothing of it can ever be committed by
mistake; what is there already is left alone.

A pattern with a slash at the end, like `node_modules/`, ignores folders but not a link of that
name, so a link may need a line of its own to stay out of `git status`. git has no exclude file
for one worktree alone: the line goes to `info/exclude`, which all worktrees of the repository
share and which is never committed. It is taken back where the repository un-ignores the path.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from agentmux.git.files import copy_in, link_in, read_small, unlink_in
from agentmux.git.repo import Repo
from agentmux.git.run import look

INCLUDE = ".worktreeinclude"
LINK = ".worktreelink"
NOTE = b"# agentmux: links made for .worktreelink"

UNHIDDEN = "would show as untracked"


@dataclass(frozen=True)
class Brought:
    """What was brought into a worktree. Paths are relative, as `os.fsdecode` gives them."""

    paths: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    """(path, why it was not brought)."""


def copy_included(repo: Repo, worktree: Path) -> Brought:
    """Copy what `.worktreeinclude` of the main checkout names; nothing without such a file."""
    done, skipped = [], []
    paths = _wanted(repo.root, INCLUDE)
    hidden = set(_ignored(worktree, paths))
    for path in paths:
        reason = copy_in(repo.root, worktree, path) if path in hidden else UNHIDDEN
        if reason:
            skipped.append((path, reason))
        else:
            done.append(path)
    return Brought(tuple(done), tuple(skipped))


def link_shared(repo: Repo, worktree: Path) -> Brought:
    """Link what `.worktreelink` of the main checkout names, whole folders as one link."""
    done, skipped = [], []
    for path in _wanted(repo.root, LINK, "--directory"):
        reason = link_in(repo.root, worktree, path)
        if reason is None and not _ignored(worktree, [path]) and not _exclude(repo, worktree, path):
            unlink_in(worktree, path)
            reason = UNHIDDEN
        if reason:
            skipped.append((path, reason))
        else:
            done.append(path)
    return Brought(tuple(done), tuple(skipped))


def _wanted(root: Path, name: str, *options: str) -> list[str]:
    """Untracked paths of `root` that the patterns in its file `name` match and git ignores."""
    patterns = read_small(root / name)
    if patterns is None:
        return []
    with tempfile.NamedTemporaryFile(prefix="agentmux-") as file:
        file.write(patterns)
        file.flush()
        argv = ("ls-files", "-z", "--others", "--ignored", f"--exclude-from={file.name}")
        matched = look(root, *argv, *options)
    paths = [os.fsdecode(path).rstrip("/") for path in matched.split(b"\0") if path]
    return sorted(_ignored(root, paths))


def _ignored(folder: Path, paths: list[str]) -> list[str]:
    """Those of `paths` that git ignores in `folder`; tracked ones are never ignored."""
    if not paths:
        return []
    # Its arguments are half pathspecs: no `:` may come first, and it refuses to be told literally.
    asked = b"".join(b"./" + os.fsencode(path) + b"\0" for path in paths)
    plain = {"GIT_LITERAL_PATHSPECS": "0"}
    argv = ("check-ignore", "-z", "--stdin")
    said = look(folder, *argv, stdin=asked, ok=(0, 1), also=plain)
    return [os.fsdecode(path).removeprefix("./") for path in said.split(b"\0") if path]


def _exclude(repo: Repo, worktree: Path, path: str) -> bool:
    """Have git ignore the link `path`; False when something stronger un-ignores it."""
    if "\n" in path:  # no line of an exclude file can name it
        return False
    line = b"/" + _escaped(os.fsencode(path))
    file = repo.git_dir / "info/exclude"
    before = file.read_bytes() if file.exists() else b""
    if line not in before.splitlines():
        note = b"" if NOTE in before.splitlines() else NOTE + b"\n"
        gap = b"\n" if before[-1:] not in (b"", b"\n") else b""
        _replace(file, before + gap + note + line + b"\n")
    if _ignored(worktree, [path]):
        return True
    if file.read_bytes() != before:
        _replace(file, before)
    return False


def _replace(file: Path, content: bytes) -> None:
    """Give `file` other content, whole or not at all: it is the person's."""
    file.parent.mkdir(exist_ok=True)
    new = file.with_name(f"{file.name}.agentmux")
    new.write_bytes(content)
    if file.exists():
        shutil.copymode(file, new)
    new.replace(file)


def _escaped(path: bytes) -> bytes:
    """`path` as a gitignore pattern that matches itself only."""
    special = b"\\*?["
    out = b"".join(b"\\" + bytes([c]) if c in special else bytes([c]) for c in path)
    kept = out.rstrip(b" ")
    return kept + b"\\ " * (len(out) - len(kept))
