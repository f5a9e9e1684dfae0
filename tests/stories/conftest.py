"""A cockpit for each story."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cockpit import Cockpit


@pytest.fixture
def cockpit(private_home: Path) -> Iterator[Cockpit]:
    """The program in a home of its own, with a repository; everything ended afterwards."""
    cockpit = Cockpit(private_home)
    yield cockpit
    cockpit.close()
