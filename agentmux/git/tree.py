"""A worktree's whole content as git objects, made without touching its index or anything else.

A copy of the index is brought up to date with the files that `git status` names and written out
as a tree. Content that looks changed is stored as if committed, but with filters off, so a file
under one is stored as it lies there. A repository inside the worktree (a clone, a changed
submodule) is stored as plain files, for its own objects go away with it. One file that git cannot
take (unreadable text encoding, a vanished file) never costs the others.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agentmux.errors import GitError
from agentmux.git.changes import STATUS, parse_status, require_worktree, submodules
from agentmux.git.run import look, shown

LIMIT_S = 600.0
"""For storing all that is new in a worktree, huge files included."""

HASH = ("hash-object", "-w", "--no-filters")
NEW_FILES = ("ls-files", "-z", "--others", "--exclude-standard")


@dataclass(frozen=True)
class Tree:
    """A worktree's content as it was found."""

    tree: str
    """Hash of the tree of its files: tracked, and untracked but not ignored."""
    staged: str | None
    """Hash of the tree of its index; None while there are conflicts in it."""
    left_out: tuple[str, ...] = ()
    """Paths that could not be stored."""
    nested: tuple[str, ...] = ()
    """Folders with a repository of their own, whose files are stored but not their history."""


def write_tree(worktree: Path, *, nested: bool = True) -> Tree:
    """Store the content of `worktree` in its repository; with `nested`, of inner repositories too.

    Raises GitError when git cannot read the worktree or store anything at all (disk full).
    """
    require_worktree(worktree)
    with _index_copy(worktree) as index:
        env = {"GIT_INDEX_FILE": str(index)}
        staged = _try_write(worktree, env)
        _show_hidden(worktree, env)
        inner = tuple(_nested(worktree))
        left_out = _store(worktree, _changed(worktree, env, inner), env)
        if nested:
            for folder in inner:
                left_out += _store_inner(worktree, folder, env)
        tree = look(worktree, "write-tree", also=env, doing=_doing(worktree)).decode().strip()
    return Tree(tree, staged, tuple(map(os.fsdecode, left_out)), tuple(map(os.fsdecode, inner)))


@contextmanager
def _index_copy(worktree: Path) -> Iterator[Path]:
    """A copy of the worktree's index, with its time: git tells by it which files may be stale."""
    said = look(worktree, "rev-parse", "--path-format=absolute", "--git-path", "index")
    with tempfile.TemporaryDirectory(prefix="agentmux-") as folder:
        copy = Path(folder) / "index"
        source = Path(os.fsdecode(said.removesuffix(b"\n")))
        if source.exists():
            shutil.copy2(source, copy)
        yield copy


def _try_write(worktree: Path, env: dict[str, str]) -> str | None:
    said = look(worktree, "write-tree", also=env, ok=(0, 128)).decode().strip()
    return said or None


def _show_hidden(worktree: Path, env: dict[str, str]) -> None:
    """Take the marks off that hide a changed file from status (in the copy of the index)."""
    for option, marks in (("--no-assume-unchanged", b"hs"), ("--no-skip-worktree", b"Ss")):
        lines = look(worktree, "ls-files", "-v", "-z", also=env).split(b"\0")
        marked = [line[2:] for line in lines if line[:1] and line[:1] in marks]
        there = [path for path in marked if os.path.lexists(worktree / os.fsdecode(path))]
        if there:
            stdin = _terminated(there)
            look(worktree, "update-index", option, "-z", "--stdin", also=env, stdin=stdin)


def _nested(worktree: Path) -> Iterator[bytes]:
    """Inner repositories that are new or changed, without a slash at the end."""
    for new in look(worktree, *NEW_FILES).split(b"\0"):
        if new.endswith(b"/"):
            yield new.rstrip(b"/")
    for folder in submodules(worktree):
        path = folder.relative_to(worktree)
        argv = ("rev-parse", "--verify", "--quiet", f"HEAD:{path}")
        recorded = look(worktree, *argv, ok=(0, 1, 128)).decode().strip()
        changes, entries = parse_status(look(folder, *STATUS))
        if entries or changes.head != recorded:
            yield os.fsencode(path)


