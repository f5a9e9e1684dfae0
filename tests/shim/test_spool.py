"""The spool: whole lines, private, and no harm from a disk that is full or closed."""

import json
import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentmux.shim import spool as spool_module
from agentmux.shim.spool import Spool


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_rows_are_private_lines_with_their_times(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    spool = Spool(str(path))
    spool.write({"e": "title", "text": "a\nb\x1b\udcff"})
    spool.write({"e": "quiet"})

    assert [row["e"] for row in rows(path)] == ["title", "quiet"]
    assert rows(path)[0]["text"] == "a\nb\x1b\udcff"
    assert all({"t", "m"} <= row.keys() for row in rows(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_device_loses_rows_and_nothing_else() -> None:
    spool = Spool("/dev/full")
    for _ in range(3):
        spool.write({"e": "quiet"})


def test_dropped_rows_are_counted_when_writing_works_again(tmp_path: Path) -> None:
    path = tmp_path / "later" / "spool"
    spool = Spool(str(path))
    spool.write({"e": "output"})
    spool.write({"e": "quiet"})
    path.parent.mkdir()
    spool.write({"e": "output"})
    spool.write({"e": "quiet"})

    assert [(row["e"], row.get("n")) for row in rows(path)] == [
        ("dropped", 2),
        ("output", None),
        ("quiet", None),
    ]


@pytest.fixture
def file_limit() -> Iterator[None]:
    """Files may grow to 200 bytes, as on a disk that fills up."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, old[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, old)


@pytest.mark.usefixtures("file_limit")
def test_a_torn_line_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    spool = Spool(str(path))
    spool.write({"e": "title", "text": "x" * 100})
    spool.write({"e": "title", "text": "y" * 100})
    torn = path.read_bytes()
    assert not torn.endswith(b"\n")
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    spool.write({"e": "quiet"})

    lines = path.read_bytes().removeprefix(torn).splitlines()
    assert [json.loads(line)["e"] for line in lines if line] == ["dropped", "quiet"]


def test_a_spool_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "LIMIT", 500)
    path = tmp_path / "spool"
    spool = Spool(str(path))
    for _ in range(100):
        spool.write({"e": "status", "data": "state=working"})
    spool.write({"e": "exit", "code": 0, "signal": None})

    assert path.stat().st_size < 1000
    assert [row["e"] for row in rows(path)][-2:] == ["dropped", "exit"]
    assert rows(path)[-2]["n"] > 80


def test_a_link_in_place_of_the_spool_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").touch()
    os.symlink(tmp_path / "victim", tmp_path / "spool")
    Spool(str(tmp_path / "spool")).write({"e": "quiet"})

    assert (tmp_path / "victim").read_bytes() == b""
