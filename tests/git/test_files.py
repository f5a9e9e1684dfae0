"""Single files, copied or linked without being led astray."""

import os
from pathlib import Path

import pytest

from agentmux.git.files import PART, copy_in, link_in, read_small, unlink_in
from tests.support.modes import modes_apply
from tests.support.repo import ODD_NAMES, write


@pytest.fixture
def ends(tmp_path: Path) -> tuple[Path, Path]:
    """A source and a target folder."""
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
    return tmp_path / "source", tmp_path / "target"


def test_content_mode_and_time(ends: tuple[Path, Path]) -> None:
    source, target = ends
    file = source / "a/b/tool"
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(range(256)) * 9000)
    file.chmod(0o750)
    os.utime(file, ns=(1, 1_600_000_000_123_456_789))
    assert copy_in(source, target, "a/b/tool") is None
    copy = target / "a/b/tool"
    assert copy.read_bytes() == file.read_bytes()
    assert copy.stat().st_mode == file.stat().st_mode
    assert copy.stat().st_mtime_ns == file.stat().st_mtime_ns
    assert copy.stat().st_ino != file.stat().st_ino
    assert [p.name for p in copy.parent.iterdir()] == ["tool"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names(ends: tuple[Path, Path], name: str) -> None:
    source, target = ends
    write(source / name / name, "x")
    assert copy_in(source, target, f"{name}/{name}") is None
    assert (target / name / name).read_text() == "x"
    assert link_in(source, target, f"{name}/link") is None


def test_a_link_is_copied_as_a_link(ends: tuple[Path, Path]) -> None:
    source, target = ends
    (source / "link").symlink_to("/etc/passwd")
    assert copy_in(source, target, "link") is None
    assert (target / "link").readlink() == Path("/etc/passwd")


@pytest.mark.parametrize("make", ["file", "folder", "link"])
def test_nothing_is_replaced(ends: tuple[Path, Path], make: str) -> None:
    source, target = ends
    write(source / "a", "new")
    if make == "file":
        write(target / "a", "old")
    elif make == "folder":
        (target / "a").mkdir()
    else:
        (target / "a").symlink_to("nowhere")
    assert copy_in(source, target, "a") == "exists already"
    assert link_in(source, target, "a") == "exists already"
    assert make != "file" or (target / "a").read_text() == "old"


def test_a_copy_that_was_killed_is_made_again(ends: tuple[Path, Path]) -> None:
    source, target = ends
    write(source / "a", "whole")
    write(target / f"a{PART}", "wh")
    assert copy_in(source, target, "a") is None
    assert [p.name for p in target.iterdir()] == ["a"]
    assert (target / "a").read_text() == "whole"


def test_a_link_in_the_way_is_not_followed(ends: tuple[Path, Path], tmp_path: Path) -> None:
    source, target = ends
    write(source / "config/key", "secret")
    (tmp_path / "outside").mkdir()
    (target / "config").symlink_to(tmp_path / "outside")
    assert copy_in(source, target, "config/key") == "lies behind a link"
    assert link_in(source, target, "config/key") == "lies behind a link"
    assert not any((tmp_path / "outside").iterdir())
    (target / "config").unlink()
    (source / "config").rename(source / "real")
    (source / "config").symlink_to("real")
    assert copy_in(source, target, "config/key") == "lies behind a link"


def test_fifos_and_sockets_are_not_opened(ends: tuple[Path, Path]) -> None:
    source, target = ends
    os.mkfifo(source / "fifo")
    assert copy_in(source, target, "fifo") == "is no regular file"


def test_what_cannot_be_copied_says_so(ends: tuple[Path, Path]) -> None:
    source, target = ends
    write(source / "a", "")
    target.chmod(0o500)
    with modes_apply():
        assert copy_in(source, target, "a") == "permission denied"
    assert copy_in(source, target, "none") == "no such file or directory"


def test_a_link_to_the_source(ends: tuple[Path, Path]) -> None:
    source, target = ends
    (source / "deps").mkdir()
    assert link_in(source, target, "deps") is None
    assert link_in(source, target, "deps") is None
    assert (target / "deps").readlink() == source / "deps"
    unlink_in(target, "deps")
    assert not any(target.iterdir())
    assert (source / "deps").is_dir()


def test_only_small_regular_files_are_read(tmp_path: Path) -> None:
    assert read_small(write(tmp_path / "a", "text")) == b"text"
    assert read_small(tmp_path / "a", limit=3) is None
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("a")
    for name in ("none", "fifo", "link", "."):
        assert read_small(tmp_path / name) is None
