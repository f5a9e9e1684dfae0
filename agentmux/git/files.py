"""Copy or link single files into a worktree, led astray by no link and replacing nothing.

Both ends are walked folder by folder with O_NOFOLLOW: a tracked `config -> /etc` in the target
is a place to stay out of. A file appears under its name only when it is complete, so a copy that
was killed is made again and never taken for done. Source: `docs/design/safety.md` 4.
"""

import errno
import fcntl
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agentmux.errors import GitError
from agentmux.git.run import shown

FICLONE = 0x40049409
"""Linux's request to share a file's blocks (linux/fs.h); Btrfs, XFS and bcachefs can."""

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
PART = ".agentmux-part"
"""Behind the name of a file that is being copied."""


def read_small(path: Path, limit: int = 1 << 20) -> bytes | None:
    """Content of a regular file of at most `limit` bytes; None when there is no such file."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        seen = os.fstat(opened)
        if not stat.S_ISREG(seen.st_mode) or seen.st_size > limit:
            return None
        return os.read(opened, limit)
    finally:
        os.close(opened)


def copy_in(source: Path, target: Path, path: str) -> str | None:
    """Copy `path` from below `source` to below `target`; why not, when that is not done.

    A link is copied as a link. Mode and time are kept; blocks are shared where the file system
    can. GitError when the disk is full.
    """
    try:
        with _parent(source, path) as origin, _parent(target, path, make=True) as place:
            return _copy(origin, place, path.rpartition("/")[2])
    except OSError as error:
        return _reason(error, target)


def link_in(source: Path, target: Path, path: str) -> str | None:
    """Make `path` below `target` a link to the same path below `source`; why not, otherwise."""
    name = path.rpartition("/")[2]
    try:
        with _parent(target, path, make=True) as place:
            if _is_there(place, name):
                wanted = stat.S_ISLNK(os.lstat(name, dir_fd=place).st_mode)
                same = wanted and os.readlink(name, dir_fd=place) == str(source / path)
                return None if same else "exists already"
            os.symlink(source / path, name, dir_fd=place)
    except OSError as error:
        return _reason(error, target)
    return None


def unlink_in(target: Path, path: str) -> None:
    """Take the link `path` below `target` away again."""
    with suppress(OSError), _parent(target, path) as place:
        os.unlink(path.rpartition("/")[2], dir_fd=place)


@contextmanager
def _parent(root: Path, path: str, *, make: bool = False) -> Iterator[int]:
    """The folder of `path` below `root`, opened without following links."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in path.split("/")[:-1]:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
            inner = os.open(part, FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _copy(origin: int, place: int, name: str) -> str | None:
    seen = os.lstat(name, dir_fd=origin)
    if _is_there(place, name):
        return "exists already"
    if stat.S_ISLNK(seen.st_mode):
        os.symlink(os.readlink(name, dir_fd=origin), name, dir_fd=place)
        return None
    if not stat.S_ISREG(seen.st_mode):
        return "is no regular file"
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=origin), "rb") as file:
        part = f"{name}{PART}"
        try:
            _write_part(file.fileno(), place, part)
            _give_name(place, part, name)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part, dir_fd=place)
    return None


def _write_part(source: int, place: int, part: str) -> None:
    seen = os.fstat(source)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(part, flags, 0o600, dir_fd=place), "wb") as file:
        if not _share_blocks(source, file.fileno()):
            with os.fdopen(os.dup(source), "rb") as origin:
                shutil.copyfileobj(origin, file, 1 << 20)
        file.flush()
        os.fchmod(file.fileno(), stat.S_IMODE(seen.st_mode) & 0o777)
        os.utime(file.fileno(), ns=(seen.st_atime_ns, seen.st_mtime_ns))


def _share_blocks(source: int, target: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        fcntl.ioctl(target, FICLONE, source)
    except OSError:
        return False
    return True


def _give_name(place: int, part: str, name: str) -> None:
    """Give the complete file its name, unless something took it meanwhile."""
    try:
        os.link(part, name, src_dir_fd=place, dst_dir_fd=place, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
        os.rename(part, name, src_dir_fd=place, dst_dir_fd=place)  # no hard links: FAT, some NFS


def _is_there(place: int, name: str) -> bool:
    try:
        os.lstat(name, dir_fd=place)
    except FileNotFoundError:
        return False
    return True


def _reason(error: OSError, target: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise GitError(
            f"The disk is full: {shown(target)} has not got all of its files.",
            "Free some disk space, then try again.",
        ) from error
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "lies behind a link"
    if error.errno == errno.EEXIST:
        return "exists already"
    return (error.strerror or "cannot be read").lower()