def _changed(worktree: Path, env: dict[str, str], inner: Iterable[bytes]) -> list[bytes]:
    """Paths whose content the index does not hold, all new files one by one."""
    _, entries = parse_status(look(worktree, *STATUS, also=env))
    tracked = [entry.path for entry in entries if entry.kind != "?"]
    new = [path for path in look(worktree, *NEW_FILES, also=env).split(b"\0") if path]
    paths = dict.fromkeys([*tracked, *(path for path in new if not path.endswith(b"/"))])
    skipped = set(inner)
    return [path for path in paths if path not in skipped]


def _store(worktree: Path, paths: list[bytes], env: dict[str, str]) -> list[bytes]:
    """Bring the index up to date for `paths`; returns those that git could not take."""
    if not paths or _update(worktree, paths, env):
        return []
    if len(paths) == 1:
        return _store_raw(worktree, paths, env)
    half = len(paths) // 2
    return _store(worktree, paths[:half], env) + _store(worktree, paths[half:], env)


def _update(worktree: Path, paths: list[bytes], env: dict[str, str]) -> bool:
    argv = ("update-index", "-z", "--add", "--remove", "--replace", "--stdin")
    try:
        look(worktree, *argv, also=env, stdin=_terminated(paths), limit_s=LIMIT_S)
    except GitError as error:
        if "No space left" in error.message or "took longer" in error.message:
            raise
        return False
    return True


def _store_inner(worktree: Path, folder: bytes, env: dict[str, str]) -> list[bytes]:
    """Store the files of the inner repository at `folder` as files of the outer one."""
    removed = ("update-index", "--force-remove", "-z", "--stdin")
    look(worktree, *removed, also=env, stdin=folder + b"\0")
    listed = look(worktree / os.fsdecode(folder), *NEW_FILES, "--cached").split(b"\0")
    paths = [folder + b"/" + name for name in sorted(set(listed)) if name]
    there = [path for path in paths if os.path.lexists(worktree / os.fsdecode(path))]
    return _store_raw(worktree, there, env)


def _store_raw(worktree: Path, paths: list[bytes], env: dict[str, str]) -> list[bytes]:
    """Store files byte for byte, whatever their attributes say; returns those that failed."""
    modes = {path: mode for path in paths if (mode := _mode(worktree / os.fsdecode(path)))}
    blobs: dict[bytes, bytes] = {}
    for path, mode in modes.items():
        if mode == b"120000":
            target = os.fsencode((worktree / os.fsdecode(path)).readlink())
            blobs[path] = look(worktree, *HASH, "--stdin", stdin=target).strip()
    blobs |= _hash(worktree, [path for path in modes if path not in blobs])
    lines = [modes[path] + b" " + blob + b"\t" + path for path, blob in blobs.items()]
    argv = ("update-index", "-z", "--add", "--replace", "--index-info")
    look(worktree, *argv, also=env, stdin=_terminated(lines))
    return [path for path in paths if path not in blobs]


def _hash(worktree: Path, paths: list[bytes]) -> dict[bytes, bytes]:
    """Store regular files: path → blob; without those that cannot be read."""
    if not paths:
        return {}
    stdin = b"".join(_quoted(path) + b"\n" for path in paths)
    try:
        said = look(worktree, *HASH, "--stdin-paths", stdin=stdin, limit_s=LIMIT_S)
    except GitError:
        half = len(paths) // 2
        return _hash(worktree, paths[:half]) | _hash(worktree, paths[half:]) if half else {}
    return dict(zip(paths, said.split(), strict=True))


def _mode(file: Path) -> bytes | None:
    """git's mode for what lies there; None for what is neither file nor link."""
    mode = file.lstat().st_mode
    if stat.S_ISLNK(mode):
        return b"120000"
    if stat.S_ISREG(mode):
        return b"100755" if mode & stat.S_IXUSR else b"100644"
    return None


def _quoted(path: bytes) -> bytes:
    """A path on a line of its own, in the quotes of C that git reads."""
    escaped = path.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'


def _terminated(paths: Iterable[bytes]) -> bytes:
    return b"".join(path + b"\0" for path in paths)


def _doing(worktree: Path) -> str:
    return f"store the content of {shown(worktree)}"
