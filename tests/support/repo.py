"""Real repositories for tests, made and asked by git itself."""

import hashlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from agentmux.git.repo import Repo, find_repo

ODD_NAMES = (
    "with space",
    'quo"te',
    "back\\slash",
    "new\nline",
    "-dash",
    "#(touch x)",
    ":(top)magic",
    os.fsdecode(b"byte-\xff"),
    "tab\there",
    "[x]*?",
)
"""File names that git allows and careless code does not survive."""


def git(folder: Path, *argv: str, stdin: str | None = None) -> str:
    """Output of a git command as a person would run it; raises when git refuses."""
    done = subprocess.run(
        ["git", "-C", str(folder), *argv],
        input=None if stdin is None else os.fsencode(stdin),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return os.fsdecode(done.stdout)


def make_repo(folder: Path, files: Mapping[str, str] | None = None, *options: str) -> Repo:
    """A repository with one commit on `main` that holds `files` (default: one)."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main", *options)
    for name, text in (files or {"app.py": "print('hello')\n"}).items():
        write(folder / name, text)
    commit(folder)
    return find_repo(folder)


def commit(folder: Path, message: str = "Change") -> str:
    """Commit everything in `folder`; returns the hash."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return head(folder)


def head(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD").strip()


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(os.fsencode(text))
    return file


def status(folder: Path) -> list[str]:
    """Lines of `git status`, new files one by one."""
    said = git(folder, "--no-optional-locks", "status", "--porcelain", "-z", "-uall")
    return [line for line in said.split("\0") if line]


def fingerprint(folder: Path, *without: str) -> dict[str, str]:
    """Every file below `folder` with a digest of its content, but for paths that begin so.

    `.git/` leaves out the file `.git` of a linked worktree too.
    """
    found = {}
    for file in sorted(folder.rglob("*")):
        name = str(file.relative_to(folder))
        if file.is_symlink():
            found[name] = f"-> {file.readlink()}"
        elif file.is_file() and not f"{name}/".startswith(without):
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def plant(repo: Repo, mark: Path) -> Path:
    """Make `repo` hostile: whatever of its configuration runs writes its name to `mark`."""
    evil = mark.with_name("evil.sh")
    evil.write_text(f'#!/bin/sh\necho "$0 $*" >> "{mark}"\ncat\n')
    evil.chmod(0o755)
    hooks = repo.git_dir / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-commit"):
        (hooks / name).symlink_to(evil)
    settings = {
        "core.fsmonitor": str(evil),
        "core.sshCommand": f"{evil} ssh",
        "core.pager": f"{evil} pager",
        "core.editor": f"{evil} editor",
        "core.askPass": f"{evil} askpass",
        "core.alternateRefsCommand": f"{evil} refs",
        "credential.helper": f"!{evil} credential",
        "diff.external": f"{evil} external",
        "diff.evil.command": f"{evil} diff",
        "diff.evil.textconv": f"{evil} textconv",
        "merge.evil.driver": f"{evil} merge",
        "filter.evil.clean": f"{evil} clean",
        "filter.evil.smudge": f"{evil} smudge",
        "filter.evil.process": f"{evil} process",
        "filter.evil.required": "true",
        "alias.status": f"!{evil} alias",
        "protocol.ext.allow": "always",
        "gpg.program": f"{evil} gpg",
        "commit.gpgSign": "true",
        "log.showSignature": "true",
        "remote.origin.url": f"ext::{evil} fetch",
        "remote.origin.uploadpack": f"{evil} upload",
    }
    for name, value in settings.items():
        git(repo.root, "config", name, value)
    write(repo.root / ".gitattributes", "*.py filter=evil diff=evil merge=evil\n")
    return evil
