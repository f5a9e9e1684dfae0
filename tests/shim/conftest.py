"""Panes that are always closed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.shim.pane import Pane

NewPane = Callable[[list[str]], Pane]


@pytest.fixture
def new_pane(tmp_path: Path) -> Iterator[NewPane]:
    """Makes a pane for an argv; `start` runs it, and the test's end kills it."""
    panes: list[Pane] = []

    def make(argv: list[str]) -> Pane:
        folder = tmp_path / f"pane{len(panes)}"
        folder.mkdir()
        panes.append(Pane(folder, argv))
        return panes[-1]

    yield make
    for pane in panes:
        if hasattr(pane, "process"):
            pane.close()
