"""Removing a folder an agent has worked in, whatever it left there."""

from pathlib import Path

import pytest

from agentmux.errors import GitError
from agentmux.git.removal import remove_tree
from tests.support.modes import modes_apply
from tests.support.repo import ODD_NAMES, write


def test_odd_names_and_links_go_and_what_links_point_at_stays(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside/file", "kept")
    folder = tmp_path / "folder"
    for name in ODD_NAMES:
        write(folder / name / name, "")
    (folder / "link").symlink_to(outside.parent)
    remove_tree(folder)
    assert not folder.exists()
    assert outside.read_text() == "kept"


def test_read_only_folders_go(tmp_path: Path) -> None:
    inner = write(tmp_path / "folder/cache/deep/file", "").parent
    for folder in (inner, inner.parent):
        folder.chmod(0o500)
    with modes_apply():
        remove_tree(tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_unreadable_folders_go(tmp_path: Path) -> None:
    inner = write(tmp_path / "folder/cache/file", "").parent
    inner.chmod(0)
    with modes_apply():
        remove_tree(tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_a_missing_folder_is_no_error_and_a_link_goes_alone(tmp_path: Path) -> None:
    remove_tree(tmp_path / "none")
    kept = write(tmp_path / "kept/file", "")
    (tmp_path / "link").symlink_to(kept.parent)
    remove_tree(tmp_path / "link")
    assert kept.exists()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_what_cannot_be_removed_is_named() -> None:
    with pytest.raises(GitError, match=r"/proc/self/task.* cannot be removed: "):
        remove_tree(Path("/proc/self/task"))
