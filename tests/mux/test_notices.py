"""The kernel tells of what is written in a folder, and of nothing else."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agentmux.core.events import Requested
from agentmux.ledger.store import Ledger
from agentmux.mux.notices import TOUCHED, WRITTEN, Notices, set_within
from tests.support.events import at

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")

SOON_S = 10.0
"""The kernel tells at once; this much is for a loaded machine."""
NEVER_S = 0.1


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "kept").touch()
    yield tmp_path


async def test_an_append_is_told(folder: Path) -> None:
    stir = asyncio.Event()
    with closing(Notices(stir.set, WRITTEN)) as notices:
        assert notices.watch([folder])
        with (folder / "kept").open("a") as file:
            file.write("row\n")
        assert await set_within(stir, SOON_S)


async def test_other_kinds_and_folders_left_are_not_told(folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    stir = asyncio.Event()
    with closing(Notices(stir.set, TOUCHED)) as notices:
        assert notices.watch([folder, other])
        assert notices.watch([other])
        await set_within(stir, NEVER_S)  # a watch that is given up says so
        stir.clear()
        (folder / "kept").write_text("row\n")
        os.utime(folder / "kept")
        (other / "new").write_text("row\n")
        assert not await set_within(stir, NEVER_S)
        os.utime(other / "new")
        assert await set_within(stir, SOON_S)


async def test_a_folder_that_is_not_there_yet_is_asked_for_again(folder: Path) -> None:
    late, stir = folder / "late", asyncio.Event()
    with closing(Notices(stir.set, WRITTEN)) as notices:
        assert not notices.watch([folder, late])
        late.mkdir()
        assert notices.watch([folder, late])
        (late / "file").write_text("row\n")
        assert await set_within(stir, SOON_S)


async def test_the_ledger_tells_of_rows_only_once_they_can_be_read(folder: Path) -> None:
    stir = asyncio.Event()
    path = folder / "ledger.db"
    with (
        Ledger.open(path) as writer,
        Ledger.open(path) as reader,
        closing(Notices(stir.set, TOUCHED)) as notices,
    ):
        assert notices.watch([folder])
        for number in range(20):
            stir.clear()
            row = Requested(
                at=at(), session=None, request=f"r{number}", verb="stop", args={}, by="test"
            )
            await asyncio.to_thread(_append, path, row)
            assert await set_within(stir, SOON_S)
            assert len(reader.since(0)) == number + 1
        assert writer.changed()


def _append(path: Path, row: Requested) -> None:
    with Ledger.open(path) as ledger:
        ledger.append(row)
